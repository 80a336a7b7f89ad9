"""Looking at the data before fieldwork is over, without raising the chance of a false finding.

Two ways, of which a study preregisters one. Group-sequential: a fixed number of looks, with boundaries that spend
the level α as discordant pairs come in (Lan and DeMets 1983, Biometrika 70:659; O'Brien-Fleming and Pocock type).
Anytime-valid: an e-process, the running evidence of a bettor against even odds, which may be looked at after every
pair and stopped at will (Ville 1939; Robbins 1970; Ramdas, Grünwald, Vovk and Shafer 2023). Size over all looks at α =
0.05: O'Brien-Fleming 0.043 to 0.053, Pocock 0.023 to 0.052, e-process 0.013 to 0.033; looking after every pair without
a rule up to 0.40 (analysis/calibration/monitoring).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaln, ndtr, ndtri

from corrtest.analysis.preregistered import Choices
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import MonitoringRule

Spending = Literal["obrien_fleming", "pocock"]
E_PROCESS = "e_process"
_POINTS = 4001
_REACH = 8.0


def preregistered_rule(study: Mapping[str, Any] | None) -> MonitoringRule:
    """Return the early looks of a study's description.

    Raises
    ------
    AnalysisError
        The study preregistered none: then its reactions are analysed once, when fieldwork is over.
    """
    rule = Choices.of(study).rule
    if rule is None:
        raise AnalysisError(
            say(
                "The study preregistered no early look, so its reactions are analysed once, when fieldwork is "
                "over. A look has to stand in the study file before the start: [analysis] monitoring."
            )
        )
    return rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The state at one look: whether the boundary is crossed, and what both were."""

    number: int
    fraction: float
    statistic: float
    boundary: float
    stop: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The e-process so far: its value, its largest value, and the anytime-valid p-value 1 / largest."""

    value: float
    largest: float
    pvalue: float
    stop: bool
    discordant: int


def boundaries(fractions: Sequence[float], alpha: float = 0.05, spending: Spending = "obrien_fleming") -> FloatArray:
    """Compute two-sided boundaries for |z| at looks with these fractions of the information.

    The recursion over looks is that of Armitage, McPherson and Rowe (1969), on a grid.

    Examples
    --------
    >>> [round(float(b), 2) for b in boundaries([0.2, 0.4, 0.6, 0.8, 1.0])]
    [4.88, 3.36, 2.68, 2.29, 2.03]
    """
    t = np.asarray(fractions, dtype=np.float64)
    if len(t) == 0 or np.any(np.diff(t) <= 0) or t[0] <= 0 or t[-1] > 1:
        raise AnalysisError(say("Looks are increasing fractions of the planned pairs, above 0 and at most 1."))
    if not 0 < alpha < 1:
        raise AnalysisError(say("The level {alpha:g} must lie between 0 and 1.", alpha=alpha))
    spent = _spent(t, alpha, spending)
    grid = np.linspace(-_REACH, _REACH, _POINTS)
    step = grid[1] - grid[0]
    found: list[float] = []
    density = np.zeros(0)
    values = np.zeros(0)
    before = 0.0
    for place, (now, share) in enumerate(zip(t, np.diff(spent, prepend=0.0), strict=True)):
        if place == 0:
            bound = float(-ndtri(share / 2))
        else:
            bound = _crossing(values, density, float(np.sqrt(now)), float(np.sqrt(now - before)), float(share))
        found.append(bound)
        inside = grid[np.abs(grid) <= bound]
        root = np.sqrt(now)
        if place == 0:
            new = np.exp(-(inside**2) / 2) / np.sqrt(2 * np.pi) * step
        else:
            kernel = np.exp(-((inside[:, None] * root - values[None, :]) ** 2) / (2 * (now - before)))
            new = kernel @ density * root / np.sqrt(2 * np.pi * (now - before)) * step
        # Trapezoid ends, and the sliver between the last grid point and the boundary.
        rest = (bound - inside[-1]) / step - 0.5
        new[[0, -1]] *= 1 + rest
        values, density, before = inside * root, new, float(now)
    return np.array(found)


def _crossing(values: FloatArray, density: FloatArray, root: float, gap: float, share: float) -> float:
    """Find the boundary that the next look crosses with probability `share`, from the density of going on so far."""

    def excess(bound: float) -> float:
        up = ndtr((values - bound * root) / gap)
        down = ndtr((-bound * root - values) / gap)
        return float(np.sum(density * (up + down)) - share)

    return float(brentq(excess, 0.0, _REACH, xtol=1e-10)) if excess(_REACH) < 0 else _REACH


def look(statistic: float, *, pairs: int, planned_pairs: int, look_number: int, rule: MonitoringRule) -> Look:
    """Take one preregistered look: a z statistic against the boundary of that look.

    Parameters
    ----------
    statistic : float
        McNemar's z, (treated only − control only)/√(discordant), divided by the root of its design effect where
        employers have several pairs.
    pairs, planned_pairs : int
        Pairs complete at this look, and planned in all: their quotient is the information.
    look_number : int
        1 for the first look.
    """
    if rule.rule == "e_process" or not 1 <= look_number <= len(rule.looks):
        raise AnalysisError(
            say(
                "The study preregistered {count} looks; there is no look {look_number}.",
                count=len(rule.looks),
                look_number=look_number,
            )
        )
    if not 0 < pairs <= planned_pairs:
        raise AnalysisError(
            say("{pairs} pairs of {planned_pairs} planned cannot be.", pairs=pairs, planned_pairs=planned_pairs)
        )
    # Boundaries for the information that really came in, as spending allows; earlier looks as planned.
    actual = pairs / planned_pairs
    fractions = [*rule.looks[: look_number - 1], actual]
    if len(fractions) > 1 and fractions[-1] <= fractions[-2]:
        raise AnalysisError(
            say(
                "Look {look_number} comes too early: {actual:.0%} of the pairs, the last was at {fractions:.0%}.",
                look_number=look_number,
                actual=actual,
                fractions=fractions[-2],
            )
        )
    bound = float(boundaries(fractions, rule.alpha, rule.rule)[-1])
    stop = abs(statistic) >= bound
    return Look(
        number=look_number,
        fraction=actual,
        statistic=statistic,
        boundary=bound,
        stop=stop,
        note=_said(stop, last=look_number == len(rule.looks)),
    )


def _said(stop: bool, *, last: bool) -> str:
    if stop:
        return keep("The boundary is crossed: the difference is beyond chance") + (
            keep(" at the last look.") if last else keep(", and fieldwork may stop.")
        )
    if last:
        return keep(
            "The boundary is not crossed at the last look: these data do not settle whether there is a difference."
        )
    return keep("The boundary is not crossed: go on. No estimate of this look may be published as a result.")


def e_process(favours_treated: npt.ArrayLike, *, alpha: float = 0.05) -> Evidence:
    """Compute the e-process of the discordant pairs in the order in which they came in.

    The bettor mixes over all odds with a Beta(1/2, 1/2) prior; under equal treatment the chance that the value ever
    reaches 1/α is at most α.

    Parameters
    ----------
    favours_treated : array-like of bool
        One entry a discordant pair: whether the treated arm alone was positive.
    """
    path = e_values(favours_treated)
    largest = float(path.max()) if len(path) else 1.0
    return Evidence(
        value=float(path[-1]) if len(path) else 1.0,
        largest=max(largest, 1.0),
        pvalue=min(1.0, 1.0 / max(largest, 1.0)),
        stop=largest >= 1 / alpha,
        discordant=len(path),
    )


def e_values(favours_treated: npt.ArrayLike) -> FloatArray:
    """Return the e-process after every discordant pair."""
    wins = np.cumsum(np.asarray(favours_treated, dtype=np.bool_))
    m = np.arange(1, len(wins) + 1)
    return np.asarray(np.exp(betaln(wins + 0.5, m - wins + 0.5) - betaln(0.5, 0.5) + m * np.log(2)))


def _spent(t: FloatArray, alpha: float, spending: Spending) -> FloatArray:
    if spending == "obrien_fleming":
        # Each side spends α/2 by the one-sided function.
        return np.asarray(4 * ndtr(ndtri(alpha / 4) / np.sqrt(t)))
    if spending == "pocock":
        return np.asarray(alpha * np.log(1 + (math.e - 1) * t))
    raise AnalysisError(say("There is no spending '{spending}'. Use 'obrien_fleming' or 'pocock'.", spending=spending))
