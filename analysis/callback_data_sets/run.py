"""The data sets of the R package callback: its counts, and published totals.

Run with ``python analysis/replicate.py callback_data_sets [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from corrtest.analysis import analyse, read_long


def compare(data: Path) -> list[dict[str, object]]:
    """Return every count of the package beside ours, and the published totals that exist."""
    oracle = json.loads((data / "callback_counts_oracle.json").read_text(encoding="utf-8"))["datasets"]
    rows: list[dict[str, object]] = []
    for name, entry in sorted(oracle.items()):
        columns = entry["candidate"] if isinstance(entry["candidate"], list) else [entry["candidate"]]
        reference = entry["counts"][0]["comparison"].split(".vs.")[0].split(".")
        table = read_long(
            data / f"callback_{name}.csv",
            vacancy="offer",
            candidates=columns,
            positive="callback",
            reference=reference,
            repeated="any",
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
