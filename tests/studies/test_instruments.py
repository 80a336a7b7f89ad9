"""Sectors go from an empty folder to their report, and the committed table says so of each of them."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from corrtest.resources import designs_folder

FOLDER = Path(__file__).resolve().parents[2] / "analysis" / "instruments"


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["sector"]: row for row in csv.DictReader(stream)}


def test_no_sector_of_the_committed_table_was_refused():
    rows = rows_of(FOLDER / "results" / "sectors.csv")
    assert set(rows) == {path.stem for path in designs_folder().glob("*.toml")} - {
        "national",
        "temporary_agency_work_calls",
    }
    assert len(rows) == 37
    assert {row["came_to"] for row in rows.values()} == {"report"}
    assert all(int(row["shown"]) > 0 for row in rows.values())


@pytest.mark.slow
def test_two_sectors_come_to_their_report_in_several_goes(tmp_path):
    out = tmp_path / "sectors.csv"
    for sectors in (["service_vouchers"], ["audiovisual", "service_vouchers"]):
        subprocess.run([sys.executable, FOLDER / "run.py", "--out", out, *sectors], check=True)
    rows = rows_of(out)
    assert list(rows) == ["audiovisual", "service_vouchers"]
    assert {name: (row["instrument"], row["tests"], row["came_to"]) for name, row in rows.items()} == {
        "audiovisual": ("survey", "300", "report"),
        "service_vouchers": ("client_calls", "300", "report"),
    }
