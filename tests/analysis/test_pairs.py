"""Reading the pairs table: what is accepted, and one clear message for what is not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from corrtest.analysis import analyse, pairs_table, read_pairs
from corrtest.errors import AnalysisError, InputError

HEADER = "pair_id,sector,joint_committee,criterion,level,employer,control_reaction,treated_reaction"
ROWS = [
    "P1,construction,124,origin,maghrebi_name,e1,invitation,none",
    "P2,construction,124,origin,maghrebi_name,e2,invitation,invitation",
    "P3,construction,124,origin,turkish_name,e3,none,other_positive",
    "P4,construction,322.01,age,age_50,e4,negative,automatic",
]


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_groups_and_outcomes(tmp_path: Path) -> None:
    results = analyse(read_pairs(write(tmp_path, *ROWS)))
    origin = {g.outcome: g for g in results.select(criterion="origin", level=None, joint_committee=None)}
    assert origin["strict"].counts.as_dict() == {"both": 1, "control_only": 1, "treated_only": 0, "neither": 1}
    assert origin["broad"].counts.as_dict() == {"both": 1, "control_only": 1, "treated_only": 1, "neither": 0}
    assert origin["strict"].employers == 3
    assert origin["strict"].largest_employer_pairs == 1
    keys = {(g.joint_committee, g.criterion, g.level) for g in results.groups}
    assert keys == {
        (None, "origin", None),
        (None, "origin", "maghrebi_name"),
        (None, "origin", "turkish_name"),
        ("124", "origin", None),
        ("124", "origin", "maghrebi_name"),
        ("124", "origin", "turkish_name"),
        (None, "age", None),
        (None, "age", "age_50"),
        ("322.01", "age", None),
        ("322.01", "age", "age_50"),
    }
    assert {g.sector for g in results.groups} == {"construction"}


def test_semicolons_as_excel_writes_them_in_belgium(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("\r\n".join([HEADER, *ROWS]).replace(",", ";"), encoding="cp1252")
    assert analyse(read_pairs(path)).groups == analyse(read_pairs(write(tmp_path, *ROWS))).groups


def test_order_of_rows_is_irrelevant(tmp_path: Path) -> None:
    forwards = analyse(read_pairs(write(tmp_path, *ROWS)))
    backwards = analyse(read_pairs(write(tmp_path, *reversed(ROWS))))
    assert forwards.groups == backwards.groups


def test_zero_one_columns_of_any_name(tmp_path: Path) -> None:
    path = write(tmp_path, "1,0", "1,1", "0,0", header="w,b")
    (group,) = analyse(read_pairs(path, control="w", treated="b")).groups
    assert group.counts.as_dict() == {"both": 1, "control_only": 1, "treated_only": 0, "neither": 1}
    assert group.employers is None
    assert group.outcome == "positive"


def test_more_columns_to_group_by(tmp_path: Path) -> None:
    rows = [f"{row},{occupation}" for row, occupation in zip(ROWS, ("mason", "mason", "roofer", "roofer"), strict=True)]
    table = read_pairs(write(tmp_path, *rows, header=HEADER + ",occupation"))
    results = analyse(table, by=("occupation",))
    masons = results.select(criterion="origin", occupation="mason")
    assert [group.pairs for group in masons] == [2, 2]
    assert masons[0].extra == {"occupation": "mason"}
    with pytest.raises(InputError, match="no column 'trade'"):
        analyse(table, by=("trade",))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            (*ROWS, "P9,construction,124,origin,x,e9,invited,none"),
            ["row 6", "control_reaction", "'invited'", "invitation"],
        ),
        ((*ROWS, ROWS[0]), ["row 6", "pair_id", "first in row 2"]),
        ((*ROWS, "P9,construction,124,origin,x,,none,none"), ["row 6", "column 'employer'", "nothing"]),
        ((*ROWS, "P9,construction,322.010000,origin,x,e9,none,none"), ["row 6", "joint_committee", "322.010000"]),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, rows: tuple[str, ...], expected: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_pairs(write(tmp_path, *rows))
    assert len(caught.value.faults) == 1
    for words in expected:
        assert words in str(caught.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    rows = ["P1,s,124,origin,x,e1,invitation,none", "P1,s,124,origin,x,,invitaton,nonne"]
    with pytest.raises(InputError) as caught:
        read_pairs(write(tmp_path, *rows))
    assert len(caught.value.faults) == 4
    assert "Did you mean 'invitation'?" in str(caught.value)
    assert "Did you mean 'none'?" in str(caught.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "P1,s,124,origin,x,none,none", header=HEADER.replace("employer,", ""))
    with pytest.raises(InputError, match="'employer'"):
        read_pairs(path)


def test_a_table_without_known_outcomes_is_told_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--positive CONTROL,TREATED"):
        read_pairs(write(tmp_path, "1,0", header="w,b"))


def test_parquet_with_words_stored_once_gives_what_csv_gives(tmp_path: Path) -> None:
    frame = pd.DataFrame([row.split(",") for row in ROWS], columns=HEADER.split(","))
    frame.to_parquet(tmp_path / "pairs.parquet")
    from_parquet, from_csv = read_pairs(tmp_path / "pairs.parquet"), read_pairs(write(tmp_path, *ROWS))
    assert analyse(from_parquet).groups == analyse(from_csv).groups
    frame.loc[1, "employer"] = None
    frame.loc[2, "control_reaction"] = "nonne"
    frame.to_parquet(tmp_path / "pairs.parquet")
    with pytest.raises(InputError, match="row 3, column 'employer'") as caught:
        read_pairs(tmp_path / "pairs.parquet")
    assert "row 4" in str(caught.value)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing of the kind")
    with pytest.raises(InputError, match="not a readable Parquet"):
        read_pairs(tmp_path / "broken.parquet")


def test_no_file_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read_pairs(tmp_path / "absent.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match="empty"):
        read_pairs(tmp_path / "empty.csv")


@pytest.mark.parametrize("committees", [[322.01, 124.0], [124, 200]])
def test_committees_written_as_numbers_are_refused(tmp_path: Path, committees: list[float]) -> None:
    frame = pd.DataFrame([row.split(",") for row in ROWS[:2]], columns=HEADER.split(","))
    frame["joint_committee"] = committees
    frame.to_parquet(tmp_path / "pairs.parquet")
    for read in (lambda: read_pairs(tmp_path / "pairs.parquet"), lambda: pairs_table(frame)):
        with pytest.raises(InputError, match="joint_committee") as caught:
            read()
        assert "Text" in str(caught.value)


def test_neither_positive_nor_not(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 3") as caught:
        read_pairs(write(tmp_path, "1,0", "maybe,0", header="w,b"), control="w", treated="b")
    assert "'maybe'" in str(caught.value)


def test_one_column_for_both_arms_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two different columns"):
        read_pairs(write(tmp_path, "1,0", header="w,b"), control="w", treated="w")


def test_an_outcome_of_unknown_reactions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="invitation"):
        analyse(read_pairs(write(tmp_path, *ROWS)), outcomes={"strict": ["invited"]})


def test_simulated_pairs_say_so_themselves(tmp_path):
    rows = ["pair_id,sector,joint_committee,criterion,level,employer,control_positive,treated_positive,simulated"]
    rows += [f"P{n},care,330.01.10,origin,maghrebi_name,E{n},1,0,{n == 3}" for n in range(5)]
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(rows))
    assert analyse(read_pairs(path)).simulated
    path.write_text("\n".join(rows).replace("True", "False"))
    assert not analyse(read_pairs(path)).simulated
