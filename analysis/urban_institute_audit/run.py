"""The Urban Institute audit of Washington, D.C., 1988, in the data of Wooldridge's text.

Run with ``python analysis/replicate.py urban_institute_audit [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from corrtest.analysis import analyse, read_pairs


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
