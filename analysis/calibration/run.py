"""Measure the parts of the calibration and write their tables and plots; see README.md and each part's plan.md.

Run with ``python analysis/calibration/run.py [PART …] [--workers N] [--scheduler tcp://…]``; all parts where none is
named. Measured cells are kept in cells/, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from corrtest.lab import run_cells
from measures import PARTS

FOLDER = Path(__file__).parent
MEASURES = ["value", "monte_carlo_error", "missed_above", "missed_below", "median_width", "undefined"]
# Beside the interval or test, what the summary tells apart.
APART = {
    "grid": ["clustering", "discordant"],
    "exact": ["discordant"],
    "bootstrap": ["discordant"],
    "few_employers": ["employers", "employer_sizes"],
    "equivalence": ["association", "pairs"],
    "monitoring": ["rule", "looks"],
    "strata": ["strata"],
    "randomisation": ["control_first", "first_wins"],
    "neumark": ["applications", "level", "sd_ratio"],
    "weights": ["strong_share", "pairs"],
    "unmatched": ["positives"],
    "verdict": ["level"],
    "power": ["design", "promised", "z"],
    "crossed": ["design"],
    "publishing": ["protection", "committees", "pairs_a_committee"],
}


def main() -> None:
    """Measure what is asked and write results/calibration.csv, summary.csv and coverage.png of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--scheduler", default=None)
    parser.add_argument("--cells", type=Path, default=FOLDER / "cells")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    for name in options.parts or PARTS:
        part = PARTS[name]
        table = run_cells(
            part.grid(),
            part.measure,
            options.cells / name,
            experiments=part.experiments,
            workers=options.workers,
            scheduler=options.scheduler,
            progress=lambda done, total, name=name: print(
                f"\r{name}: {done}/{total} cells", end="", file=sys.stderr, flush=True
            ),
        )
        print(file=sys.stderr)
        write(name, table)


def write(name: str, table: pd.DataFrame) -> None:
    """Write the tables and the plot of a part."""
    results = FOLDER / name / "results"
    results.mkdir(parents=True, exist_ok=True)
    table[MEASURES] = table[MEASURES].astype(float).round(4)
    table.to_csv(results / "calibration.csv", index=False)
    summary = summarise(name, table)
    summary.to_csv(results / "summary.csv", index=False)
    print(summary.to_string(index=False))
    draw = plot_promised if "promised" in table else plot
    draw(table, PARTS[name].title, results / "coverage.png")


def summarise(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the lowest, mean and highest figure of each interval and test, over the cells that are alike."""
    table = table.copy()
    for column, source in (("discordant", "effective_discordant"), ("positives", "expected_positives_treated")):
        if source in table:
            edges, names = [0, 5, 10, 20, 50, float("inf")], ["<5", "5-10", "10-20", "20-50", "50+"]
            table[column] = pd.cut(table[source], edges, right=False, labels=names).astype(str)
    if name == "grid":
        few = table["employers"] < 15
        several = table["employer_sizes"] != "1"
        table["clustering"] = "one pair an employer"
        table.loc[several, "clustering"] = "several pairs an employer"
        table.loc[several & few, "clustering"] = "several, fewer than 15 employers"
    grouped = table.groupby(["kind", "name", "method", *APART[name]], sort=True)["value"]
    return grouped.agg(cells="size", lowest="min", mean="mean", highest="max").reset_index().round(4)


def plot(table: pd.DataFrame, title: str, path: Path) -> None:
    """Draw every cell's coverage and size: one row an interval or test, one dot a cell."""
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import

    kinds = [kind for kind in ("interval", "size") if (table["kind"] == kind).any()]
    lines = {kind: list(dict.fromkeys(_label(table[table["kind"] == kind]))) for kind in kinds}
    heights = [len(lines[kind]) + 1 for kind in kinds]
    figure, axes = pyplot.subplots(
        len(kinds),
        1,
        figsize=(9, 0.26 * sum(heights) + 1.4 * len(kinds)),
        layout="constrained",
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
    )
    for ax, kind in zip(axes.flat, kinds, strict=True):
        rows = table[table["kind"] == kind]
        places = _label(rows).map({label: -place for place, label in enumerate(lines[kind])})
        few = (
            rows["effective_discordant"] < 10 if "effective_discordant" in rows else pd.Series(False, index=rows.index)
        )
        for chosen, shade, number in ((~few, "#0072B2", "10 or more"), (few, "#D55E00", "fewer than 10")):
            if chosen.any():
                said = f"{number} effective discordant pairs" if few.any() else None
                ax.plot(rows["value"][chosen], places[chosen], "o", color=shade, markersize=3, alpha=0.4, label=said)
        if kind == "interval":
            ax.axvspan(0.94, 0.97, color="0.9", zorder=0)
            ax.set_xlim(max(0.6, rows["value"].min() - 0.01), 1.0)
        ax.axvline(0.95 if kind == "interval" else 0.05, color="0.4", linewidth=0.8)
        ax.set_yticks([-place for place in range(len(lines[kind]))], lines[kind], fontsize="x-small")
        ax.set_xlabel(
            "coverage of the 95 % interval" if kind == "interval" else "rejections of a true hypothesis at 0.05"
        )
        if few.any():
            ax.legend(frameon=False, fontsize="x-small", loc="upper left")
    figure.suptitle(title)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)


def plot_promised(table: pd.DataFrame, title: str, path: Path) -> None:
    """Draw what was delivered over what was promised, with two Monte-Carlo errors; one dot a row."""
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import

    figure, ax = pyplot.subplots(figsize=(6, 6), layout="constrained")
    ax.plot([0, 1], [0, 1], color="0.5", linewidth=0.8)
    for design, rows in table.groupby("design", sort=False):
        errors = 2 * rows["monte_carlo_error"]
        ax.errorbar(rows["promised"], rows["value"], errors, fmt="o", markersize=4, linewidth=1, label=str(design))
    ax.set_xlabel("promised")
    ax.set_ylabel("delivered, with two Monte-Carlo errors")
    ax.legend(frameon=False, fontsize="x-small", loc="upper left")
    figure.suptitle(title)
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)


def _label(rows: pd.DataFrame) -> pd.Series:
    same = rows["name"] == rows["method"]
    return rows["name"].where(same, rows["name"] + " · " + rows["method"]).str.replace("_", " ")


if __name__ == "__main__":
    main()
