"""The same attacks on what a reader holds in hand: the bundle and every file, with their metadata."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from corrtest.disclosure import default_policy, release, releases_from_json, releases_to_json
from corrtest.pages import Figure
from corrtest.report import FORMATS, build_document, write_bundle, write_comparison, write_report
from tests.disclosure.attacks.attacker import counted
from tests.disclosure.attacks.odd_and_unpaired import counted_by_arm, counted_with_odd
from tests.disclosure.attacks.test_attacks import random_sector
from tests.disclosure.sectors import one_application_each, sector_pairs, with_automatic_answers

POLICY = default_policy()


@pytest.fixture(scope="module", params=[4, 17])
def sector(request):
    table = random_sector(request.param)
    return table, release(counted(table), POLICY)


@pytest.fixture(scope="module")
def further_sets():
    """A study with checks on odd pairs, and an unpaired one; both with merged committees."""
    committees = {"318": 11, "319": 12, "330": 120, "331": 150}
    table = sector_pairs(1, sector="s", committees=committees)
    with_odd = release(counted_with_odd(with_automatic_answers(table, 0.3)), POLICY)
    unpaired = release(counted_by_arm(one_application_each(table)), POLICY)
    assert with_odd.merged
    assert any(check.counts for check in with_odd.odd_checks)
    return {"odd": with_odd, "unpaired": unpaired}


@pytest.mark.parametrize("name", ["odd", "unpaired"])
def test_checks_merged_rows_and_unpaired_studies_tell_what_their_json_tells(further_sets, tmp_path, name):
    first = write_report(further_sets[name], tmp_path / "a", formats=FORMATS)
    held = releases_from_json(next(path for path in first if path.suffix == ".json").read_text(encoding="utf-8"))
    second = write_report(held, tmp_path / "b", formats=FORMATS)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for check in held.odd_checks:
        if check.suppression:
            assert (check.odd, check.counts, check.estimates) == (None, None, ())
    for path in first:
        _metadata_hold_nothing(path)


def test_a_comparison_tells_what_its_releases_tell_and_no_more(tmp_path):
    """Whoever has the JSON of each sector makes the comparison himself, to the byte."""
    sets = [release(counted(random_sector(seed)), POLICY) for seed in (4, 17, 21)]
    held = [releases_from_json(releases_to_json(each)) for each in sets]
    formats = ("html", "pdf", "xlsx", "docx")
    first = write_comparison(sets, tmp_path / "a", formats=formats, ranks=True)
    second = write_comparison(held, tmp_path / "b", formats=formats, ranks=True)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        _metadata_hold_nothing(path)


def test_the_bundle_holds_what_was_released_and_no_more(sector, tmp_path):
    _, released = sector
    with zipfile.ZipFile(write_bundle(released, tmp_path, formats=("json",))) as archive:
        held = releases_from_json(archive.read("data/releases.json").decode("utf-8"))
        rows = list(csv.DictReader(io.StringIO(archive.read("data/pairs.csv").decode("utf-8"))))
    shown = {
        tuple(cell.keys[name] or "" for name in ("joint_committee", "criterion", "level", "outcome"))
        for cell in held
        if cell.shown
    }
    assert {(r["joint_committee"], r["criterion"], r["level"], r["outcome"]) for r in rows} <= shown
    for row, cell in zip(held, released, strict=True):
        assert (row.counts, row.pairs, row.employers) == (cell.counts, cell.pairs, cell.employers)


def test_every_file_is_made_from_the_releases_alone(sector, tmp_path):
    """The report of the JSON is the report: no file can tell more than the JSON does, which the attacks read."""
    _, released = sector
    first = write_report(released, tmp_path / "a", formats=FORMATS)
    held = releases_from_json(next(path for path in first if path.suffix == ".json").read_text(encoding="utf-8"))
    second = write_report(held, tmp_path / "b", formats=FORMATS)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_json_has_no_more_fields_than_the_schema_and_no_true_count_of_a_hidden_cell(sector, tmp_path):
    _, released = sector
    (path,) = write_report(released, tmp_path, formats=("json",))
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["suppression"]:
            assert (cell["pairs"], cell["employers"], cell["counts"], cell["estimates"]) == (None, None, None, [])
            assert all(value in vars_of_policy() for value in cell["suppression"]["facts"].values())


def vars_of_policy() -> set[int]:
    return {POLICY.min_pairs, POLICY.min_employers, round(100 * POLICY.largest_share)}


def test_metadata_hold_nothing(sector, tmp_path):
    _, released = sector
    for path in write_report(released, tmp_path, formats=FORMATS):
        _metadata_hold_nothing(path)
    for figure in (b for c in build_document(released, "en").chapters for b in c.blocks if isinstance(b, Figure)):
        assert "<metadata" not in figure.svg
        assert not re.search(r"data-|<!--|\d{4}-\d{2}-\d{2}", figure.svg)


def _metadata_hold_nothing(path) -> None:
    if path.suffix == ".pdf":
        reader = PdfReader(path)
        assert set(reader.metadata) <= {"/Title", "/Author", "/Creator", "/CreationDate", "/ModDate", "/Producer"}
        assert not reader.attachments
    elif path.suffix in {".xlsx", ".docx"}:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        assert not [name for name in names if "comment" in name or ("custom" in name.lower() and "docProps" in name)]
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        assert all(sheet.sheet_state == "visible" for sheet in book)
        assert not list(book.defined_names)
        for sheet in book:
            hidden = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
            assert not any(dimension.hidden for dimension in hidden)
            assert all(cell.data_type != "f" and cell.comment is None for row in sheet.iter_rows() for cell in row)
    if path.suffix == ".html":
        assert not re.search(r"<metadata|<!--|data-\w+=|type=\"hidden\"", path.read_text(encoding="utf-8"))
