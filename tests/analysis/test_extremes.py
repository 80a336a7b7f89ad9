"""Statistics at their extremes: counts up to 10¹², empty cells and arms, equality; and models near their bounds.

References: exact sums of whole numbers (binomial tails), Wald's closed forms, to which every method tends as counts
grow, score tests by their closed forms (McNemar 1947; Obuchowski 1998), and the likelihood ratio of the conditional
logit, 2·[c·ln c + b·ln b − m·ln(m/2)].
"""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtrc, ndtr

from corrtest.analysis import pairs_table, two_by_two, unmatched
from corrtest.analysis.designs.paired.counting import MarginCounts
from corrtest.analysis.designs.paired.estimating import group_results
from corrtest.analysis.models import application_rows, fit_models
from corrtest.analysis.statistics import ESTIMATORS, OF_PAIRS, TESTS
from corrtest.analysis.statistics.binomial import at_least, at_most
from corrtest.analysis.tables import PairedTables
from corrtest.errors import AnalysisError

HUGE = (10**6, 10**9, 10**12)


def exact_tail(successes: int, trials: int, chance: Fraction) -> float:
    """Return P(X ≤ successes) by summing whole numbers."""
    above, below = chance.numerator, chance.denominator - chance.numerator
    ways = sum(comb(trials, k) * above**k * below ** (trials - k) for k in range(successes + 1))
    return float(Fraction(ways, chance.denominator**trials))


