"""Looking at the data before fieldwork is over, without raising the chance of a false finding.

Two ways, of which a study preregisters one. Group-sequential: a fixed number of looks, with boundaries that spend
the level α as discordant pairs come in (Lan and DeMets 1983, Biometrika 70:659; O'Brien-Fleming and Pocock type).
Anytime-valid: an e-process, the running evidence of a bettor against even odds, which may be looked at after every
pair and stopped at will (Ville 1939; Robbins 1970; Ramdas, Grünwald, Vovk and Shafer 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaln, ndtr, ndtri

from corrtest.analysis.paired.tables import FloatArray
from corrtest.errors import AnalysisError

Spending = Literal["obrien_fleming", "pocock"]
_POINTS = 4001
_REACH = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """What a study preregistered about looking early: nothing else is available."""

    kind: Literal["group_sequential", "e_process"]
    alpha: float = 0.05
    looks: tuple[float, ...] = ()
    spending: Spending = "obrien_fleming"

    @classmethod
    def preregistered(cls, study: Mapping[str, Any] | None) -> Monitoring:
        """Read the monitoring plan from a study's description (its key ``monitoring``).

        Raises
        ------
        AnalysisError
            The study preregistered none: then its reactions are analysed once, when fieldwork is over.
        """
        plan = (study or {}).get("monitoring")
        if not plan:
            raise AnalysisError(
                "The study preregistered no early look, so its reactions are analysed once, when fieldwork is over."
            )
        return cls(
            kind=plan["kind"],
            alpha=float(plan.get("alpha", 0.05)),
            looks=tuple(float(part) for part in plan.get("looks", ())),
            spending=plan.get("spending", "obrien_fleming"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The state at one look: whether the boundary is crossed, and what both were."""

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
        raise AnalysisError("Looks are increasing fractions of the planned pairs, above 0 and at most 1.")
    if not 0 < alpha < 1:
        raise AnalysisError(f"The level {alpha:g} must lie between 0 and 1.")
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


def look(
    control_only: int, treated_only: int, *, pairs: int, planned_pairs: int, look_number: int, plan: Monitoring
) -> Look:
    """Take one preregistered look: McNemar's z against the boundary of that look.

    Parameters
    ----------
    pairs, planned_pairs : int
        Pairs complete at this look, and planned in all: their quotient is the information.
    look_number : int
        1 for the first look.
    """
    if plan.kind != "group_sequential" or not 1 <= look_number <= len(plan.looks):
        raise AnalysisError(f"The study preregistered {len(plan.looks)} looks; there is no look {look_number}.")
    if not 0 < pairs <= planned_pairs:
        raise AnalysisError(f"{pairs} pairs of {planned_pairs} planned cannot be.")
    # Boundaries for the information that really came in, as spending allows; earlier looks as planned.
    actual = pairs / planned_pairs
    fractions = [*plan.looks[: look_number - 1], actual]
    if len(fractions) > 1 and fractions[-1] <= fractions[-2]:
        raise AnalysisError(
            f"Look {look_number} comes too early: {actual:.0%} of the pairs, the last was at {fractions[-2]:.0%}."
        )
    bound = float(boundaries(fractions, plan.alpha, plan.spending)[-1])
    m = control_only + treated_only
    z = 0.0 if m == 0 else float((treated_only - control_only) / np.sqrt(m))
    stop = abs(z) >= bound
    said = (
        "The boundary is crossed: the difference is beyond chance, and fieldwork may stop."
        if stop
        else ("The boundary is not crossed: go on. No estimate of this look may be published as a result.")
    )
    return Look(fraction=actual, statistic=z, boundary=bound, stop=stop, note=said)


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
        return np.asarray(alpha * np.log(1 + (np.e - 1) * t))
    raise AnalysisError(f"There is no spending '{spending}'. Use 'obrien_fleming' or 'pocock'.")
