"""The data sets of the R package callback: its counts, and published totals.

Run with ``python analysis/callback_data_sets/run.py [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from corrtest.analysis import analyse, read_long

FOLDER = Path(__file__).parent
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def compare(data: Path) -> list[dict[str, object]]:
    """Return every count of the package beside ours, and the published totals that exist."""
    oracle = json.loads((data / "callback_counts_oracle.json").read_text(encoding="utf-8"))["datasets"]
    rows: list[dict[str, object]] = []
    for name, entry in sorted(oracle.items()):
        columns = entry["candidate"] if isinstance(entry["candidate"], list) else [entry["candidate"]]
        reference = entry["counts"][0]["comparison"].split(".vs.")[0].split(".")
        table = read_long(
            data / f"callback_{name}.csv", vacancy="offer", candidates=columns, positive="callback", reference=reference
        )
        groups = {group.level: group.counts for group in analyse(table).groups}
        for expected in entry["counts"]:
            counts = groups[expected["comparison"].split(".vs.")[1].replace(".", ",")]
            for theirs, ours in (
                ("c11", counts.both),
                ("c10", counts.control_only),
                ("c01", counts.treated_only),
                ("c00", counts.neither),
            ):
                quantity = f"{name} {expected['comparison']} {theirs}"
                rows.append(_row(quantity, expected[theirs], "callback 0.1.1, stat_count", ours))
    applications = pd.read_csv(data / "callback_origin1.csv")
    french = applications["origin"] == "FFF"
    published = "Lippens, Vermeiren and Baert 2023, register: Duguet et al. 2010"
    rows += [
        _row("origin1 applications, French", 275, published, int(french.sum())),
        _row("origin1 positives, French", 20, published, int(applications[french]["callback"].sum())),
        _row("origin1 applications, others", 822, published, int((~french).sum())),
        _row("origin1 positives, others", 14, published, int(applications[~french]["callback"].sum())),
    ]
    labour = pd.read_csv(data / "callback_labour1.csv")
    paper = "Duguet et al. 2018 (285 vacancies; the package's data have 295)"
    for history, positives in (("LTU", 53), ("STU", 78)):
        ours = int(labour[labour["hist"] == history]["callback"].sum())
        rows.append(_row(f"labour1 positives, {history}", positives, paper, ours))
    return rows


def _row(quantity: str, published: int, source: str, ours: int) -> dict[str, object]:
    return {"quantity": quantity, "published": published, "source": source, "ours": ours}


def main(data: Path = DATA, out: Path = FOLDER / "results") -> pd.DataFrame:
    """Compute the comparison, write comparison.csv and return it."""
    table = pd.DataFrame(compare(data))
    table["difference"] = table["ours"] - table["published"]
    out.mkdir(exist_ok=True)
    table.round(6).to_csv(out / "comparison.csv", index=False)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    folder = parser.parse_args().data
    if not folder.is_dir():
        parser.error(f"there are no data at {folder}: they are not part of the project (see plan.md). Use --data DIR.")
    print(main(folder).to_string(index=False))
