"""The kinds of file that tables come in: each is written by another program or by hand, and read back."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt

from corrtest.errors import InputError, InputWarning
from corrtest.spec import TABLE_KINDS, coded, read_table, require_columns

# --- text ------------------------------------------------------------------------------------------------------------

LINES = "vacature;functie;plaats\n1;verpleegkundige coördinator;Liège\n2;éducateur;Köln\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes(LINES.encode(encoding))
    table = read_table(tmp_path / "t.csv")
    assert table["functie"].tolist() == ["verpleegkundige coördinator", "éducateur"]
    assert table["plaats"].tolist() == ["Liège", "Köln"]


def test_excel_unicode_text(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes(LINES.replace(";", "\t").replace("\n", "\r\n").encode("utf-16"))
    assert read_table(tmp_path / "t.txt")["plaats"].tolist() == ["Liège", "Köln"]


def test_letters_of_no_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a;b\nx;\x81\n")  # no letter of Windows-1252, and a rare one of Macintosh
    with pytest.raises(InputError, match="no usual encoding, first at byte 7"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_what_stands_as_often_in_each_line(tmp_path: Path, separator: str) -> None:
    rows = ["naam;x" if separator != ";" else "naam,x", "b", "c"], ["Jan, de kok", "1", "2"], ["An; de kok", "3", "4"]
    text = "\n".join(separator.join(f'"{cell}"' if set(cell) & set(";,") else cell for cell in row) for row in rows)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert read_table(tmp_path / "t.csv").iloc[0].tolist() == ["Jan, de kok", "1", "2"]


def test_a_remark_above_the_header_keeps_the_rows_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("# uit het systeem, 11/01/2027\n\na;b\n1;2\n3;#VERW!\n", encoding="utf-8")
    table = read_table(tmp_path / "t.csv")
    assert list(table.columns) == ["a", "b"]
    with pytest.raises(InputError, match=r"row 5, column 'b': got #VERW!"):
        require_columns(table, ["b"])


def test_a_column_may_be_called_by_the_sign_of_a_number(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("#;naam\n1;x\n", encoding="utf-8")
    assert list(read_table(tmp_path / "t.csv").columns) == ["#", "naam"]


def test_empty_rows_above_the_header_keep_the_rows_their_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [[None], [None], ["a", "b"], ["1", "#N/A"]]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match=r"row 4, column 'b': got #N/A"):
        require_columns(read_table(tmp_path / "t.xlsx"), ["b"])


# --- missing and mistaken cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", ["NA", "#N/B-", "-99", "NULL", "<NA>", "n.v.t.", "-", "None", "."])
def test_markers_for_missing_are_empty_cells(tmp_path: Path, marker: str) -> None:
    (tmp_path / "t.csv").write_text(f"a;b\n{marker};1\n", encoding="utf-8")
    expected = marker if marker == "#N/B-" else ""  # no marker: a word of its own
    assert read_table(tmp_path / "t.csv").loc[0, "a"] == expected


@pytest.mark.parametrize("error", ["#REF!", "#VERW!", "#N/B", "#DEEL/0!", "#WAARDE!", "#VALEUR!", "#BEZUG!", "#NAAM?"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_an_error_of_excel_is_one_in_every_language(tmp_path: Path, kind: str, error: str) -> None:
    path = written(tmp_path, kind, [["a", "b"], ["x", error], ["y", "2"]])
    with pytest.raises(InputError, match=r"row 2, column 'b': got"):
        require_columns(read_table(path), ["b"])


# --- workbooks -------------------------------------------------------------------------------------------------------

ODS_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties
 table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>"""
ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"


def ods(path: Path, *sheets: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS_HEAD + "".join(sheets) + ODS_FOOT)
    return path


def ods_sheet(name: str, rows: list[list[str]], style: str = "ta1", more: str = "") -> str:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    return f'<table:table table:name="{name}" table:style-name="{style}">{cells}{more}</table:table>'


