"""Oreopoulos 2011: an unmatched design, Canadian employers and foreign names.

Run with ``python analysis/replicate.py oreopoulos_2011 [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from corrtest.analysis.designs.unpaired import unmatched
from corrtest.analysis.models import linear_probability, with_intercept

DIGEST = "NBER Digest September 2009 on the first wave of 6,000 résumés: 16 % against 11 %"
FOREIGN = ("Chinese", "Indian", "Pakistani")


def compare(data: Path) -> list[dict[str, object]]:
    """Return the published rates of the first wave and ours, and the whole experiment as an unmatched design."""
    table = pd.read_csv(data / "oreopoulos_2011.csv", low_memory=False)
    english = (table["name_ethnicity"] == "Canada") & (table["type"] == 0)
    foreign = table["name_ethnicity"].isin(FOREIGN) & (table["type"] == 1)
    first = table["fall_data"] == 0
    rows: list[dict[str, object]] = []
    for label, chosen, published in (
        ("English names", english, 16.0),
        ("Chinese, Indian, Pakistani names", foreign, 11.0),
    ):
        ours = float(100 * table[chosen & first]["callback"].mean())
        rows.append(_row(f"callback rate, {label}, Canadian education and experience (%)", published, DIGEST, ours))
    control, treated = table[english]["callback"], table[foreign]["callback"]
    result = unmatched(int(control.sum()), len(control), int(treated.sum()), len(treated))
    used = table[english | foreign]
    covariates = with_intercept(pd.DataFrame({"foreign": used["name_ethnicity"].isin(FOREIGN).astype(float)}))
    fitted = linear_probability(used["callback"], covariates, clusters=used["firmid"], errors="CR1")
    own = {
        "all waves: applications, English names": result.control_applications,
        "all waves: applications, foreign names, all Canadian": result.treated_applications,
        "all waves: discrimination ratio": result.estimate("discrimination_ratio").value,
        "… lower limit": result.estimate("discrimination_ratio").lower,
        "… upper limit": result.estimate("discrimination_ratio").upper,
        "all waves: rate difference": result.estimate("rate_difference").value,
        "… standard error clustered by firm": fitted.standard_error("foreign"),
    }
    rows += [_row(quantity, None, "not compared", value) for quantity, value in own.items()]
    return rows


def _row(quantity: str, published: float | None, source: str, ours: float | None) -> dict[str, object]:
    return {"quantity": quantity, "published": published, "source": source, "ours": ours}
