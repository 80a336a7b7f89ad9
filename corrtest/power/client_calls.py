"""How precise the share of a study that calls firms will be, and what its calls take in minutes and money."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis import Intervals, design_effect, normal_quantile, share_limits
from corrtest.design import assumptions
from corrtest.errors import DesignError
from corrtest.language import say
from corrtest.spec import Study

__all__ = ["CallsBudget", "CallsPrecision", "ShareShown", "calls_budget", "calls_precision"]

SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareShown:
    """What the report prints of a measured share of calls in which the firm does not go along."""

    share: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPrecision:
    """How precise a share is, where every firm is reached.

    `population` are the firms of the sector, None where they are not known, so that nothing is corrected;
    `below_standard` is the largest share whose interval leaves the study's standard out.
    """

    firms: int
    calls: int
    population: int | None
    design_effect: float
    confidence_level: float
    shares: tuple[ShareShown, ...]
    standard: float | None
    below_standard: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a program."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsBudget:
    """What the calls of a study take, and what the money pays; `assumed` names the prices that it does not say."""

    firms: int
    calls: int
    minutes: float
    cost_per_call: float
    fixed: float
    cost: float
    total: float | None
    calls_paid: int | None
    assumed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a program."""
        return asdict(self)


def calls_precision(study: Study, population: int | None, firms: int | None = None) -> CallsPrecision:
    """Return how precise the published share is, at the interval that the report prints.

    Parameters
    ----------
    population : int or None
        Firms in the sector, for the finite-population correction 1 − n/N; None where they are not known.
    firms : int, optional
        Firms that are called; default those of the study.

    Raises
    ------
    DesignError
        The study calls every firm, and it is not known how many there are.
    """
    n, each = _firms(study, population, firms), _each(study)
    level = study.analysis.confidence_level
    left = 1.0 if population is None else max(0.0, 1 - n / population)
    effect = design_effect({each: n}, study.analysis.employer_correlation) * left
    rows = n * each
    standard = study.client_calls.standard if study.client_calls else None
    below = None
    if standard is not None:
        every = np.arange(rows + 1, dtype=np.float64)
        upper = _limits(every, rows, effect, level).upper
        under = np.flatnonzero(upper < standard)
        below = float(every[under[-1]] / rows) if len(under) else None
    found = _limits(np.array(SHARES) * rows, rows, effect, level)
    return CallsPrecision(
        firms=n,
        calls=rows,
        population=population,
        design_effect=effect,
        confidence_level=level,
        shares=tuple(
            ShareShown(share=share, lower=float(low), upper=float(high))
            for share, low, high in zip(SHARES, found.lower, found.upper, strict=True)
        ),
        standard=standard,
        below_standard=below,
    )


def calls_budget(study: Study, population: int | None, total: float | None = None) -> CallsBudget:
    """Return the calls and minutes of a study, their cost, and how many calls `total` or its own budget pays.

    Raises
    ------
    DesignError
        As `calls_precision`; or a call costs nothing.
    """
    n, assumed, money = _firms(study, population, None), assumptions(), study.budget
    each = assumed["client_calls"]
    given = {"fixed": money.fixed, "cost_per_pair": money.cost_per_pair}
    fixed = assumed["money"]["fixed"] if money.fixed is None else money.fixed
    by_the_hour = each["minutes_per_call"] / 60 * each["cost_per_hour"]
    price = by_the_hour if money.cost_per_pair is None else money.cost_per_pair
    if price <= 0:
        raise DesignError(say("A call costs more than 0 euro: fill in what it costs, as cost_per_pair in [budget]."))
    calls, available = n * _each(study), money.available if total is None else total
    return CallsBudget(
        firms=n,
        calls=calls,
        minutes=calls * each["minutes_per_call"],
        cost_per_call=price,
        fixed=fixed,
        cost=fixed + calls * price,
        total=available,
        calls_paid=None if available is None else max(0, math.floor((available - fixed) / price + 1e-9)),
        assumed=tuple(name for name, value in given.items() if value is None),
    )


def _each(study: Study) -> int:
    return study.client_calls.calls_per_firm if study.client_calls else 1


def _firms(study: Study, population: int | None, firms: int | None) -> int:
    wanted = firms or (study.client_calls.firms if study.client_calls else None) or population
    if wanted is None:
        raise DesignError(
            say(
                "'{study}' calls every firm, and how many there are is not known. Put their list in frame/.",
                study=study.name,
            )
        )
    return wanted if population is None else min(wanted, population)


def _limits(counts: npt.NDArray[np.float64], rows: int, effect: float, level: float) -> Intervals:
    """Return the published interval of each count."""
    return share_limits(counts, *(np.full_like(counts, value) for value in (rows, effect, normal_quantile(level))))
