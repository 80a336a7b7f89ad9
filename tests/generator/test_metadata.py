"""What files say of the program that made them: nothing, since they agree with none."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from docx import Document

from corrtest.generator import draw_pair
from corrtest.generator.documents import Application, DocumentMaker
from corrtest.generator.personas import Persona
from corrtest.resources import template_set_names
from tests.generator.pairs import make_pair

SETS = template_set_names("nl")
PROGRAMS = re.compile(rb"corrtest|typst|xmp|python-docx|pikepdf|qpdf|libreoffice|acrobat|quartz|skia|mac ?os", re.I)
KEYS = {"/Title", "/Author", "/CreationDate", "/ModDate"}


@pytest.fixture(scope="module")
def made() -> list[tuple[Persona, Application]]:
    maker = DocumentMaker(SETS, "nl", ("pdf", "docx"))
    found = []
    for number, name in enumerate(SETS):
        pair = make_pair(number, control_template=name)
        person = draw_pair(5, pair)[0]
        found.append((person, maker.make(pair, person)))
    return found


def contents(made: list[tuple[Persona, Application]], suffix: str) -> list[tuple[Persona, bytes]]:
    return [(person, body) for person, one in made for name, body in one.files.items() if name.endswith(suffix)]


def letters_in_files(made: list[tuple[Persona, Application]]) -> int:
    return sum(not person.document["x-application"]["letter"]["in_email"] for person, _ in made)


def test_a_pdf_names_its_author_and_no_program(made: list[tuple[Persona, Application]]) -> None:
    found = contents(made, ".pdf")
    assert len(found) == len(SETS) + letters_in_files(made) > len(SETS)
    for person, body in found:
        with pikepdf.open(io.BytesIO(body)) as document:
            assert set(document.docinfo) == KEYS
            assert str(document.docinfo["/Author"]) == person.name
            assert "/Metadata" not in document.Root
        assert not PROGRAMS.search(re.sub(rb"stream.*?endstream", b"", body, flags=re.S))


def test_a_pdf_is_dated_by_the_clock_of_belgium(made: list[tuple[Persona, Application]]) -> None:
    for person, body in contents(made, ".pdf"):
        with pikepdf.open(io.BytesIO(body)) as document:
            said = str(document.docinfo["/CreationDate"])
        offset = person.written.utcoffset()
        assert offset in (timedelta(hours=1), timedelta(hours=2))
        assert said == f"D:{person.written:%Y%m%d%H%M%S}+0{offset // timedelta(hours=1)}'00'"
        assert 8 <= person.written.hour < 22


def test_a_word_file_names_its_author_and_no_program(made: list[tuple[Persona, Application]]) -> None:
    found = contents(made, ".docx")
    assert len(found) == len(SETS) + letters_in_files(made) > len(SETS)
    for person, body in found:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            assert not [name for name in names if "thumbnail" in name or "customXml" in name or "app.xml" in name]
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            for name in names:
                assert not PROGRAMS.search(archive.read(name)), name
            assert b"rsid" not in archive.read("word/settings.xml")
            assert b"docId" not in archive.read("word/settings.xml")
        properties = Document(io.BytesIO(body)).core_properties
        assert properties.author == properties.last_modified_by == person.name
        assert properties.created == person.written
        assert len(body) < 20_000


def test_the_same_person_gives_the_same_bytes(made: list[tuple[Persona, Application]]) -> None:
    again = DocumentMaker(SETS, "nl", ("pdf", "docx")).make(make_pair(0, control_template=SETS[0]), made[0][0])
    assert again.files == made[0][1].files


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_word_processor_opens_the_word_file_and_names_itself(
    made: list[tuple[Persona, Application]], tmp_path: Path
) -> None:
    """What LibreOffice makes of it claims LibreOffice, in all of it: a real program's own claim looks like this."""
    person, body = contents(made, ".docx")[0]
    (tmp_path / "cv.docx").write_bytes(body)
    order = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*order, "cv.docx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    with pikepdf.open(tmp_path / "cv.pdf") as document:
        assert str(document.docinfo["/Creator"]) == "Writer"
        assert str(document.docinfo["/Producer"]).startswith("LibreOffice")
        assert str(document.docinfo["/Author"]) == person.name
        assert len(document.pages) == 1
