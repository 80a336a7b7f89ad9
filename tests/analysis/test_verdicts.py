"""The published figures and the verdict that follows from them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy.stats import binom

from corrtest.analysis import (
    PAIRED,
    TESTS,
    UNPAIRED,
    VERDICTS,
    ArmTables,
    PairedCounts,
    PairedTables,
    decisions,
    design_effect,
    largest_design_effect,
    pvalues,
    verdict,
    verdict_sentence,
    written_pvalue,
)
from corrtest.pages import Catalogue, catalogue


def test_the_design_effect_follows_from_the_sizes():
    assert design_effect({1: 200}, 0.2) == 1
    assert design_effect({}, 0.2) == 1
    # 100 employers with 2 pairs each: m = (100·4)/200 = 2
    assert design_effect({2: 100}, 0.2) == pytest.approx(1.2)
    assert design_effect({2: 100}, 0.0) == 1
    # 120 with one and 40 with two: m = (120 + 160)/200 = 1.4
    assert design_effect({1: 120, 2: 40}, 0.2) == pytest.approx(1.08)


def test_the_largest_design_effect_is_the_worst_that_the_load_allows():
    assert largest_design_effect(200, None, None, 0.2) == 1
    assert largest_design_effect(200, 200, 1, 0.2) == 1
    assert largest_design_effect(200, 100, 2, 0.2) == pytest.approx(1.2)
    assert largest_design_effect(200, 160, 3, 0.2) >= design_effect({1: 120, 2: 40}, 0.2)


def test_few_discordant_pairs_settle_nothing():
    """Tang's interval of 0 4 0 196 leaves out 1, where mid-p is 0.0625 and the exact p 0.125."""
    found = verdict(PairedCounts(both=0, control_only=4, treated_only=0, neither=196))
    assert (found.kind, found.reason) == ("not_settled", "test")
    assert found.upper < 1
    assert found.pvalue == 0.0625


def paired_size(level: float, pairs: int, discordant: np.ndarray) -> np.ndarray:
    """Enumerate how often equal treatment is called a difference, per probability that a pair is discordant."""
    m, b = (grid.ravel() for grid in np.meshgrid(np.arange(pairs + 1), np.arange(pairs + 1), indexing="ij"))
    keep = b <= m
    m, b = m[keep], b[keep]
    cells = np.stack([np.zeros_like(m), b, m - b, pairs - m], axis=-1).astype(float)
    # Positives of both arms only make the interval of the ratio shorter on its own scale: at 1 its score is McNemar's.
    decided = decisions(PAIRED, PairedTables.of_cells(cells), confidence_level=1 - level) != 0
    each = binom.pmf(b, m, 0.5) * decided
    conditional = np.bincount(m, weights=each, minlength=pairs + 1)
    return binom.pmf(np.arange(pairs + 1)[:, None], pairs, discordant).T @ conditional


@pytest.mark.parametrize("pairs", [10, 13, 20, 34, 60])
def test_the_size_of_the_verdict_on_pairs_is_at_most_its_level(pairs):
    """Up to half of the pairs discordant: the most where the answers of a pair do not oppose each other."""
    discordant = np.linspace(0.01, 0.5, 50)
    assert paired_size(0.05, pairs, discordant).max() <= 0.05


def test_the_enumeration_is_that_of_the_test_alone():
    """The interval never takes back what mid-p rejects at one level: Tang's score at 1 is the asymptotic test."""
    b = np.arange(60.0)
    tables = PairedTables.of(10, b, 59 - b, 131)
    rejected = TESTS["mcnemar_midp"](tables).pvalue <= 0.05
    assert ((decisions(PAIRED, tables) != 0) == rejected).all()


@pytest.mark.parametrize(("control", "treated"), [(10, 10), (25, 20), (40, 40), (60, 50)])
def test_the_size_of_the_verdict_on_arms_is_at_most_its_level(control, treated):
    x0, x1 = (grid.ravel() for grid in np.meshgrid(np.arange(control + 1), np.arange(treated + 1), indexing="ij"))
    tables = ArmTables.of_cells(np.stack([x0, control - x0, x1, treated - x1], axis=-1))
    decided = decisions(UNPAIRED, tables) != 0
    for rate in np.linspace(0.02, 0.98, 49):
        size = (binom.pmf(x0, control, rate) * binom.pmf(x1, treated, rate) * decided).sum()
        assert size <= 0.05


def sentence_kind(text: str, words: Catalogue) -> tuple[str, str | None]:
    """Return the (kind, reason) whose message a sentence is, told by its fixed words in that language."""
    found = [
        key
        for key, message in VERDICTS.items()
        if re.fullmatch(
            ".*?".join(re.escape(part) for part in re.split(r"{\w+}", words.messages.get(message, message))), text
        )
    ]
    assert len(found) == 1, (text, found)
    return found[0]


def printed(text: str, words: Catalogue) -> float:
    """Return a number as a reader takes it."""
    return float(text.replace("<", "").replace(words.locale.number_symbols["latn"]["decimal"], ".").strip())


