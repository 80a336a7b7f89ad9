import dataclasses
import io
import json
import zipfile

import jsonschema
import pytest
from docx import Document as WordFile
from openpyxl import load_workbook
from pypdf import PdfReader

from corrtest.disclosure import (
    default_policy,
    read_releases,
    release,
    releases_from_json,
    releases_schema,
    releases_to_json,
)
from corrtest.errors import DisclosureError
from corrtest.pages import Cell, Chapter, Column, Document, Table, xlsx_file
from corrtest.report import FORMATS, build_document, write_report
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_pairs, sector_results


@pytest.fixture(scope="module")
def releases():
    results = sector_results(1, sector="social_profit", committees=SOCIAL_PROFIT)
    return release(results, dataclasses.replace(default_policy(), min_pairs=25))


@pytest.fixture(scope="module")
def written(releases, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return {path.name: path for path in write_report(releases, folder, formats=FORMATS)}


def test_every_format_in_both_languages_and_one_json(written):
    assert sorted(written) == sorted(
        [f"SIMULATED_report_{language}.{name}" for language in ("nl", "en") for name in ("html", "pdf", "xlsx", "docx")]
        + ["SIMULATED_report.json"]
    )


def test_every_format_gives_the_same_bytes_again(releases, written, tmp_path):
    for path in write_report(releases, tmp_path, formats=FORMATS):
        assert path.read_bytes() == written[path.name].read_bytes(), path.name


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pdf_is_tagged_has_a_title_and_every_chapter(releases, written, language):
    reader = PdfReader(written[f"SIMULATED_report_{language}.pdf"])
    document = build_document(releases, language)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(language)
    assert reader.metadata.title == document.title
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data()
    pages = [page.extract_text() for page in reader.pages]
    assert all(document.simulated in page.replace("\n", " ") for page in pages)
    whole = " ".join(" ".join(pages).split())
    for chapter in document.chapters:
        assert chapter.title in whole


def test_the_workbook_has_every_table_as_numbers_and_nothing_hidden(releases, written):
    document = build_document(releases, "nl")
    tables = [block for chapter in document.chapters for block in chapter.blocks if isinstance(block, Table)]
    book = load_workbook(written["SIMULATED_report_nl.xlsx"])
    assert len(book.sheetnames) == len(tables) + 1
    assert all(sheet.sheet_state == "visible" for sheet in book)
    assert not list(book.defined_names)
    numbers = 0
    for sheet in book:
        assert "GESIMULEERD" in " ".join(str(sheet.cell(row=row, column=1).value) for row in (1, 2, 3))
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.comment is None
                numbers += cell.data_type == "n" and cell.value is not None
    assert numbers > 100


def test_a_name_that_looks_like_a_formula_stays_text():
    cell = Cell(text='=HYPERLINK("http://elsewhere","x")')
    table = Table(name="x", caption="=1+1", columns=(Column(header="+x"),), rows=((cell,),))
    chapter = Chapter(name="c", title="c", blocks=(table,))
    document = Document(language="en", title="=2", subtitle="", simulated="", contents_title="C", chapters=(chapter,))
    book = load_workbook(io.BytesIO(xlsx_file(document)))
    assert all(cell.data_type in {"s", "n"} for sheet in book for row in sheet.iter_rows() for cell in row)


def test_office_files_carry_no_time_and_no_user(written):
    for name in ("SIMULATED_report_nl.xlsx", "SIMULATED_report_nl.docx"):
        with zipfile.ZipFile(written[name]) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert "2000-01-01T00:00:00Z" in core
        assert "lastModifiedBy>" not in core or "lastModifiedBy></" in core or "lastModifiedBy/>" in core


def test_the_word_summary_has_the_findings_and_fields_to_fill_in(releases, written):
    word = WordFile(str(written["SIMULATED_report_en.docx"]))
    text = "\n".join(p.text for p in word.paragraphs) + "\n".join(
        cell.text for table in word.tables for row in table.rows for cell in row.cells
    )
    assert "SIMULATED" in text
    assert "In 480 pairs" in text
    assert "[What should be different at the follow-up measurement?]" in text


def test_the_json_follows_its_published_schema(releases, written):
    content = json.loads(written["SIMULATED_report.json"].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(releases_schema())
    jsonschema.validate(content, releases_schema())
    assert content["simulated"] is True
    assert len(content["cells"]) == len(releases)
    for cell in content["cells"]:
        assert (cell["counts"] is None) == (cell["suppression"] is not None)


def test_releases_come_back_from_json_and_make_the_same_report(releases, written, tmp_path):
    again = read_releases(written["SIMULATED_report.json"])
    assert again == releases
    for path in write_report(again, tmp_path, formats=("html",)):
        assert path.read_bytes() == written[path.name].read_bytes()


def test_changed_releases_are_refused(releases):
    content = json.loads(releases_to_json(releases))
    next(cell for cell in content["cells"] if cell["counts"])["counts"]["both"] += 1
    with pytest.raises(DisclosureError, match="changed after it left"):
        releases_from_json(json.dumps(content))
    with pytest.raises(DisclosureError, match="no file of releases"):
        releases_from_json("{}")
    with pytest.raises(DisclosureError, match="no file of releases"):
        releases_from_json("not json")


def test_no_identifier_is_in_any_format(written):
    table = sector_pairs(1, sector="social_profit", committees=SOCIAL_PROFIT)
    identifiers = set(table["employer"]) | set(table["pair_id"])
    for path in written.values():
        if path.suffix == ".pdf":
            text = " ".join(page.extract_text() for page in PdfReader(path).pages)
        elif path.suffix in {".xlsx", ".docx"}:
            with zipfile.ZipFile(path) as archive:
                text = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        else:
            text = path.read_text(encoding="utf-8")
        assert not [identifier for identifier in identifiers if identifier in text], path.name


def test_the_summary_is_one_page_of_its_own(written):
    for language in ("nl", "en"):
        pages = PdfReader(written[f"SIMULATED_report_{language}.pdf"]).pages
        titles = {"nl": ("1. Samenvatting", "2. Hoe er gemeten is"), "en": ("1. Summary", "2. How it was measured")}
        first, second = (
            max(number for number, page in enumerate(pages[:6]) if title in page.extract_text())
            for title in titles[language]
        )
        assert second == first + 1
