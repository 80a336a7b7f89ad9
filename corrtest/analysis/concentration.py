"""How concentrated unequal treatment is over employers: the variance between them, and the share behind most of it.

An employer's disadvantage θ is its chance of control only less that of treated only. Products of two different pairs of
one employer estimate θ² without bias, products of pairs of two employers the square of the mean, so that their
difference is the variance of θ between employers, of which no part is the play of chance within an employer (Kline,
Rose and Walters 2022, Quarterly Journal of Economics 137:1963, bias-corrected; Kline and Walters 2021, Econometrica
89:765). It needs two pairs an employer. Every employer weighs the same; those with one pair say nothing.

What part of the disadvantage the fifth of employers with the largest one accounts for is not known from the variance:
it bounds that part, since for a mean μ and a standard deviation σ on [−1, 1] the mean of the top fifth lies from
μ + σ²/(1 + μ) (the variance made by a few employers that favour the treated without exception) to μ + 2σ (Cantelli).
Where employers got several pairs, the distribution of θ itself is estimated: the most likely mixture of employers whose
chances of control only and treated only are on a grid (Kiefer and Wolfowitz 1956; by EM, Laird 1978), with the share
that it has and an interval of the bootstrap, drawing employers. No Gini coefficient is given: of 400 simulated
employers with ten pairs that mixture put it 0.15 too high, since it spreads those that treat alike to either side.

Nothing here says which employer is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.designs.paired.counting import MarginCounts
from corrtest.analysis.every_margin import Margin
from corrtest.analysis.grouping import each_grouping
from corrtest.analysis.read import PairsTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.tables import FloatArray, normal_quantile
from corrtest.design import substream
from corrtest.language import keep

TOP = 0.2
# Fewer employers with two pairs than this give no variance worth its interval.
FEWEST_EMPLOYERS = 10
# So many employers with so many pairs tell the distribution apart (tests/analysis/test_concentration.py).
SEVERAL_PAIRS = 5
FEWEST_WITH_SEVERAL = 20
_REPLICATES = 200
_STEPS, _FURTHER_STEPS = 300, 60
_SPACING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How unequal treatment is spread over the employers with two pairs or more, of one group and outcome.

    Attributes
    ----------
    employers, pairs : int
        Employers with two pairs or more, and their pairs.
    sizes : tuple of (pairs, employers)
        How many employers have each number of pairs, the largest first.
    disadvantage, disadvantage_lower, disadvantage_upper : float or None
        Mean over employers of the chance of control only less that of treated only: above 0 = disadvantage.
    variance, variance_lower, variance_upper : float or None
        Between employers, without bias, so that it may be below 0.
    share_least, share_most : float or None
        Bounds, with their sampling error, of the part of the disadvantage that the top fifth accounts for.
    share, share_lower, share_upper : float or None
        The same part as the estimated distribution has it.
    note : str
        What could not be estimated, and why.
    """

    sector: str | None
    criterion: str | None
    outcome: str
    employers: int
    pairs: int
    sizes: tuple[tuple[int, int], ...]
    confidence_level: float
    disadvantage: float | None = None
    disadvantage_lower: float | None = None
    disadvantage_upper: float | None = None
    variance: float | None = None
    variance_lower: float | None = None
    variance_upper: float | None = None
    share_least: float | None = None
    share_most: float | None = None
    share: float | None = None
    share_lower: float | None = None
    share_upper: float | None = None
    note: str = ""

    @property
    def standard_deviation(self) -> float | None:
        """Between employers; 0 where the variance is estimated below 0."""
        return None if self.variance is None else float(np.sqrt(max(self.variance, 0.0)))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the standard deviation, as JSON has them."""
        sizes = [list(size) for size in self.sizes]
        return {**asdict(self), "sizes": sizes, "standard_deviation": self.standard_deviation}


def concentrations(margin: Margin, confidence_level: float = 0.95, seed: int = 2026) -> tuple[Concentration, ...]:
    """Return one a group and outcome of a margin of pairs; none where the table does not tell employers."""
    found = []
    for outcome, counted in margin.counted.items():
        counts = counted.counts
        if (
            not counted.design.matched
            or counts.employers is None
            or counts.clustered_by[0] != "employer"
            or counts.raw is not None
        ):
            continue
        for place, key in enumerate(counts.keys):
            fields = dict(zip(counts.fields, key, strict=True))
            rng = substream(seed, "concentration", outcome, *map(str, key))
            found.append(_of_group(counts, place, fields, outcome, confidence_level, rng))
    return tuple(found)


def concentrations_of(
    table: PairsTable,
    *,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> tuple[Concentration, ...]:
    """Return one a criterion and outcome of a pairs table; none where it does not tell employers.

    Parameters
    ----------
    outcomes : mapping of str to reactions, optional
        Which reactions count as positive, per outcome: else strict (invitation) and broad.
    """
    grouping = next(each_grouping(table))
    positives = table.outcomes(outcomes or DEFAULT_OUTCOMES)
    counted = {name: CountedMargin.of(table.design, grouping, name, each) for name, each in positives.items()}
    return concentrations(Margin(grouping=grouping, counted=counted, results={}), confidence_level)


def variance_between(net: FloatArray, discordant: FloatArray, pairs: FloatArray) -> tuple[float, float]:
    """Return the mean of θ over employers and its variance between them, both without bias.

    Parameters
    ----------
    net, discordant, pairs : array of shape (employers,)
        Control only less treated only, their sum, and the pairs of each employer, two or more.
    """
    mean, variance = _moments(net / pairs, _products(net, discordant, pairs), np.ones(len(pairs)))
    return float(mean), float(variance)


def share_bounds(mean: npt.ArrayLike, variance: npt.ArrayLike, top: float = TOP) -> tuple[FloatArray, FloatArray]:
    """Return the least and the largest part of the total that the top employers can have, given mean and variance."""
    mu, sigma2 = np.asarray(mean, dtype=np.float64), np.maximum(np.asarray(variance, dtype=np.float64), 0.0)
    least = mu + sigma2 / (1 + mu)
    most = np.minimum(mu + np.sqrt(sigma2 * (1 - top) / top), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return top * least / mu, top * most / mu


def _products(net: FloatArray, discordant: FloatArray, pairs: FloatArray) -> FloatArray:
    """Return the mean product of two different pairs of each employer, an estimate of θ² without bias."""
    return (net**2 - discordant) / (pairs * (pairs - 1))


def _moments(means: FloatArray, products: FloatArray, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of as many employers of each kind as the last axis of `number` says."""
    total = number.sum(axis=-1)
    first, second = number @ means, number @ means**2
    # Σ over pairs of different employers, alike or not.
    return first / total, number @ products / total - (first**2 - second) / (total * (total - 1))


