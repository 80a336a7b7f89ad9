from __future__ import annotations

import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from corrtest.errors import InputError, InputWarning
from corrtest.spec import limits, parse_days, parse_numbers, read_rows, read_table, require_columns, require_text

ROWS = pd.DataFrame({"pair_id": ["P1", "P2"], "weight": ["1,5", "2"], "name": ["Ünal; Ş.", "x"]})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_with_any_separator(tmp_path, separator, encoding):
    ROWS.to_csv(tmp_path / "t.csv", sep=separator, index=False, encoding=encoding)
    table = read_table(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(table, ROWS, check_dtype=False)


def test_windows_1252(tmp_path):
    (tmp_path / "t.csv").write_bytes("a;b\nécole;1\n".encode("cp1252"))
    assert read_table(tmp_path / "t.csv").loc[0, "a"] == "école"


def test_decimal_commas_and_belgian_days():
    assert parse_numbers(pd.Series(["1,5", "2.25", "x"])).tolist()[:2] == [1.5, 2.25]
    days = parse_days(pd.Series(["2027-01-11", "11/01/2027", "31/02/2027"]))
    assert days[0] == days[1] == pd.Timestamp("2027-01-11")
    assert days.isna().tolist() == [False, False, True]


def test_excel_keeps_text_and_names_number_columns(tmp_path):
    frame = pd.DataFrame({"joint_committee": [322.1], "text": ["0123"], "opens": [pd.Timestamp("2027-01-11")]})
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    table = read_table(tmp_path / "t.xlsx")
    assert table.loc[0, "text"] == "0123"
    assert table.loc[0, "opens"] == "2027-01-11"
    with pytest.raises(InputError, match="written as a number"):
        require_text(table, "joint_committee", "322.01")
    require_text(table, "text", "x")


def test_parquet_keeps_its_types(tmp_path):
    pd.DataFrame({"a": [1, 2], "joint_committee": [124.0, 124.0]}).to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table["a"].sum() == 3
    with pytest.raises(InputError, match=r"322\.10"):
        require_text(table, "joint_committee", "322.01")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\n\n", "is empty"),
        ("t.csv", b"a,b\n", "no rows"),
        ("t.csv", b"a,a\n1,2\n", "repeats 'a'"),
        ("t.csv", b"a,\n1,2\n", "empty name"),
        ("t.csv", b"a,b\n1,2\n1,2,3\n", r"row 3: got 3 cells"),
        ("t.csv", b"a,b\n1,\x00\n", "not a text file"),
        ("t.xlsx", b"not a workbook", "not a readable workbook"),
        ("t.parquet", b"not parquet", "not a readable Parquet file"),
        ("t.doc", b"x", "unknown kind"),
    ],
)
def test_a_bad_file_gets_one_message(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / name)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)


