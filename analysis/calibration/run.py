"""Measure coverage, width, size and power of every interval and test over the standard grid; see plan.md.

Run with ``python analysis/calibration/run.py [--workers N] [--scheduler tcp://…]``. Interrupted, it goes on where
it stopped.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from corrtest.lab.calibration import calibrate, standard_grid

FOLDER = Path(__file__).parent
DEFAULTS = {
    "positive_rate_control": ("wilson", "cluster_robust"),
    "positive_rate_treated": ("wilson", "cluster_robust"),
    "rate_difference": ("tango", "cluster_robust"),
    "discrimination_ratio": ("tang", "cluster_robust"),
    "net_discrimination_rate": ("tango", "cluster_robust"),
    "odds_ratio": ("wilson", "cluster_robust"),
}


def main() -> None:
    """Run the grid, write results/calibration.csv, results/summary.csv and results/coverage.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--scheduler", default=None)
    parser.add_argument("--experiments", type=int, default=10_000)
    parser.add_argument("--cells", type=Path, default=FOLDER / "cells")
    options = parser.parse_args()
    table = calibrate(
        standard_grid(),
        options.cells,
        experiments=options.experiments,
        workers=options.workers,
        scheduler=options.scheduler,
        progress=lambda done, total: print(f"\r{done}/{total} cells", end="", file=sys.stderr, flush=True),
    )
    print(file=sys.stderr)
    results = FOLDER / "results"
    results.mkdir(exist_ok=True)
    table.round(4).to_csv(results / "calibration.csv", index=False)
    summary = summarise(table)
    summary.to_csv(results / "summary.csv", index=False)
    print(summary.to_string(index=False))
    plot(table, results / "coverage.png")


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Return the coverage of each method by the discordant pairs that its cells expect."""
    intervals = table[table["kind"] == "interval"].copy()
    names = ["<5", "5-10", "10-20", "20-50", "50+"]
    edges = [0, 5, 10, 20, 50, float("inf")]
    intervals["discordant"] = pd.cut(intervals["expected_discordant"], edges, right=False, labels=names).astype(str)
    grouped = intervals.groupby(["name", "method", "discordant"], sort=True)["value"]
    found = grouped.agg(cells="size", lowest="min", mean="mean", highest="max").reset_index()
    return found.round(4)


def plot(table: pd.DataFrame, path: Path) -> None:
    """Draw the coverage of the default intervals against the expected number of discordant pairs."""
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import

    figure, axes = pyplot.subplots(2, 3, figsize=(11, 6), sharex=True, sharey=True, layout="constrained")
    for ax, (name, methods) in zip(axes.flat, DEFAULTS.items(), strict=True):
        for method, marker, shade in zip(methods, ("o", "x"), ("#0072B2", "#D55E00"), strict=True):
            rows = table[(table["name"] == name) & (table["method"] == method)]
            ax.plot(
                rows["expected_discordant"], rows["value"], marker, color=shade, markersize=3, label=method, alpha=0.6
            )
        ax.axhspan(0.94, 0.97, color="0.9", zorder=0)
        ax.axhline(0.95, color="0.4", linewidth=0.8)
        ax.axvline(10, color="0.4", linewidth=0.8, linestyle=":")
        ax.set_xscale("log")
        ax.set_ylim(0.9, 1.0)
        ax.set_title(name.replace("_", " "), fontsize="medium")
        ax.legend(frameon=False, fontsize="x-small", loc="lower right")
    figure.supxlabel("expected discordant pairs")
    figure.supylabel("coverage at 95 %")
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
