"""What a pair is assumed to do: both arms' positive rates and their association; defaults from publications."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design.plan import pairs_quota
from corrtest.errors import DesignError, Fault, nearest
from corrtest.language import say
from corrtest.spec import SHIPPED, KnownCriterion, Names, Study, belgian_experiments

__all__ = ["PairedRates", "assumed_rates", "assumptions", "published_heterogeneity", "published_rates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRates:
    """Chances of a pair's four outcomes, as (both, control only, treated only, neither).

    Make it with `from_ratio`; the four sum to 1.
    """

    both: float
    control_only: float
    treated_only: float
    neither: float

    @classmethod
    def from_ratio(cls, control_rate: float, ratio: float, association: float) -> PairedRates:
        """Return the chances for a control rate, a discrimination ratio (treated ÷ control) and the correlation phi.

        p11 = p1 p2 + phi √(p1 (1 - p1) p2 (1 - p2)). Unequal rates bound phi from above; a phi beyond its bound is set
        to it, so that no chance is negative.

        Raises
        ------
        DesignError
            Where a rate does not lie in (0, 1) or phi not in [0, 1).
        """
        treated_rate = control_rate * ratio
        faults = [
            Fault(key=key, given=f"{given:g}", expected=expected, action=say("Correct the number."))
            for key, given, expected, holds in (
                ("control rate", control_rate, say("a rate above 0 and below 1"), 0 < control_rate < 1),
                ("ratio", ratio, say("a ratio that gives a treated rate above 0 and below 1"), 0 < treated_rate < 1),
                ("association", association, say("a correlation from 0 to below 1"), 0 <= association < 1),
            )
            if not holds
        ]
        if faults:
            raise DesignError(say("These rates describe no pair."), faults)
        spread = np.sqrt(control_rate * (1 - control_rate) * treated_rate * (1 - treated_rate))
        both = min(float(control_rate * treated_rate + association * spread), control_rate, treated_rate)
        both = max(both, control_rate + treated_rate - 1, 0.0)
        return cls(
            both=both,
            control_only=control_rate - both,
            treated_only=treated_rate - both,
            neither=1 - control_rate - treated_rate + both,
        )

    @property
    def control_rate(self) -> float:
        """Positive rate of the control arm."""
        return self.both + self.control_only

    @property
    def treated_rate(self) -> float:
        """Positive rate of the treated arm."""
        return self.both + self.treated_only

    @property
    def discordant(self) -> float:
        """Chance that exactly one of the two gets a positive reaction."""
        return self.control_only + self.treated_only

    @property
    def ratio(self) -> float:
        """Discrimination ratio, treated ÷ control."""
        return self.treated_rate / self.control_rate

    @property
    def log_ratio_variance(self) -> float:
        """Variance of the log ratio of one pair: discordant ÷ (control rate × treated rate); divide by the pairs."""
        return self.discordant / (self.control_rate * self.treated_rate)


@cache
def assumptions() -> dict[str, Any]:
    """Return the assumptions of `assumptions.toml`, each with its source."""
    text = files("corrtest.design").joinpath("assumptions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _known(criterion: str, names: Names) -> KnownCriterion:
    known = names.criteria.get(criterion)
    if known is None:
        raise DesignError(
            say("No published Belgian experiment stands for the criterion '{criterion}'.", criterion=criterion),
            [
                Fault(
                    key="criterion",
                    given=f"'{criterion}'",
                    expected=say("a criterion with published rates, or a control rate and a ratio of your own"),
                    action=nearest(criterion, list(names.criteria)),
                )
            ],
        )
    return known


def _experiments(known: KnownCriterion) -> pd.DataFrame:
    """Return the published comparisons that stand for a criterion."""
    table: pd.DataFrame = belgian_experiments()
    rows: pd.DataFrame = table[table["criterion"] == known.ground]
    if known.treated is not None:
        rows = rows[rows["treated"] == known.treated]
    return rows


def published_rates(criterion: str, names: Names = SHIPPED) -> tuple[float, float, tuple[str, ...]]:
    """Return (control rate, ratio, sources) for a criterion from the published Belgian experiments.

    A criterion whose file gives rates of its own has those, with their source.

    The control rate pools the experiments' control groups, each once; the ratio is the geometric mean of the
    experiments' ratios weighted by their applications from the treated arm. A source is a study with its DOI where it
    has one.

    Raises
    ------
    DesignError
        Where the criterion is not known.
    """
    known = _known(criterion, names)
    if known.assumed is not None:
        return known.assumed.control_rate, known.assumed.ratio, (known.assumed.source,)
    rows = _experiments(known)
    controls = rows.drop_duplicates(["study", "control", "tested_control", "positive_control"])
    control = controls["positive_control"].sum() / controls["tested_control"].sum()
    ratio = np.exp(np.average(np.log(rows["ratio"]), weights=rows["tested_treated"]))
    sources = {
        f"{row['study']}" + (f", doi:{row['doi']}" if isinstance(row["doi"], str) and row["doi"] else "")
        for row in rows.to_dict("records")
    }
    return float(control), float(ratio), tuple(sorted(sources))


def assumed_rates(
    study: Study, own: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, tuple[float, float, tuple[str, ...]]]:
    """Return criterion → (control rate, ratio, sources) for every criterion that the study tests.

    `own` goes before the published rates, and has no sources.

    Raises
    ------
    DesignError
        Where a criterion is not known.
    """
    given = own or {}
    return {
        criterion: (*given[criterion], ()) if criterion in given else published_rates(criterion, study.names)
        for criterion in dict.fromkeys(name for _, name in pairs_quota(study))
    }


def published_heterogeneity() -> float:
    """Return the variance τ² of the log ratio between published experiments of one criterion, pooled over the criteria.

    DerSimonian and Laird (1986), Controlled Clinical Trials 7:177-188, with the variance of a log ratio of independent
    rates, 1/x₁ - 1/n₁ + 1/x₂ - 1/n₂; Q, its degrees of freedom and its scale are summed over the criteria, for each
    alone has few experiments. It stands for the variance between committees of a sector, which nobody has published.
    """
    excess = scale = 0.0
    for known in SHIPPED.criteria.values():
        if known.ground is None:
            continue
        rows = _experiments(known)
        x1, n1, x2, n2 = (
            rows[name].to_numpy(dtype=np.float64)
            for name in ("positive_control", "tested_control", "positive_treated", "tested_treated")
        )
        weight = 1 / (1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)
        effect = np.log(rows["ratio"].to_numpy(dtype=np.float64))
        mean = np.average(effect, weights=weight)
        excess += float(np.sum(weight * (effect - mean) ** 2)) - (len(effect) - 1)
        scale += float(weight.sum() - np.sum(weight**2) / weight.sum())
    return max(0.0, excess / scale)