@pytest.mark.parametrize("trials", [1, 7, 40, 600])
def test_binomial_tails_are_the_exact_sums(trials: int) -> None:
    for chance in (Fraction(1, 2), Fraction(1, 10)):
        for k in {-1, 0, trials // 10, trials // 2, trials - 1, trials}:
            exact = exact_tail(k, trials, chance)
            assert float(at_most(np.array(k), np.array(trials), float(chance))) == pytest.approx(exact, rel=1e-11)
            rest = exact_tail(k - 1, trials, chance)
            assert float(at_least(np.array(k), np.array(trials), float(chance))) == pytest.approx(1 - rest, abs=1e-13)


@pytest.mark.parametrize("trials", HUGE)
@pytest.mark.parametrize("deviations", [0.0, -1.0, -3.0])
def test_binomial_tails_tend_to_the_normal_one(trials: int, deviations: float) -> None:
    """Among fair trials the skewness is 0, so that the corrected normal tail is off by no more than 1/n."""
    k = round(trials / 2 + deviations * np.sqrt(trials) / 2)
    normal = ndtr((k + 0.5 - trials / 2) / np.sqrt(trials / 4))
    assert float(at_most(np.array(k), np.array(trials), 0.5)) == pytest.approx(normal, rel=20 / trials + 1e-9)


@pytest.mark.parametrize("scale", HUGE)
@pytest.mark.parametrize("shares", [(0.27, 0.07, 0.05, 0.61), (0.4, 0.1, 0.1, 0.4), (0.002, 0.001, 0.0005, 0.9965)])
def test_every_interval_tends_to_walds_as_counts_grow(scale: int, shares: tuple[float, ...]) -> None:
    cells = [round(scale * share) for share in shares]
    tables = PairedTables.of(*([cell] for cell in cells))
    b, c, n = cells[1], cells[2], sum(cells)
    half = {
        "rate_difference": 1.959964 * np.sqrt(b + c - (b - c) ** 2 / n) / n,
        "discrimination_ratio": 1.959964 * np.sqrt((b + c) / ((cells[0] + b) * (cells[0] + c))),
        "odds_ratio": 1.959964 * np.sqrt(1 / b + 1 / c),
    }
    for name, width in half.items():
        value = float(OF_PAIRS[name].value(tables)[0])
        ends = np.array([value - width, value + width])
        if name != "rate_difference":
            ends = value * np.exp([-width, width])
        for method, interval in ESTIMATORS[name].items():
            _, lower, upper = (float(part[0]) for part in interval(tables, 0.95))
            found = np.array([lower, upper])
            # In widths of the interval; the next term of the expansion is of the order of 1/√(discordant pairs).
            assert np.abs(found - ends).max() / (ends[1] - ends[0]) < 3 / np.sqrt(b + c) + 2e-7, (name, method)


@pytest.mark.parametrize("scale", HUGE)
def test_every_form_of_mcnemar_tends_to_the_same_as_counts_grow(scale: int) -> None:
    b, c = scale + round(1.3 * np.sqrt(2 * scale)), scale
    tables = PairedTables.of([10], [b], [c], [10])
    asymptotic = float(TESTS["mcnemar_asymptotic"](tables).pvalue[0])
    for name, test in TESTS.items():
        assert float(test(tables).pvalue[0]) == pytest.approx(asymptotic, rel=2 / np.sqrt(scale)), name
    tied = PairedTables.of([10], [scale], [scale], [10])
    point = 1 / np.sqrt(np.pi * scale)
    assert float(TESTS["mcnemar_midp"](tied).pvalue[0]) == pytest.approx(1 - point / 2, abs=2 / scale + 1e-12)


def test_one_count_more_moves_a_p_value_by_little_across_sizes() -> None:
    """No size at which one formula takes over from another leaves a step."""
    for size in (10**5, 3 * 10**5, 10**6, 10**8):
        c = size + np.arange(40)
        tables = PairedTables.of(5, size + round(2 * np.sqrt(size)), c, 5)
        for name in ("mcnemar_midp", "mcnemar_exact"):
            steps = np.diff(TESTS[name](tables).pvalue)
            assert steps.min() > 0, (size, name)
            assert steps.max() < 2 * steps.min(), (size, name)


def test_every_pattern_of_empty_single_and_huge_cells_is_finite_in_range_or_said_to_be_undefined() -> None:
    patterns = [cells for cells in itertools.product((0, 1, 7, 10**9), repeat=4) if any(cells)]
    cells = np.array(patterns, dtype=np.float64)
    counts = MarginCounts(
        fields=("level",),
        keys=tuple((str(place),) for place in range(len(cells))),
        tables=PairedTables.of_cells(cells),
        clusters=None,
    )
    groups = group_results(counts, "positive", confidence_level=0.95, all_methods=True)
    assert len(groups) == 255
    for group, pattern in zip(groups, patterns, strict=True):
        for estimate in group.estimates:
            where = (pattern, estimate.name, estimate.method)
            low, high = OF_PAIRS[estimate.name].range
            lower = low if estimate.lower is None else estimate.lower
            upper = high if estimate.upper is None else estimate.upper
            assert low - 1e-12 <= lower <= upper <= high + 1e-12, where
            if None in (estimate.value, estimate.lower, estimate.upper):
                assert estimate.note, where
            elif estimate.method not in {"score_skewness_corrected", "agresti_min", "bonett_price"}:
                # The three have a centre other than the observed value.
                assert lower - 1e-12 <= estimate.value <= upper + 1e-12, where
        for test in group.tests:
            assert test.note if test.pvalue is None else 0 <= test.pvalue <= 1, (pattern, test.name)


@pytest.mark.parametrize("cells", [(400_000, 100_000, 80_000, 900_000), (10**9,) * 4, (3, 10**9, 1, 10**9)])
def test_a_huge_table_takes_less_than_a_second(cells: tuple[int, ...]) -> None:
    start = time.perf_counter()
    two_by_two(*cells)
    assert time.perf_counter() - start < 1


def test_more_pairs_than_a_float_can_tell_apart_are_refused() -> None:
    with pytest.raises(AnalysisError, match="1e\\+12 can be computed"):
        two_by_two(10**12, 1, 0, 0)


@pytest.mark.parametrize("size", HUGE)
def test_two_independent_arms_tend_to_wald_as_they_grow(size: int) -> None:
    x0, x1 = size // 5, size // 6
    found = unmatched(x0, size, x1, size)
    difference, ratio = found.estimate("rate_difference"), found.estimate("discrimination_ratio")
    p0, p1 = x0 / size, x1 / size
    width = 2 * 1.959964 * np.sqrt(p0 * (1 - p0) / size + p1 * (1 - p1) / size)
    assert difference.upper - difference.lower == pytest.approx(width, rel=5 / np.sqrt(size))
    log_width = 2 * 1.959964 * np.sqrt(1 / x0 - 1 / size + 1 / x1 - 1 / size)
    assert np.log(ratio.upper / ratio.lower) == pytest.approx(log_width, rel=5 / np.sqrt(size) + 1e-8)


def models_of(both: int, control_only: int, treated_only: int, neither: int, employers: int | None = None):
    """Return every model's effect of one paired table, each pair an employer or dealt over so many."""
    cells = (both, control_only, treated_only, neither)
    pairs = sum(cells)
    numbers = np.arange(pairs) if employers is None else np.arange(pairs) % employers
    table = pairs_table(
        pd.DataFrame(
            {
                "pair_id": np.arange(pairs).astype(str),
                "sector": "s",
                "joint_committee": "124",
                "criterion": "origin",
                "level": "x",
                "employer": numbers.astype(str),
                "control_positive": np.repeat([1, 1, 0, 0], cells),
                "treated_positive": np.repeat([1, 0, 1, 0], cells),
            }
        )
    )
    rows = application_rows(table, table.outcomes({})["positive"])
    found = fit_models(rows)
    return {effect.model: effect for effect in found.effects}, found.notes


@pytest.mark.parametrize("cells", [(8, 12, 1, 179), (0, 39, 1, 0), (1, 38, 2, 1), (30, 9, 3, 58), (10, 10, 10, 10)])
def test_models_test_no_effect_as_mcnemar_does_and_stay_within_bounds(cells: tuple[int, ...]) -> None:
    effects, _ = models_of(*cells)
    b, c = cells[1:3]
    score = chdtrc(1, (b - c) ** 2 / (b + c))
    for name in ("conditional logit", "probit", "bivariate probit"):
        if name in effects:
            assert effects[name].pvalue == pytest.approx(score, rel=1e-5), name
    for name, effect in effects.items():
        lower, upper = effect.interval()
        assert effect.effect == pytest.approx((c - b) / sum(cells), abs=1e-6), name
        assert -1 <= lower < effect.effect < upper <= 1, name
    # Not far from the likelihood ratio of the conditional logit, the other test that few discordant pairs leave.
    m = b + c
    ratio = 2 * (b * np.log(2 * b / m) + c * np.log(2 * c / m))
    assert np.log(effects["conditional logit"].pvalue) == pytest.approx(np.log(chdtrc(1, ratio)), rel=0.3, abs=1e-9)


def test_models_of_few_employers_test_as_obuchowski_does() -> None:
    cells = (8, 12, 1, 179)
    effects, _ = models_of(*cells, employers=6)
    net = np.zeros(6)
    np.add.at(net, np.arange(200) % 6, np.repeat([0, -1, 1, 0], cells))
    robust = chdtrc(1, net.sum() ** 2 / (net**2).sum())
    for name in ("conditional logit", "probit", "bivariate probit"):
        assert effects[name].pvalue == pytest.approx(robust, rel=1e-5), name


@pytest.mark.parametrize("cells", [(0, 0, 0, 40), (40, 0, 0, 0), (0, 40, 0, 0), (20, 0, 0, 20)])
def test_where_nothing_varies_no_model_has_an_interval_or_a_test(cells: tuple[int, ...]) -> None:
    effects, notes = models_of(*cells)
    assert effects["linear probability"].effect == pytest.approx((cells[2] - cells[1]) / 40)
    for effect in effects.values():
        assert effect.interval() == (None, None)
        assert effect.pvalue is None
    assert {note.split(":")[0] for note in notes} >= {"conditional logit", "bivariate probit"}


@pytest.mark.parametrize("cells", [(0, 7, 0, 33), (3, 7, 0, 0), (0, 1, 0, 39)])
def test_an_arm_that_is_never_or_always_positive_leaves_the_models_that_have_no_maximum(cells: tuple[int, ...]) -> None:
    effects, notes = models_of(*cells)
    assert set(effects) == {"linear probability", "linear probability, vacancy fixed effects", "probit"}
    assert effects["probit"].pvalue == pytest.approx(chdtrc(1, cells[1]), rel=1e-4)
    assert any(note.startswith("bivariate probit: All reactions to one arm") for note in notes)