def _left_out(means: FloatArray, products: FloatArray, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance without one employer of each kind."""
    total = number.sum() - 1
    first, second = number @ means - means, number @ means**2 - means**2
    square = (first**2 - second) / (total * (total - 1))
    return first / total, (number @ products - products) / total - square


def _of_group(
    counts: MarginCounts,
    place: int,
    fields: Mapping[str, str | None],
    outcome: str,
    confidence_level: float,
    rng: np.random.Generator,
) -> Concentration:
    kinds, number = _employers(counts, place)
    pairs = kinds.sum(axis=1)
    employers = int(number.sum())
    found = Concentration(
        sector=fields.get("sector"),
        criterion=fields.get("criterion"),
        outcome=outcome,
        employers=employers,
        pairs=int(pairs @ number),
        sizes=_sizes(pairs, number),
        confidence_level=confidence_level,
    )
    if employers < FEWEST_EMPLOYERS:
        return replace(
            found,
            note=keep(
                "Cannot be estimated: {employers} employers have two pairs or more, and {fewest} are needed.",
                employers=employers,
                fewest=FEWEST_EMPLOYERS,
            ),
        )
    net, discordant = kinds[:, 1] - kinds[:, 2], kinds[:, 1] + kinds[:, 2]
    means, products = net / pairs, _products(net, discordant, pairs)
    mean, variance = (float(part) for part in _moments(means, products, number))
    spreads = [_jackknife(part, number) for part in _left_out(means, products, number)]
    reach = [normal_quantile(confidence_level) * spread for spread in spreads]
    found = replace(
        found,
        disadvantage=mean,
        disadvantage_lower=mean - reach[0],
        disadvantage_upper=mean + reach[0],
        variance=variance,
        variance_lower=variance - reach[1],
        variance_upper=variance + reach[1],
    )
    if mean - reach[0] <= 0:
        return replace(
            found,
            note=keep("No disadvantage on average is settled, so that there is none to share out over employers."),
        )
    drawn = rng.multinomial(employers, number / employers, size=_REPLICATES).astype(np.float64)
    tail = (1 - confidence_level) / 2
    resampled = _moments(means, products, drawn)
    # An employer that is drawn twice is multiplied with itself, which takes this from the variance.
    twins = float(number @ (means - mean) ** 2) / (employers - 1) / employers
    usable = resampled[0] > 0
    least, most = share_bounds(resampled[0][usable], resampled[1][usable] + twins)
    found = replace(found, share_least=float(np.quantile(least, tail)), share_most=float(np.quantile(most, 1 - tail)))
    several = int(number[pairs >= SEVERAL_PAIRS].sum())
    if several < FEWEST_WITH_SEVERAL:
        return replace(
            found,
            note=keep(
                "The share of the top fifth cannot be estimated, only bounded: {several} employers have {needed} pairs "
                "or more, and {fewest} are needed.",
                several=several,
                needed=SEVERAL_PAIRS,
                fewest=FEWEST_WITH_SEVERAL,
            ),
        )
    if variance - reach[1] <= 0:
        return replace(
            found,
            note=keep("No difference between employers is settled: the share of the top fifth is bounded only."),
        )
    return _with_distribution(found, kinds, number, drawn, tail)


def _with_distribution(
    found: Concentration, kinds: FloatArray, number: FloatArray, drawn: FloatArray, tail: float
) -> Concentration:
    """Add the share of the top fifth in the most likely distribution of θ."""
    outcomes = np.column_stack([kinds[:, 1], kinds[:, 2], kinds[:, 0] + kinds[:, 3]])
    likelihood = np.exp(xlogy(outcomes[:, None, :], _GRID[None]).sum(axis=2))
    likelihood /= likelihood.max(axis=1, keepdims=True)
    mixture = _most_likely(likelihood, number, _EVEN, _STEPS)
    # Each sample starts near the whole one's mixture, which is near its own.
    start = np.tile(0.9 * mixture + 0.1 * _EVEN, (len(drawn), 1))
    shares = [_share(each) for each in _most_likely(likelihood, drawn, start, _FURTHER_STEPS)]
    lower, upper = np.quantile(shares, [tail, 1 - tail])
    return replace(found, share=_share(mixture), share_lower=float(lower), share_upper=float(upper))


def _employers(counts: MarginCounts, place: int) -> tuple[FloatArray, FloatArray]:
    """Return the kinds of a group's employers with two pairs or more, by their four cells, and how many of each."""
    clusters = counts.clusters
    if clusters is None:
        return np.zeros((0, 4)), np.zeros(0)
    here = (clusters.group == place) & (clusters.pairs >= 2)
    number = np.ones(int(here.sum())) if clusters.number is None else clusters.number[here]
    kinds, of = np.unique(clusters.cells[here], axis=0, return_inverse=True)
    return kinds, np.bincount(of.ravel(), weights=number, minlength=len(kinds)).astype(np.float64)


def _sizes(pairs: FloatArray, number: FloatArray) -> tuple[tuple[int, int], ...]:
    return tuple((int(size), int(number[pairs == size].sum())) for size in np.unique(pairs)[::-1])


def _jackknife(left_out: FloatArray, number: FloatArray) -> float:
    """Return the standard error from the estimates without one employer of each kind (Efron and Stein 1981)."""
    total = number.sum()
    centre = number @ left_out / total
    return float(np.sqrt((total - 1) / total * (number @ (left_out - centre) ** 2)))


def _grid() -> FloatArray:
    """Return chances of control only, treated only and neither of both, by twentieths."""
    steps = np.arange(_SPACING + 1)
    control, treated = (part.ravel() for part in np.meshgrid(steps, steps, indexing="ij"))
    inside = control + treated <= _SPACING
    control, treated = control[inside], treated[inside]
    return np.column_stack([control, treated, _SPACING - control - treated]) / _SPACING


_GRID = _grid()
_THETA = _GRID[:, 0] - _GRID[:, 1]
_ORDER = np.argsort(-_THETA, kind="stable")
_EVEN = np.full(len(_GRID), 1 / len(_GRID))


def _most_likely(likelihood: FloatArray, number: FloatArray, start: FloatArray, steps: int) -> FloatArray:
    """Return the weights of the grid by EM: each step shares every employer out by how likely it is at each point.

    `number` and `start` may have samples along a first axis, which are fitted side by side.
    """
    mixture = start
    employers = number.sum(axis=-1, keepdims=True)
    for _ in range(steps):
        mixture = mixture * ((number / (mixture @ likelihood.T)) @ likelihood) / employers
    return mixture


def _share(mixture: FloatArray) -> float:
    """Return the part of the total that the top fifth has."""
    weights = mixture[_ORDER]
    taken = np.clip(TOP - (np.cumsum(weights) - weights), 0.0, weights)
    return float(taken @ _THETA[_ORDER] / (mixture @ _THETA))
