"""The Urban Institute audit of Washington, D.C., 1988, in the data of Wooldridge's text.

Run with ``python analysis/urban_institute_audit/run.py [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from corrtest.analysis import analyse, read_pairs

FOLDER = Path(__file__).parent
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def compare(data: Path) -> list[dict[str, object]]:
    """Return the independent computation (R, callback-style counts) beside ours."""
    group = analyse(read_pairs(data / "wooldridge_audit.csv", control="w", treated="b"), all_methods=True).groups[0]
    reference = pd.read_csv(data / "paired_counts_real.csv")
    (row,) = reference[reference["pairs"] == group.pairs].itertuples()
    source = "computed in R from the same 241 pairs"
    rows = [
        ("pairs", row.pairs, group.pairs),
        ("both offered", row.both, group.counts.both),
        ("white alone", row.first_only, group.counts.control_only),
        ("black alone", row.second_only, group.counts.treated_only),
        ("neither", row.neither, group.counts.neither),
        ("rate, white", row.rate_first, group.estimate("positive_rate_control").value),
        ("rate, black", row.rate_second, group.estimate("positive_rate_treated").value),
        ("ratio", row.ratio_second_over_first, group.estimate("discrimination_ratio").value),
        (
            "net rate, over pairs with an offer",
            row.net_discr_over_at_least_one,
            group.estimate("net_discrimination_rate").value,
        ),
        ("McNemar chi-squared", row.mcnemar_chi2, group.test("mcnemar_asymptotic").statistic),
        ("McNemar p", row.mcnemar_p, group.test("mcnemar_asymptotic").pvalue),
        ("exact p", row.exact_p, group.test("mcnemar_exact").pvalue),
        ("mid-p", row.midp, group.test("mcnemar_midp").pvalue),
    ]
    return [{"quantity": q, "published": p, "source": source, "ours": o} for q, p, o in rows]


def main(data: Path = DATA, out: Path = FOLDER / "results") -> pd.DataFrame:
    """Compute the comparison, write comparison.csv and return it."""
    table = pd.DataFrame(compare(data))
    table["difference"] = table["ours"] - table["published"]
    out.mkdir(exist_ok=True)
    table.round(8).to_csv(out / "comparison.csv", index=False)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    folder = parser.parse_args().data
    if not folder.is_dir():
        parser.error(f"there are no data at {folder}: they are not part of the project (see plan.md). Use --data DIR.")
    print(main(folder).to_string(index=False))