@pytest.fixture(scope="module")
def two_hundred():
    """Verdicts on random tables of both designs, with and without adjustment, employers and noise."""
    rng = np.random.default_rng(14)
    made = []
    for number in range(200):
        design = (PAIRED, UNPAIRED)[number % 2]
        shares = rng.dirichlet([1, 0.5, 0.25, 4] if design is PAIRED else [1, 2, 0.6, 2.4])
        if number % 5 == 0:
            shares = np.array([0.0, 0.02, 0.0, 0.98]) if design is PAIRED else np.array([0.02, 0.48, 0.0, 0.5])
        cells = rng.multinomial(int(rng.integers(10, 400)), shares) + (
            0 if design is PAIRED else np.array([0, 1, 0, 1])
        )
        counts = design.counts(dict(zip(design.cells, map(int, cells), strict=True)))
        noisy = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]])
        moves = noisy if design is PAIRED else np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        setting = {
            "design_effect": 1.0 if number % 3 else float(rng.uniform(1, 2.5)),
            "noise": None if number % 4 else 4.0 * moves @ moves.T,
        }
        plain = verdict(counts, **setting)
        times = 1 if number % 7 else int(rng.integers(2, 8))
        adjusted = None if plain.pvalue is None or times == 1 else min(1.0, plain.pvalue * times)
        made.append(verdict(counts, **setting, pvalue_adjusted=adjusted))
    return made


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_two_hundred_tables_never_contradict_themselves(two_hundred, language):
    """Sentence, interval, test and adjusted p-value as they are printed."""
    words = catalogue(language, "sentence")
    for found in two_hundred:
        assert sentence_kind(verdict_sentence(found, words), words) == (found.kind, found.reason)
        if found.kind == "undefined":
            continue
        assert (found.lower or 0) <= (math.inf if found.ratio is None else found.ratio)
        low, high = (None if end is None else printed(words.limit(end), words) for end in (found.lower, found.upper))
        pvalue = printed(re.split("[=<]", written_pvalue(found.pvalue_adjusted, None, found.level, words))[1], words)
        below, above = (high is not None and high < 1), (low is not None and low > 1)
        assert found.settled == ((below or above) and pvalue <= 0.05), found
        assert (found.kind == "disadvantage") <= below
        assert (found.kind == "advantage") <= above
        assert (found.reason == "interval") <= (not (below or above) and pvalue > 0.05)
        assert (found.reason == "interval_alone") <= (not (below or above) and pvalue <= 0.05)
        assert (found.reason in ("test", "adjustment")) <= ((below or above) and pvalue > 0.05)
    kinds = {(found.kind, found.reason) for found in two_hundred}
    assert kinds >= {("disadvantage", None), ("advantage", None)}
    assert kinds >= {("not_settled", reason) for reason in ("interval", "test", "adjustment")}


def test_a_vectorised_decision_is_the_verdict_on_each_table():
    rng = np.random.default_rng(3)
    cells = rng.multinomial(120, [0.1, 0.15, 0.05, 0.7], size=60)
    effects = rng.uniform(1, 2, 60)
    decided = decisions(PAIRED, PairedTables.of_cells(cells.astype(float)), effects=effects)
    for row, effect, kind in zip(cells, effects, decided, strict=True):
        counts = PairedCounts(**dict(zip(PAIRED.cells, map(int, row), strict=True)))
        found = verdict(counts, design_effect=float(effect)).kind
        assert {"disadvantage": -1, "advantage": 1}.get(found, 0) == kind


def test_mid_p_at_a_design_effect_continues_the_plain_one():
    tables = PairedTables.of([10.0], [20.0], [8.0], [100.0])
    plain = TESTS["mcnemar_midp"](tables).pvalue[0]
    near = pvalues(PAIRED, tables, effects=1 + 1e-9)[0]
    assert near == pytest.approx(plain)
    assert pvalues(PAIRED, tables, effects=2.0)[0] == pytest.approx(
        TESTS["mcnemar_midp"](PairedTables.of([5.0], [10.0], [4.0], [50.0])).pvalue[0]
    )


@pytest.mark.parametrize("per_employer", [1, 2, 4])
def test_employers_with_the_correlation_that_is_assumed_do_not_raise_the_size(per_employer):
    """Employers who prefer one arm or the other, correlated 0.2 within each, without a disadvantage on average."""
    rng = np.random.default_rng(per_employer)
    experiments, employers = 3000, 240 // per_employer
    # A discordant pair goes to the treated arm with its employer's own probability: mean ½, correlation 0.2.
    share = rng.beta(2.0, 2.0, (experiments, employers))
    discordant = rng.binomial(per_employer, 0.2, (experiments, employers))
    treated = rng.binomial(discordant, share).sum(axis=1)
    m = discordant.sum(axis=1)
    tables = PairedTables.of(10.0, m - treated, treated, 230.0 - m)
    effect = design_effect({per_employer: employers}, 0.2)
    assert (decisions(PAIRED, tables, effects=effect) != 0).mean() <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / experiments)
