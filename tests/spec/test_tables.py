from __future__ import annotations

import pandas as pd
import pytest

from corrtest.errors import InputError
from corrtest.spec import parse_days, parse_numbers, read_table, require_columns, require_text

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
        ("t.xlsx", b"not a workbook", "not a readable Excel workbook"),
        ("t.parquet", b"not parquet", "not a readable Parquet file"),
        ("t.ods", b"x", "unknown kind"),
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
