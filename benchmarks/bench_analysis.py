"""Speed of the analysis: a national measurement, its bootstrap, ten million pairs, a calibration cell, and peers.

Run with ``python benchmarks/bench_analysis.py [FIGURE …] [--quick]``; prints one line a figure and writes
nothing. Peers run in the same process on the same tables, so that the ratios compare like with like.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

REACTIONS = np.array(["invitation", "other_positive", "request", "negative", "none"])


def pairs(n: int, strata: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    stratum = np.arange(n) % strata
    return pd.DataFrame(
        {
            "pair_id": np.char.mod("P%08d", np.arange(n)) if n < 1_000_000 else [f"P{i:08d}" for i in range(n)],
            "sector": "all",
            "joint_committee": np.char.mod("%d", 100 + np.arange(strata // 3))[stratum // 3],
            "criterion": np.array(["origin", "age", "disability"])[stratum % 3],
            "level": "signal",
            "employer": np.char.mod("e%d", np.arange(max(1, n * 2 // 3)))[rng.integers(0, max(1, n * 2 // 3), n)],
            "control_reaction": REACTIONS[rng.choice(5, n, p=[0.15, 0.05, 0.1, 0.3, 0.4])],
            "treated_reaction": REACTIONS[rng.choice(5, n, p=[0.10, 0.05, 0.1, 0.3, 0.45])],
        }
    )


def timed(label: str, limit: str, function):
    started, processor = time.perf_counter(), time.process_time()
    value = function()
    seconds, busy = time.perf_counter() - started, time.process_time() - processor
    print(f"{label:<72} {seconds:8.2f} s, processor {busy:.2f} s   (target {limit})", flush=True)
    return value, seconds


def national() -> None:
    from corrtest.analysis import analyse, pairs_table
    from corrtest.analysis.designs.paired.bootstrap import bootstrap_intervals
    from corrtest.analysis.designs.paired.counting import count
    from corrtest.analysis.grouping import groupings

    table = pairs_table(pairs(36_000, 180))
    timed("36,000 pairs, 180 strata x 2 outcomes, all margins, clustered", "< 1 s", lambda: analyse(table))
    (strata,) = (g for g in groupings(table) if "joint_committee" in g.fields and "level" not in g.fields)
    outcomes = table.outcomes({"strict": ("invitation",), "broad": ("invitation", "other_positive")})

    def bootstraps() -> None:
        for positives in outcomes.values():
            bootstrap_intervals(count(strata, positives), replicates=2000, seed=1)

    timed("2,000 cluster bootstraps of each, three intervals, six estimates", "< 10 s", bootstraps)


def ten_million(n: int) -> None:
    """Read and analyse in a process of its own; its memory is the peak that Linux reports for it alone."""
    make = "import sys; sys.path.insert(0, sys.argv[3]); import bench_analysis as b; b.pairs(int(sys.argv[2]), 180)"
    code = (
        "import re, sys, time\n"
        "from corrtest.analysis import analyse, read_pairs\n"
        "t = time.perf_counter(); r = analyse(read_pairs(sys.argv[1]))\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read()).group(1)\n"
        "print(time.perf_counter() - t, int(peak) / 1e6, len(r.groups))"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "pairs.parquet")
        here = str(Path(__file__).parent)
        subprocess.run([sys.executable, "-c", f"{make}.to_parquet(sys.argv[1])", path, str(n), here], check=True)
        done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    seconds, gigabytes, groups = done.stdout.split()
    label = f"{n:,} pairs from Parquet to {groups} groups"
    print(
        f"{label:<72} {float(seconds):8.2f} s   (target < 60 s), {float(gigabytes):.1f} GB (target < 4 GB)", flush=True
    )


def calibration() -> None:
    sys.path.append(str(Path(__file__).resolve().parents[1] / "analysis" / "calibration"))
    from measures import Cell, measure

    cell = Cell(pairs=200, control_rate=0.2, ratio=0.7, association=0.5)
    timed("one calibration cell: 10,000 experiments of 200 pairs, every method", "< 2 s", lambda: measure(cell))


def against_statsmodels() -> None:
    """McNemar and the ratio with its log-Wald interval for 10,000 tables: ours at once, statsmodels in a loop."""
    from statsmodels.stats.contingency_tables import SquareTable, mcnemar

    from corrtest.analysis import ESTIMATORS, TESTS, PairedTables

    rng = np.random.default_rng(2)
    cells = rng.multinomial(200, [0.1, 0.1, 0.05, 0.75], size=10_000)

    def ours() -> None:
        tables = PairedTables.of(*cells.T)
        TESTS["mcnemar_exact"](tables)
        ESTIMATORS["odds_ratio"]["clopper_pearson"](tables, 0.95)
        ESTIMATORS["rate_difference"]["wald"](tables, 0.95)

    def theirs() -> None:
        for both, control, treated, neither in cells:
            square = np.array([[both, treated], [control, neither]])
            mcnemar(square, exact=True)
            _ = SquareTable(square, shift_zeros=False).marginal_probabilities

    _, mine = timed("10,000 tables: exact McNemar, odds ratio, Wald difference (corrtest)", "-", ours)
    _, loop = timed("10,000 tables: exact McNemar and margins alone (statsmodels loop)", "-", theirs)
    print(f"{'ratio statsmodels / corrtest':<72} {loop / mine:8.1f} x", flush=True)


def against_callback() -> None:
    if shutil.which("Rscript") is None:
        print("R package callback: skipped, Rscript is not installed (Debian: apt-get install r-base-core)")
        return
    code = (
        "if(!requireNamespace('callback',quietly=TRUE)) quit(status=3); library(callback); data(inter1); "
        "t<-system.time(for(i in 1:10) stat_count(callback(inter1,'offer',c('gender','origin'),'callback','all')));"
        "cat(t[['elapsed']]/10)"
    )
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print("R package callback: skipped, it is not installed (install.packages('callback') in R)")
        return
    print(f"{'R callback: all comparisons of inter1':<72} {float(done.stdout):8.2f} s")


FIGURES = {
    "national": national,
    "calibration": calibration,
    "statsmodels": against_statsmodels,
    "callback": against_callback,
    "million": lambda: ten_million(1_000_000),
    "ten-million": lambda: ten_million(10_000_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"any of: {', '.join(FIGURES)}")
    parser.add_argument("--quick", action="store_true", help="one million pairs instead of ten")
    options = parser.parse_args()
    unknown = set(options.figures) - set(FIGURES)
    if unknown:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    size = "ten-million" if options.quick else "million"
    for name in options.figures or [name for name in FIGURES if name != size]:
        FIGURES[name]()


if __name__ == "__main__":
    main()