def written(folder: Path, kind: str, rows: list[list[str]]) -> Path:
    path = folder / f"t.{kind}"
    if kind == "csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    elif kind == "ods":
        ods(path, ods_sheet("data", rows))
    elif kind == "xls":
        xls(path, ("data", rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    return path


def xls(path: Path, *sheets: tuple[str, list[list[object]] | list[list[str]]]) -> Path:
    book = xlwt.Workbook()
    days = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    times = xlwt.easyxf(num_format_str="DD/MM/YYYY HH:MM")
    for title, rows in sheets:
        sheet = book.add_sheet(title)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write(number, place, value, times if value.hour else days)
                elif isinstance(value, str) and value.startswith("#"):
                    sheet.row(number).set_cell_error(place, value)
                else:
                    sheet.write(number, place, value)
    book.save(str(path))
    return path


ROWS: list[list[object]] = [
    ["committee", "opens", "at", "ok"],
    [330.0, datetime(2027, 1, 11), datetime(2027, 2, 8, 9, 30), True],
    [322.1, datetime(2027, 1, 12), datetime(2027, 2, 9, 10, 0), "#REF!"],
]


def test_an_old_workbook(tmp_path: Path) -> None:
    table = read_table(xls(tmp_path / "t.xls", ("data", ROWS)))
    assert table.iloc[0].tolist() == ["330", "2027-01-11", "2027-02-08T09:30:00", "True"]
    assert table.attrs["numeric_columns"] == ("committee",)
    with pytest.raises(InputError, match=r"row 3, column 'ok': got #REF!"):
        require_columns(table, ["ok"])


def test_an_ods_workbook(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="{kind}" office:{kind}-value="{value}"/>'
    row = (
        "<table:table-row>"
        '<table:table-cell office:value-type="float" office:value="330"/>'
        + cell.format(kind="date", value="2027-01-11")
        + cell.format(kind="date", value="2027-02-08T09:30:00")
        + cell.format(kind="boolean", value="true")
        + '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>Err:502</text:p>'
        "</table:table-cell></table:table-row>"
    )
    last = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    sheet = ods_sheet("data", [["committee", "opens", "at", "ok", "x"]], more=row + last)
    table = read_table(ods(tmp_path / "t.ods", sheet))
    assert table.iloc[0, :4].tolist() == ["330", "2027-01-11", "2027-02-08T09:30:00", "True"]
    assert table.attrs["numeric_columns"] == ("committee",)
    with pytest.raises(InputError, match=r"row 2, column 'x': got #VALUE!"):
        require_columns(table, ["x"])


def test_blanks_and_remarks_within_an_ods_cell(tmp_path: Path) -> None:
    inner = (
        "<table:table-row><table:table-cell><office:annotation><text:p>remark</text:p></office:annotation>"
        '<text:p>Jan<text:s text:c="2"/><text:span>de</text:span> kok</text:p></table:table-cell></table:table-row>'
    )
    table = read_table(ods(tmp_path / "t.ods", ods_sheet("data", [["a"]], more=inner)))
    assert table.loc[0, "a"] == "Jan  de kok"


def test_repeated_cells_of_an_ods_workbook_cannot_fill_the_memory(tmp_path: Path) -> None:
    bomb = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    with pytest.raises(InputError, match="at most"):
        read_table(ods(tmp_path / "t.ods", ods_sheet("data", [["a", "b"]], more=bomb)))


def test_entities_of_an_ods_workbook_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + ODS_HEAD + ODS_FOOT)
    with pytest.raises(InputError, match="declares entities"):
        read_table(tmp_path / "t.ods")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04zzzz", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_is_no_workbook_gets_one_message(tmp_path: Path, kind: str, content: bytes) -> None:
    (tmp_path / f"t.{kind}").write_bytes(content)
    with pytest.raises(InputError, match=r"workbook|locked with a password"):
        read_table(tmp_path / f"t.{kind}")


def test_a_workbook_called_by_the_name_of_an_older_one(tmp_path: Path) -> None:
    written(tmp_path, "xlsx", [["a", "b"], ["1", "2"]]).rename(tmp_path / "t.xls")
    assert read_table(tmp_path / "t.xls").loc[0, "b"] == "2"
    (tmp_path / "u.xls").write_text("<html><table><tr><td>a</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(InputError, match="is a text or a web page"):
        read_table(tmp_path / "u.xls")


MONTHS = (("januari", [["a", "b"], ["1", "2"]]), ("februari", [["a", "b"], ["3", "4"]]))


def several(folder: Path, kind: str) -> Path:
    if kind == "ods":
        return ods(folder / "t.ods", *(ods_sheet(title, rows) for title, rows in MONTHS))
    if kind == "xls":
        return xls(folder / "t.xls", *MONTHS)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in MONTHS:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
class TestSheets:
    def test_two_sheets_alike_are_asked_about(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises(InputError, match=rf"Name the one that is meant, as in t\.{kind}#januari"):
            read_table(several(tmp_path, kind))

    def test_the_named_one_is_read(self, tmp_path: Path, kind: str) -> None:
        assert read_table(f"{several(tmp_path, kind)}#Februari").loc[0, "a"] == "3"

    def test_a_name_that_no_sheet_has(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises(InputError, match=r"no sheet 'februrai'[\s\S]*Did you mean 'februari'"):
            read_table(f"{several(tmp_path, kind)}#februrai")


def test_a_hidden_sheet_is_not_read_before_one_that_is_shown(tmp_path: Path) -> None:
    shown = ods_sheet("lijst", [["a", "c"], ["3", "4"]])
    path = ods(tmp_path / "t.ods", ods_sheet("oud", [["a", "b"], ["1", "2"]], style="ta2"), shown)
    with pytest.warns(InputWarning, match="the sheet 'lijst' was read; 'oud' also hold rows"):
        assert read_table(path).loc[0, "a"] == "3"


def test_hidden_rows_are_told_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]:
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(tmp_path / "t.xlsx")
    with pytest.warns(InputWarning, match="1 row that Excel does not show"):
        assert len(read_table(tmp_path / "t.xlsx")) == 3


def test_a_csv_file_has_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no sheets"):
        read_table(tmp_path / "t.csv#een")
    (tmp_path / "v#1.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert len(read_table(tmp_path / "v#1.csv")) == 1


# --- Stata, SPSS, R --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dta", "sav", "zsav"])
class TestLabelled:
    def file(self, folder: Path, kind: str) -> Path:
        import pyreadstat

        frame = pd.DataFrame(
            {
                "adid": [1.0, 1.0, 2.0, 2.0, 3.0],
                "race": [1.0, 2.0, 1.0, 2.0, None],
                "call": [1.0, 0.0, 0.0, 0.0, 1.0],
                "city": ["Gent", "NA", "", "Ath", "Ans"],
            }
        )
        labels = {"race": {1: "wit", 2: "zwart"}, "call": {0: "niet gebeld", 1: "gebeld"}}
        path = folder / f"t.{kind}"
        if kind == "dta":
            pyreadstat.write_dta(frame, path, variable_value_labels=labels)
        else:
            pyreadstat.write_sav(frame, path, variable_value_labels=labels, compress=kind == "zsav")
        return path

    def test_labels_become_words_and_missing_is_missing(self, tmp_path: Path, kind: str) -> None:
        table = read_table(self.file(tmp_path, kind))
        assert table["race"].tolist() == ["wit", "zwart", "wit", "zwart", ""]
        assert table["city"].tolist() == ["Gent", "", "", "Ath", "Ans"]
        assert table["adid"].tolist() == [1, 1, 2, 2, 3]

    def test_the_numbers_behind_the_words_are_kept(self, tmp_path: Path, kind: str) -> None:
        assert coded(read_table(self.file(tmp_path, kind)), "call").tolist() == [1, 0, 0, 0, 1]

    def test_an_outcome_with_labels_is_read_by_its_numbers(self, tmp_path: Path, kind: str) -> None:
        from corrtest.analysis import long_table

        table = read_table(self.file(tmp_path, kind)).iloc[:4]
        pairs = long_table(table, vacancy="adid", candidates=["race"], positive="call", reference="wit")
        assert len(pairs) == 2

    def test_a_broken_file_gets_one_message(self, tmp_path: Path, kind: str) -> None:
        (tmp_path / f"t.{kind}").write_bytes(b"not one of these" * 20)
        with pytest.raises(InputError, match="not a readable file of Stata or SPSS"):
            read_table(tmp_path / f"t.{kind}")


def test_a_value_that_its_owner_declared_missing(tmp_path: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"a": [1.0, 99.0], "b": [2.0, 3.0]})
    pyreadstat.write_sav(frame, tmp_path / "t.sav", missing_ranges={"a": [99]})
    assert read_table(tmp_path / "t.sav")["a"].isna().tolist() == [False, True]


def test_two_values_with_one_label_stay_two(tmp_path: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"origin": [1.0, 2.0, 3.0]})
    pyreadstat.write_dta(frame, tmp_path / "t.dta", variable_value_labels={"origin": {1: "A", 2: "B", 3: "A"}})
    assert read_table(tmp_path / "t.dta")["origin"].tolist() == ["A (1)", "B", "A (3)"]


class TestR:
    FRAME = pd.DataFrame({"offer": [1, 2], "origin": pd.Categorical(["F", "M"]), "callback": [True, False]})

    def test_a_data_frame(self, tmp_path: Path) -> None:
        import rdata

        rdata.write_rds(tmp_path / "t.rds", self.FRAME)
        table = read_table(tmp_path / "t.rds")
        assert table["origin"].tolist() == ["F", "M"]
        assert table["callback"].tolist() == [True, False]

    def test_one_of_several_is_named(self, tmp_path: Path) -> None:
        import rdata

        rdata.write_rda(tmp_path / "t.RData", {"one": self.FRAME, "two": self.FRAME.iloc[:1], "n": [1.0]})
        with pytest.raises(InputError, match=r"expected one of one, two\. Name it behind the file, as in t\.RData#one"):
            read_table(tmp_path / "t.RData")
        assert len(read_table(tmp_path / "t.RData#two")) == 1

    def test_what_is_no_data_frame(self, tmp_path: Path) -> None:
        import rdata

        rdata.write_rds(tmp_path / "t.rds", [1.0, 2.0])
        with pytest.raises(InputError, match="no data frame"):
            read_table(tmp_path / "t.rds")
        (tmp_path / "u.rds").write_bytes(b"\x1f\x8bnot packed")
        with pytest.raises(InputError, match="not a readable file of R"):
            read_table(tmp_path / "u.rds")


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "t.pdf").write_bytes(b"x")
    with pytest.raises(InputError, match=r"\.xlsx.*\.dta.*\.rds"):
        read_table(tmp_path / "t.pdf")
    assert {".csv", ".xls", ".ods", ".parquet", ".sav"} <= set(TABLE_KINDS)
