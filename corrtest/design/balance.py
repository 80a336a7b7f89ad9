"""Is the draw balanced? Standardised differences between the halves that each drawn factor makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.design.plan import Plan
from corrtest.pages import catalogue

__all__ = ["BalanceTable", "balance_table"]

# Austin (2009), Statistics in Medicine 28:3083-3107: below 0.1 a difference is taken as negligible.
NEGLIGIBLE = 0.1
# A category with a smaller share is left out: a handful of pairs can hardly be halved evenly.
RARE = 0.05
FACTORS = ("first_arm", "control_template", "template", "criterion", "level", "lag_days", "partner")
COVARIATES = ("occupation", "province", "channel", "employees", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTable:
    """One row a drawn factor's value × covariate's value.

    `table` columns: factor, value (compared with all its other values), covariate, category, share (or mean for
    employees), share_others, standardised_difference, pairs, spread_by_chance (the standard deviation of the
    difference under a complete randomisation of that many pairs).
    """

    table: pd.DataFrame

    @property
    def largest(self) -> float:
        """Largest absolute standardised difference."""
        return float(self.table["standardised_difference"].abs().max()) if len(self.table) else 0.0

    @property
    def notable(self) -> pd.DataFrame:
        """Rows beyond 0.1 and beyond three times what chance spreads."""
        size = self.table["standardised_difference"].abs()
        return self.table[(size > NEGLIGIBLE) & (size > 3 * self.table["spread_by_chance"])]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    def sentence(self, language: str = "en") -> str:
        """Say how balanced the draw is."""
        words = catalogue(language, "preregistration")
        return words.text(
            "Of {comparisons} comparisons the largest standardised difference is {largest}; {notable} exceed "
            "{negligible} and what chance spreads.",
            comparisons=words.number(len(self.table), 0),
            largest=words.number(self.largest),
            notable=words.number(len(self.notable), 0),
            negligible=words.short(NEGLIGIBLE),
        )


def balance_table(plan: Plan) -> BalanceTable:
    """Compare, for every drawn factor, the vacancies that got each value with those that got another.

    The standardised difference is (mean - mean of the others) ÷ √((variance + variance of the others) ÷ 2). Levels are
    compared within their criterion.
    """
    pairs = _with_factors(plan)
    rows: list[dict[str, object]] = []
    for factor in (name for name in FACTORS if name in pairs):
        groups = [pairs] if factor != "level" else [group for _, group in pairs.groupby("criterion")]
        for group in groups:
            values = sorted(group[factor].dropna().unique())
            # Two values mirror each other: one of them says it all.
            for value in values[:1] if len(values) == 2 else values if len(values) > 2 else ():
                rows.extend(_compare(group, group[factor] == value, factor, str(value)))
    columns = [
        "factor",
        "value",
        "covariate",
        "category",
        "share",
        "share_others",
        "standardised_difference",
        "pairs",
        "spread_by_chance",
    ]
    return BalanceTable(table=pd.DataFrame(rows, columns=columns))


def _with_factors(plan: Plan) -> pd.DataFrame:
    """Add the month and what was drawn, in one column each, and leave out the columns that say nothing."""
    pairs = plan.pairs.assign(month=plan.pairs["send_first_on"].dt.strftime("%Y-%m"))
    if plan.study.pairing == "unpaired":
        # Of the two template columns an application fills one.
        template = pairs["control_template"] + pairs["treated_template"]
        return pairs.drop(columns=["control_template", "treated_template"]).assign(template=template)
    return pairs.assign(lag_days=(pairs["send_second_on"] - pairs["send_first_on"]).dt.days)


def _compare(pairs: pd.DataFrame, chosen: pd.Series, factor: str, value: str) -> list[dict[str, object]]:
    rows = []
    inside = chosen.to_numpy(dtype=np.bool_)
    here, there = int(inside.sum()), int((~inside).sum())
    for covariate in COVARIATES:
        if covariate not in pairs or covariate == factor:
            continue
        columns: list[tuple[str, np.ndarray]]
        if covariate == "employees":
            number = pd.to_numeric(pairs["employees"], errors="coerce").to_numpy(dtype=np.float64)
            # Sizes are skewed: their logarithm is compared. An unknown size takes the mean, which moves no difference.
            size = np.log1p(number)
            if np.isnan(size).all():
                continue
            columns = [("log(1 + employees)", np.where(np.isnan(size), np.nanmean(size), size))]
        else:
            share = pairs[covariate].value_counts(normalize=True)
            common = sorted(str(name) for name in share[share >= RARE].index)
            columns = [(name, (pairs[covariate] == name).to_numpy(dtype=np.float64)) for name in common]
        for category, values in columns:
            one, other = values[inside], values[~inside]
            spread = np.sqrt((one.var() + other.var()) / 2)
            difference = float((one.mean() - other.mean()) / spread) if spread > 0 else 0.0
            rows.append(
                {
                    "factor": factor,
                    "value": value,
                    "covariate": covariate,
                    "category": category,
                    "share": float(one.mean()),
                    "share_others": float(other.mean()),
                    "standardised_difference": difference,
                    "pairs": here,
                    "spread_by_chance": float(np.sqrt(1 / here + 1 / there)),
                }
            )
    return rows
