"""The data sets of the R package callback, the register of experiments, and the reference numbers made from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corrtest.analysis import analyse, read_long
from corrtest.analysis.pooling import pool_aggregate, read_aggregate

SETS = ("address1", "gender2", "inter1", "labour1", "mobility1", "origin1")


@pytest.mark.parametrize("name", SETS)
def test_counts_equal_the_callback_package(data: Path, name: str) -> None:
    oracle = json.loads((data / "callback_counts_oracle.json").read_text(encoding="utf-8"))["datasets"][name]
    columns = oracle["candidate"] if isinstance(oracle["candidate"], list) else [oracle["candidate"]]
    reference = oracle["counts"][0]["comparison"].split(".vs.")[0].split(".")
    table = read_long(
        data / f"callback_{name}.csv",
        vacancy="offer",
        candidates=columns,
        positive="callback",
        reference=reference,
        repeated="any",
    )
    groups = {group.level: group for group in analyse(table).groups}
    assert len(groups) == len(oracle["counts"])
    for row in oracle["counts"]:
        counts = groups[row["comparison"].split(".vs.")[1].replace(".", ",")].counts
        assert counts.pairs == row["tests"]
        assert counts.as_dict() == {
            "both": row["c11"],
            "control_only": row["c10"],
            "treated_only": row["c01"],
            "neither": row["c00"],
        }


def test_groups_of_the_register_by_column(data: Path) -> None:
    columns = ("tested_maj", "callback_maj", "tested_min", "callback_min")
    register = read_aggregate(data / "lippens_register_2005_2020.csv", columns=columns)
    results = pool_aggregate(register, by=("ground_short",))
    by_ground = {group.key["ground_short"]: group for group in results.groups}
    assert by_ground["RNO"].on_log_scale.k == 143
    assert any("POL: a single experiment" in note for note in results.notes)
    assert any("left out because a number is missing: 31" in note for note in results.notes)
    (everything,) = pool_aggregate(register).groups
    assert everything.on_log_scale.k == 306


def test_the_reference_numbers_are_what_their_script_makes(data: Path, repository: Path, tmp_path: Path) -> None:
    folder = repository / "tests" / "reference"
    subprocess.run(
        [sys.executable, folder / "make_reference.py", "--data", data, "--out", tmp_path], check=True, timeout=120
    )
    made = sorted(path.name for path in tmp_path.iterdir())
    committed = sorted(path.name for path in folder.iterdir() if path.suffix in {".csv", ".json"})
    assert made == committed
    for name in made:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
