"""The register of 337 correspondence experiments, pooled by ground.

Run with ``python analysis/replicate.py register_meta_analysis [--data DIR]``: the data are not part of the project (see
plan.md).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from corrtest.analysis.pooling import random_effects, read_aggregate

COLUMNS = ("tested_maj", "callback_maj", "tested_min", "callback_min")
PUBLISHED = {
    # Lippens, Vermeiren and Baert 2023 as reported by the first author: "x % fewer positive reactions".
    "DIS": 0.59,
    "PHY:Low phy. att.": 0.63,
    "AGE-old-Europe": 0.52,
    "SEO": 0.70,
    "RNO": 0.71,
    "RNO-Arab/MidEast": 0.59,
}


def members(frame: pd.DataFrame, group: str) -> np.ndarray:
    """Return which experiments belong to a group of the reference computation."""
    age, origin = frame["ground_short"] == "AGE", frame["ground_short"] == "RNO"
    special = {
        "BEL-RNO": origin & (frame["country_iso3"] == "BEL"),
        "AGE-old": age & (frame["class_short"] == "Old"),
        "AGE-old-USA": age & (frame["class_short"] == "Old") & (frame["country_iso3"] == "USA"),
        "AGE-old-Europe": age & (frame["class_short"] == "Old") & (frame["region"] == "Europe"),
        "AGE-Europe": age & (frame["region"] == "Europe"),
        "RNO-Arab/MidEast": origin & (frame["class_short"] == "Arab/Mid. Eas."),
    }
    if group in special:
        return special[group].to_numpy()
    ground, _, part = group.partition(":")
    chosen = frame["ground_short"] == ground
    return (chosen & (frame["class_short"] == part) if part else chosen).to_numpy()


def compare(data: Path) -> list[dict[str, object]]:
    """Return every figure of metafor beside ours, and the published ratios."""
    register = read_aggregate(data / "lippens_register_2005_2020.csv", columns=COLUMNS)
    oracle = pd.read_csv(data / "meta_analysis_oracle.csv")
    rows: list[dict[str, object]] = []
    for row in oracle.itertuples():
        here = members(register.frame, row.group)
        test = "z" if row.test == "z" else "hartung_knapp"
        pooled = random_effects(register.effects[here], register.variances[here], method=row.method, test=test)
        ours = (
            *np.exp([pooled.effect, pooled.lower, pooled.upper]),
            *(pooled.tau2, pooled.i2, pooled.q),
            *np.exp([pooled.prediction_lower, pooled.prediction_upper]),
        )
        theirs = (row.rr, row.lo, row.hi, row.tau2, row.I2, row.QE, row.pi_lo, row.pi_hi)
        names = ("ratio", "lower", "upper", "tau2", "I2", "Q", "prediction lower", "prediction upper")
        for name, published, value in zip(names, theirs, ours, strict=True):
            quantity = f"{row.group} {row.method} {row.test}: {name}"
            rows.append({"quantity": quantity, "published": published, "source": "R, metafor", "ours": float(value)})
    for group, published in PUBLISHED.items():
        here = members(register.frame, group)
        pooled = random_effects(register.effects[here], register.variances[here])
        source = "Lippens, Vermeiren and Baert 2023, as reported (rounded; other selection of rows)"
        rows.append(
            {
                "quantity": f"{group}: ratio",
                "published": published,
                "source": source,
                "ours": float(np.exp(pooled.effect)),
            }
        )
    return rows
