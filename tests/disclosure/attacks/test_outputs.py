"""The same attacks on what a reader holds in hand: the bundle and every file, with their metadata."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from pypdf import PdfReader

from corrtest.disclosure import default_policy, noise_scale, release, releases_from_json
from corrtest.report import FORMATS, build_document, write_bundle, write_report
from corrtest.report.content import Figure
from tests.disclosure.attacks.attacker import OUTCOMES, attack, counted
from tests.disclosure.attacks.test_attacks import random_sector

POLICY = default_policy()


@pytest.fixture(scope="module", params=[4, 17])
def sector(request):
    table = random_sector(request.param)
    return table, release(counted(table), POLICY)


def test_the_bundle_bounds_no_reaction(sector, tmp_path):
    table, released = sector
    with zipfile.ZipFile(write_bundle(released, tmp_path, formats=("json",))) as archive:
        held = releases_from_json(archive.read("data/releases.json").decode("utf-8"))
        rows = list(csv.DictReader(io.StringIO(archive.read("data/pairs.csv").decode("utf-8"))))
    shown = {
        tuple(cell.keys[name] or "" for name in ("joint_committee", "criterion", "level", "outcome"))
        for cell in held
        if cell.shown
    }
    assert {(r["joint_committee"], r["criterion"], r["level"], r["outcome"]) for r in rows} <= shown
    for outcome in OUTCOMES:
        for target in table.sample(5, random_state=1).index:
            found = attack(held, table, target, outcome, noise_scale(POLICY.certainty))
            assert found.narrowest > 1 - 1e-9
            assert found.certainty <= POLICY.certainty + 1e-9


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
        if path.suffix == ".pdf":
            reader = PdfReader(path)
            assert set(reader.metadata) <= {"/Title", "/Author", "/Creator", "/CreationDate", "/ModDate", "/Producer"}
            assert not reader.attachments
        elif path.suffix in {".xlsx", ".docx"}:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
            assert not [
                name for name in names if "comment" in name or ("custom" in name.lower() and "docProps" in name)
            ]
    for figure in (b for c in build_document(released, "en").chapters for b in c.blocks if isinstance(b, Figure)):
        assert "<metadata" not in figure.svg
        assert not re.search(r"data-|<!--|\d{4}-\d{2}-\d{2}", figure.svg)