def test_rows_are_counted_as_excel_shows_them(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n\n3,4\n,\n\n")
    table = read_table(tmp_path / "t.csv")
    assert table["a"].tolist() == ["1", "", "3"]


def test_a_missing_column_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'pair_id'"):
        require_columns(ROWS, ["pair_ids"])


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def written(path: Path, kind: str, rows: list[list[object]]) -> Path:
    """The same rows as CSV or as a workbook."""
    if kind == "xlsx":
        return workbook(path / "t.xlsx", ("data", rows))
    pd.DataFrame(rows).to_csv(path / "t.csv", index=False, header=False, sep=";")
    return path / "t.csv"


CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
 Target="{target}"/></Relationships>"""
BOOK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>"""
SHEET = "worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def raw_workbook(path: Path, row: str, times: int, head: str = HEAD) -> Path:
    """A workbook whose sheet is one row many times over, written as it lies in the archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(kind="worksheet", target=SHEET))
        with archive.open(f"xl/{SHEET}", "w", force_zip64=True) as sheet:
            sheet.write(head.encode())
            block = row.encode() * 1_000
            for _ in range(times // 1_000):
                sheet.write(block)
            sheet.write(b"</sheetData></worksheet>")
    return path


class TestLimits:
    @pytest.mark.parametrize(
        ("cell", "message"), [('<c t="n"><v>1</v></c>', "MB when unpacked"), ("<c/>", "cells; at most 2,500,000")]
    )
    def test_eight_million_cells_are_refused_at_once(self, tmp_path: Path, cell: str, message: str) -> None:
        path = raw_workbook(tmp_path / "t.xlsx", f"<row>{cell * 8}</row>", 1_000_000)
        began = time.process_time()
        with pytest.raises(InputError, match=message):
            read_table(path)
        assert time.process_time() - began < 2

    def test_a_raw_workbook_within_the_limits_is_read(self, tmp_path: Path) -> None:
        row = '<row><c t="str"><v>a</v></c><c><v>1</v></c></row>'
        head = HEAD + '<row><c t="str"><v>x</v></c><c t="str"><v>y</v></c></row>'
        table = read_table(raw_workbook(tmp_path / "t.xlsx", row, 1_000, head))
        assert len(table) == 1_000
        assert table.attrs["numeric_columns"] == ("y",)

    def test_a_cell_in_the_last_corner_is_no_million_rows_of_cells(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", ("data", [["a", "b"], [1, 2]]))
        book = openpyxl.load_workbook(path)
        book["data"]["XFD1048576"] = "x"
        book.save(path)
        began = time.process_time()
        with pytest.raises(InputError, match="16,384 columns; at most 2,000"):
            read_table(path)
        assert time.process_time() - began < 5

    def test_entities_are_refused(self, tmp_path: Path) -> None:
        head = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + HEAD
        path = raw_workbook(tmp_path / "t.xlsx", '<row><c t="str"><v>&b;</v></c></row>', 1_000, head)
        with pytest.raises(InputError, match="declares entities"):
            read_table(path)

    def test_csv_with_too_many_cells(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "corrtest.spec.delimited.CSV", limits.Limits(rows=9, columns=9, cells=9, text=9, unpacked=99)
        )
        (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 5)
        with pytest.raises(InputError, match="12 cells; at most 9"):
            read_table(tmp_path / "t.csv")
        (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 50)
        with pytest.raises(InputError, match="MB"):
            read_table(tmp_path / "t.csv")

    def test_parquet_that_says_it_holds_billions(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        small = limits.Limits(rows=9, columns=9, cells=9, text=9, unpacked=9_999)
        monkeypatch.setattr("corrtest.spec.parquets.PARQUET", small)
        pd.DataFrame({"a": [1] * 10}).to_parquet(tmp_path / "t.parquet")
        with pytest.raises(InputError, match="10 rows; at most 9"):
            read_table(tmp_path / "t.parquet")

    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_a_very_long_text_is_named(self, tmp_path: Path, kind: str) -> None:
        frame = pd.DataFrame({"a": ["x", "y" * 40_000], "b": ["1", "2"]})
        getattr(frame, f"to_{kind}")(tmp_path / f"t.{kind}", index=False)
        with pytest.raises(InputError, match=r"row 3, column 'a': got a very long text"):
            read_table(tmp_path / f"t.{kind}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
class TestOneRuleForAllKinds:
    def test_what_is_not_known_is_empty(self, tmp_path: Path, kind: str) -> None:
        path = written(
            tmp_path, kind, [["vacancy", "reaction"], ["NA", "none"], [".", "x"], ["NULL", "y"], ["<NA>", "z"]]
        )
        assert read_table(path).values.tolist() == [["", "none"], ["", "x"], ["", "y"], ["", "z"]]

    def test_an_error_of_excel_is_named_where_its_column_is_needed(self, tmp_path: Path, kind: str) -> None:
        table = read_table(written(tmp_path, kind, [["a", "b"], ["x", "#REF!"], ["y", "2"]]))
        require_columns(table, ["a"])
        with pytest.raises(InputError, match=r"row 2, column 'b': got #REF!"):
            require_columns(table, ["a", "b"])

    def test_a_line_break_is_named_where_its_column_is_needed(self, tmp_path: Path, kind: str) -> None:
        table = read_table(written(tmp_path, kind, [["a", "b"], ["x", "jobs@a.be\nBcc: all@b.be"], ["y", "2"]]))
        require_columns(table, ["a"])
        with pytest.raises(InputError, match=r"row 2, column 'b': got a line break"):
            require_columns(table, ["b"])

    def test_a_line_break_in_a_header_is_refused(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises(InputError, match=r"line break or control character in 'b\\n2'"):
            read_table(written(tmp_path, kind, [["a", "b\n2"], ["x", "y"]]))

    @pytest.mark.parametrize("name", ["closes", "closes "])
    def test_a_repeated_header_is_refused(self, tmp_path: Path, kind: str, name: str) -> None:
        with pytest.raises(InputError, match="repeats 'closes'"):
            read_table(written(tmp_path, kind, [["a", "closes", name], ["x", "y", "z"]]))

    def test_a_nameless_column_with_cells_is_named_by_its_place(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises(InputError, match="empty name above the filled column 1"):
            read_table(written(tmp_path, kind, [["", "b"], ["1", "y"]]))

    def test_columns_without_name_and_cells_are_left_out(self, tmp_path: Path, kind: str) -> None:
        table = read_table(written(tmp_path, kind, [["a", "b", "", ""], ["1", "y", "", ""]]))
        assert list(table.columns) == ["a", "b"]


def test_control_characters_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,y\x1b[2J\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2, column 'b': got a control character"):
        read_table(tmp_path / "t.csv")
    pd.DataFrame({"a": ["x", "y\x07"]}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"row 3, column 'a': got a control character"):
        read_table(tmp_path / "t.parquet")


@pytest.mark.parametrize("words", [False, True])
def test_parquet_has_the_same_rules_for_its_texts(tmp_path: Path, words: bool) -> None:
    frame = pd.DataFrame({"a": ["NA", "x", None], "b": ["1\n2", "y", "y"], "n": [1, 2, 3]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet", words=words)
    assert table["a"].isna().tolist() == [True, False, True]
    with pytest.raises(InputError, match=r"row 2, column 'b': got a line break"):
        require_columns(table, ["b"])
    require_columns(table, ["a", "n"])


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_by_which_excel_knows_the_separator(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.csv").write_text(f"{line}\na;b,c\n1;2\n", encoding="utf-8")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {"a": ["1"], "b,c": ["2"]}


def test_separators_at_the_end_of_lines_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n1;2;;\n3;4\n;;;\n", encoding="utf-8")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}


TABLE: list[list[object]] = [["a", "b"], ["1", "2"]]


class TestSheets:
    def test_months_on_sheets_of_their_own_are_refused(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", ("januari", TABLE), ("februari", TABLE))
        with pytest.raises(InputError, match="'januari' and 'februari'"):
            read_table(path)

    def test_a_page_to_read_first_is_passed_over(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", ("lees mij", [["Vacatures van de sector"], ["Versie 2"]]), ("data", TABLE))
        with pytest.warns(InputWarning, match="the sheet 'data' was read"):
            assert list(read_table(path).columns) == ["a", "b"]

    def test_another_table_is_told_of(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", ("data", TABLE), ("codes", [["a", "word"], ["1", "x"]]))
        with pytest.warns(InputWarning, match="'codes' also hold rows and were not read"):
            assert list(read_table(path).columns) == ["a", "b"]

    def test_an_explanation_and_empty_sheets_are_no_matter(self, tmp_path: Path) -> None:
        words: list[list[object]] = [["kolom", "betekenis"], ["a", "nummer"]]
        path = workbook(tmp_path / "t.xlsx", ("data", TABLE), ("uitleg", words), ("Blad3", []))
        assert len(read_table(path)) == 1


def test_times_keep_their_hours_and_days_are_days(tmp_path: Path) -> None:
    rows = [["day", "at"], [pd.Timestamp("2027-02-08"), pd.Timestamp("2027-02-08 09:30")]]
    table = read_table(workbook(tmp_path / "t.xlsx", ("data", rows)))
    assert table.values.tolist() == [["2027-02-08", "2027-02-08T09:30:00"]]


def test_days_as_other_programs_write_them() -> None:
    given = [
        "2027-01-11 00:00:00",
        "2027-01-11T08:00:00.000+01:00",
        "2027/01/11",
        "11.01.2027",
        "11/01/2027",
        "11-1-2027",
        "11/01/27",
        "11-jan-27",
        "11 januari 2027",
        "46398",
    ]
    assert (parse_days(pd.Series(given)) == pd.Timestamp("2027-01-11")).all()


def test_one_month_first_date_makes_the_column_doubtful() -> None:
    days = parse_days(pd.Series(["1/02/2027", "3/31/2027", "2027-01-11"]))
    assert days.isna().tolist() == [True, True, False]


def test_rows_as_they_stand_keep_titles_above_the_header(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Export"
    for row in (["Export of 1 December"], [], ["PC", "Datum", "n"], [318.1, pd.Timestamp("2027-01-11"), 7]):
        book.active.append(row)
    book.create_sheet("Empty")
    book.save(tmp_path / "t.xlsx")
    rows = read_rows(tmp_path / "t.xlsx")
    assert rows == {
        "Export": [["Export of 1 December", "", ""], ["", "", ""], ["PC", "Datum", "n"], ["318.1", "2027-01-11", "7"]]
    }
    (tmp_path / "t.csv").write_text("A title, with a comma\n\na;b;c\n1;2;3,5\n")
    assert read_rows(tmp_path / "t.csv")[""][2:] == [["a", "b", "c"], ["1", "2", "3,5"]]
    pd.DataFrame({"a": [1.5], "opens": [pd.Timestamp("2027-01-11")]}).to_parquet(tmp_path / "t.parquet")
    assert read_rows(tmp_path / "t.parquet")[""] == [["a", "opens"], ["1.5", "2027-01-11"]]
