"""Bertrand and Mullainathan 2004: callback rates of white and African-American names.

Run with ``python analysis/replicate.py bertrand_mullainathan_2004 [--data DIR]``: the data are not part of the project
(see plan.md).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from corrtest.analysis import long_table
from corrtest.analysis.analysing import analyse
from corrtest.analysis.models import linear_probability, with_intercept

PUBLISHED = "Table 1, all résumés sent (abstract: 'White names receive 50 percent more callbacks')"
REFERENCE = "R, CR1 by advertisement"


def compare(data: Path) -> list[dict[str, object]]:
    """Return published and own figures."""
    table = pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False)
    each, once = (
        analyse(
            long_table(table, vacancy="ad_id", candidates=["race"], positive="call", reference="w", repeated=repeated)
        ).groups[0]
        for repeated in ("each", "any")
    )
    rate_white, rate_black = (each.estimate(f"positive_rate_{arm}").value for arm in ("control", "treated"))
    ratio, difference = each.estimate("discrimination_ratio"), each.estimate("rate_difference")
    treated = with_intercept(pd.DataFrame({"black": (table["race"] == "b").astype(float)}))
    fitted = linear_probability(table["call"], treated, clusters=table["ad_id"], errors="CR1")
    rows = [
        ("callback rate, white names (%)", 9.65, PUBLISHED, round(100 * rate_white, 2)),
        ("callback rate, African-American names (%)", 6.45, PUBLISHED, round(100 * rate_black, 2)),
        ("ratio white / African-American", 1.50, PUBLISHED, round(1 / ratio.value, 2)),
        ("linear probability, coefficient of black", -0.0320328542, REFERENCE, fitted.coefficient("black")),
        ("linear probability, its standard error", 0.0061938957, REFERENCE, fitted.standard_error("black")),
    ]
    own = [
        ("discrimination ratio, every application", ratio.value),
        ("… its lower limit (clustered by advertisement)", ratio.lower),
        ("… its upper limit (clustered by advertisement)", ratio.upper),
        ("rate difference, its lower limit (clustered by advertisement)", difference.lower),
        ("… its upper limit (clustered by advertisement)", difference.upper),
        ("advertisements with both names", once.pairs),
        ("… white names alone called back (maximum rule)", once.counts.control_only),
        ("… African-American names alone called back", once.counts.treated_only),
        ("… discrimination ratio, advertisements as pairs", once.estimate("discrimination_ratio").value),
        ("… its lower limit (Tang)", once.estimate("discrimination_ratio").lower),
        ("… its upper limit (Tang)", once.estimate("discrimination_ratio").upper),
    ]
    return [
        *({"quantity": q, "published": p, "source": s, "ours": o} for q, p, s, o in rows),
        *({"quantity": q, "published": None, "source": "not published in this form", "ours": o} for q, o in own),
    ]
