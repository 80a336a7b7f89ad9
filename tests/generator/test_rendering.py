from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import distributed
import pandas as pd
import pytest
from docx import Document
from pypdf import PdfReader

from corrtest.errors import GeneratorError
from corrtest.generator import Pair, render_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.personas import draw_pair
from corrtest.generator.presentation import presentation
from corrtest.generator.resume import resume_faults
from corrtest.generator.template_sets import read_template_set
from corrtest.generator.typesetting import Typesetter, page_data, stand_in_fonts
from corrtest.resources import cv_templates_folder
from tests.generator.pairs import SETS, make_pair, make_pairs


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Nine pairs meet every layout and criterion; 26 every level, with each layout.
@pytest.mark.parametrize("count", [9, pytest.param(26, marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_bytes_with_one_worker_and_with_two(tmp_path: Path, count: int) -> None:
    pairs = make_pairs(count)
    seen: list[tuple[int, int]] = []
    first = render_pairs(pairs, tmp_path / "one", seed=11, workers=1, progress=lambda done, of: seen.append((done, of)))
    render_pairs(pairs, tmp_path / "two", seed=11, workers=2)
    one, two = hashes(tmp_path / "one"), hashes(tmp_path / "two")
    assert one == two
    assert len(one) == first.files + 5  # manifest, audit, journal, candidates, what employers were shown
    assert seen[-1] == (count, count)
    assert first.failures == 0
    assert not list((tmp_path / "one").rglob("*.part"))


def test_manifest_and_audit_say_what_was_made(tmp_path: Path) -> None:
    result = render_pairs(make_pairs(4), tmp_path, seed=1, formats=("html",), workers=1)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["schema"] == "corrtest/documents/1"
    assert manifest["specimen"] is True is result.specimen
    on_disk = hashes(tmp_path)
    assert manifest["files"] == {name: digest for name, digest in on_disk.items() if "/" in name}
    audit = pd.read_csv(tmp_path / "audit.csv")
    assert audit["passed"].all()
    assert list(audit["pair_id"]) == ["P00000", "P00001", "P00002", "P00003"]
    assert audit["cv_length_difference"].abs().max() <= 0.25


@pytest.mark.parametrize("number", range(6))
def test_pdfs_read_back(number: int) -> None:
    pair: Pair = make_pair(number)
    maker = DocumentMaker(SETS, "nl", ("pdf",))
    for person in draw_pair(1, pair):
        made = maker.make(pair, person)
        cvs = next(iter(made.files))
        for name, content in made.files.items():
            if not name.endswith(".pdf"):
                continue
            reader = PdfReader(io.BytesIO(content))
            wanted = 2 if person.document["x-application"]["twoPages"] and name in cvs else 1
            assert len(reader.pages) == wanted
            assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
            assert reader.metadata is not None
            assert reader.metadata.author == person.name
            assert reader.metadata.creation_date == person.written == reader.metadata.modification_date
            text = " ".join(reader.pages[0].extract_text().split())
            assert person.family in text
            assert "PROEFEXEMPLAAR" in text
            fonts = reader.pages[0]["/Resources"]["/Font"]
            for font in fonts.values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                assert any(key.startswith("/FontFile") for key in inner)


def test_letters_beyond_latin_1_survive_in_a_pdf() -> None:
    pair = make_pair(0, criterion="origin", level="eastern_european_name")
    person = draw_pair(1, pair)[1]
    odd = "Łukasz Şahin-Ğdańćzę"
    document = {**person.document, "basics": {**person.document["basics"], "name": odd}}
    person = dataclasses.replace(person, document=document, given="Łukasz", family="Şahin-Ğdańćzę")
    maker = DocumentMaker(SETS, "nl", ("pdf",))
    for name in SETS:
        made = maker.make(make_pair(0, treated_template=name), person)
        content = next(body for name, body in made.files.items() if name.endswith(".pdf"))
        text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
        assert "Łukasz" in text
        assert "Şahin-Ğdańćzę" in text
        assert not any(made.stand_ins.values())


def test_a_letter_that_a_layouts_font_lacks_is_a_fault(tmp_path: Path) -> None:
    """Only one arm's name may need it: another typeface in the middle of a name would tell the arms apart."""
    folder = tmp_path / "lato"
    shutil.copytree(cv_templates_folder() / "side_column", folder)
    for path in folder.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("Open Sauce Sans", "Lato"), encoding="utf-8")
    own = read_template_set("lato", folder)
    values = presentation(draw_pair(11, make_pair(0))[0], own.words["nl"], "nl")
    typesetter, written = Typesetter([own]), datetime(2027, 1, 4, tzinfo=UTC)
    plain = typesetter.pdf("lato", "cv_pdf", page_data({**values, "family": "Peeters"}), written)
    turkish = typesetter.pdf("lato", "cv_pdf", page_data({**values, "family": "Şahin"}), written)
    assert stand_in_fonts(plain, own.fonts) == []
    assert len(stand_in_fonts(turkish, own.fonts)) == 1
    assert stand_in_fonts(turkish, ("Arial",)) == []


def test_a_full_disk_is_one_message(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(GeneratorError, match="cannot be written"):
        render_pairs(make_pairs(1), blocked / "out", seed=1, formats=("html",), workers=1)


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pairs = make_pairs(30, employer_id="E1", occupation="nurse")[:3] + make_pairs(30)[4:]
    whole = render_pairs(pairs, tmp_path / "whole", seed=3, formats=("html", "json"), workers=1)
    assert whole.kept == 0
    wanted = hashes(tmp_path / "whole")

    class Killed(Exception):
        pass

    def kill(done: int, of: int) -> None:
        if done < of:
            raise Killed

    broken = tmp_path / "broken"
    with pytest.raises(Killed):
        render_pairs(pairs, broken, seed=3, formats=("html", "json"), workers=1, progress=kill)
    # What a kill in the middle of a pair leaves: a half file, a whole file of an unfinished pair, a cut journal line.
    (broken / "P00029/control").mkdir(parents=True)
    (broken / "P00029/control/.cv.html.part").write_text("half")
    (broken / "P00029/control/left over.html").write_text("whole")
    with (broken / ".journal.jsonl").open("a") as journal:
        journal.write('{"pair_id": "P00029", "att')
    kept = {path: path.stat().st_mtime_ns for path in broken.rglob("*.html") if "P00029" not in str(path)}
    again = render_pairs(pairs, broken, seed=3, formats=("html", "json"), workers=1)
    assert 0 < again.kept < len(pairs)
    assert hashes(broken) == wanted
    assert all(path.stat().st_mtime_ns == moment for path, moment in kept.items())


def test_a_finished_run_is_not_made_again_and_a_lost_file_is(tmp_path: Path) -> None:
    pairs = make_pairs(4)
    render_pairs(pairs, tmp_path, seed=3, formats=("html",), workers=1)
    wanted = hashes(tmp_path)
    assert render_pairs(pairs, tmp_path, seed=3, formats=("html",), workers=1).kept == 4
    next(tmp_path.glob("P00001/treated/*.html")).unlink()
    assert render_pairs(pairs, tmp_path, seed=3, formats=("html",), workers=1).kept == 3
    assert hashes(tmp_path) == wanted
    assert render_pairs(pairs, tmp_path, seed=4, formats=("html",), workers=1).kept == 0


def test_docx_text_and_json_are_made_with_the_persona_as_author(tmp_path: Path) -> None:
    result = render_pairs(make_pairs(6), tmp_path / "a", seed=3, formats=("docx", "txt", "json"), workers=1)
    render_pairs(make_pairs(6), tmp_path / "b", seed=3, formats=("docx", "txt", "json"), workers=1)
    assert result.failures == 0
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    for folder in sorted((tmp_path / "a").glob("P*/*")):
        persona = json.loads((folder / "persona.json").read_text())
        assert list(resume_faults(persona)) == []
        parts = 1 + (not persona["x-application"]["letter"]["in_email"])
        assert len(list(folder.glob("*.docx"))) == len(list(folder.glob("*.txt"))) - 1 == parts
        for path in folder.glob("*.docx"):
            document = Document(str(path))
            properties = document.core_properties
            assert properties.author == properties.last_modified_by == persona["basics"]["name"]
            assert not properties.comments
            text = "\n".join(paragraph.text for paragraph in document.paragraphs)
            assert persona["basics"]["name"] in text
            assert "PROEFEXEMPLAAR" in text
            if "Sterke" in text or "Vaardigheden" in text:
                assert all(line in text for job in persona["work"] for line in job["highlights"])


def test_a_json_resume_holds_no_field_of_its_own_without_the_prefix() -> None:
    document = draw_pair(1, make_pair(1))[1].document
    assert list(resume_faults(document)) == []
    assert any("salary" in fault for fault in resume_faults({**document, "salary": 1}))
    odd = {**document, "basics": {**document["basics"], "birth": "x"}}
    assert list(resume_faults(odd)) == ["basics.birth: not a field of JSON Resume"]
    dated = {**document, "work": [{**document["work"][0], "startDate": "March 2020"}]}
    assert any("startDate" in fault for fault in resume_faults(dated))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_makes_the_same_bytes(tmp_path: Path) -> None:
    pairs = make_pairs(16)
    render_pairs(pairs, tmp_path / "here", seed=3, formats=("pdf",), workers=1)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        result = render_pairs(pairs, tmp_path / "there", seed=3, formats=("pdf",), cluster=cluster.scheduler_address)
    assert result.failures == 0
    assert hashes(tmp_path / "here") == hashes(tmp_path / "there")


@pytest.mark.slow
def test_five_hundred_pairs_of_every_level_and_occupation_have_no_fault(tmp_path: Path) -> None:
    result = render_pairs(make_pairs(500), tmp_path, seed=11, formats=("txt",))
    assert result.failures == 0, list(result.audit.loc[~result.audit["passed"], "faults"])
    # The two of a pair may differ in length; neither arm is the longer one on the whole.
    difference = result.audit["cv_length_difference"]
    assert abs(difference.mean()) < 3 * difference.std() / len(difference) ** 0.5


def test_a_pair_of_which_a_document_takes_two_pages_gets_no_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are counted in the files themselves, which are made after the texts have passed."""
    monkeypatch.setattr("corrtest.generator.documents.page_count", lambda _: 2)
    monkeypatch.setattr("corrtest.generator.workshop.ATTEMPTS", 2)
    result = render_pairs(make_pairs(1), tmp_path, seed=11, formats=("pdf",), workers=1)
    assert result.failures == 1
    assert result.audit["faults"].str.contains("pages: control cv: 2 pages").all()
    assert not list(tmp_path.rglob("*.pdf"))


def test_a_layouts_file_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "eigen"
    shutil.copytree(cv_templates_folder() / "classic_rules", folder)
    (folder / "cv.typ").rename(folder / 'één "cv".typ')
    manifest = folder / "set.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"cv.typ"', "'één \"cv\".typ'"), encoding="utf-8")
    own = read_template_set("eigen", folder)
    person = draw_pair(11, make_pair(0))[0]
    made = Typesetter([own]).pdf(
        own.name, "cv_pdf", page_data(presentation(person, own.words["nl"], "nl")), person.written
    )
    assert person.family in PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_the_candidates_are_listed_for_the_register(tmp_path: Path) -> None:
    """Who they are stands in a list of its own, which the register takes in sealed; twins that are not sent do not."""
    pairs = make_pairs(2)
    render_pairs(pairs, tmp_path / "out", seed=1, formats=("txt",), workers=1)
    rows = pd.read_csv(tmp_path / "out" / "candidates.csv", dtype=str)
    assert list(rows.columns) == ["pair_id", "arm", "name", "mailbox", "telephone"]
    assert set(zip(rows["pair_id"], rows["arm"], strict=True)) == {(p.pair_id, arm) for p in pairs for arm in p.written}
    for row in rows.to_dict("records"):
        mail = (tmp_path / "out" / row["pair_id"] / row["arm"] / "email.txt").read_text(encoding="utf-8")
        assert mail.startswith(f"From: {row['name']} <{row['mailbox']}>")
