"""Early looks hold their level: published boundaries, simulation, Ville's inequality."""

from __future__ import annotations

import numpy as np
import pytest

from corrtest.analysis.monitoring import boundaries, e_process, e_values, look, preregistered_rule
from corrtest.errors import AnalysisError


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        # Lan-DeMets boundaries for five equal looks, two-sided 0.05 (Reboussin, DeMets, Kim and Lan 2000).
        ("obrien_fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
        ("pocock", [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_boundaries_equal_the_published(spending: str, published: list[float]) -> None:
    assert boundaries([0.2, 0.4, 0.6, 0.8, 1.0], 0.05, spending) == pytest.approx(published, abs=0.002)


def test_boundaries_hold_the_level() -> None:
    fractions = np.array([0.3, 0.55, 1.0])
    bounds = boundaries(fractions, 0.05, "pocock")
    rng = np.random.default_rng(1)
    steps = rng.normal(size=(400_000, 3)) * np.sqrt(np.diff(fractions, prepend=0))
    z = np.cumsum(steps, axis=1) / np.sqrt(fractions)
    assert np.mean(np.any(np.abs(z) >= bounds, axis=1)) == pytest.approx(0.05, abs=0.0015)


def test_one_look_is_the_ordinary_test() -> None:
    assert boundaries([1.0]) == pytest.approx([1.959963984540054])


def test_only_what_was_preregistered_is_available() -> None:
    with pytest.raises(AnalysisError, match="preregistered no early look"):
        preregistered_rule({"name": "x"})
    rule = preregistered_rule({"analysis": {"monitoring": {"rule": "obrien_fleming", "looks": [0.5, 1.0]}}})
    first = look(-18 / np.sqrt(22), pairs=100, planned_pairs=200, look_number=1, rule=rule)
    assert first.stop
    assert first.boundary == pytest.approx(2.963, abs=0.002)
    second = look(-2 / np.sqrt(38), pairs=200, planned_pairs=200, look_number=2, rule=rule)
    assert not second.stop
    with pytest.raises(AnalysisError, match="no look 3"):
        look(0.0, pairs=200, planned_pairs=200, look_number=3, rule=rule)
    with pytest.raises(AnalysisError, match="too early"):
        look(0.0, pairs=90, planned_pairs=200, look_number=2, rule=rule)


def test_e_process_obeys_ville() -> None:
    rng = np.random.default_rng(3)
    crossed = [e_values(rng.random(300) < 0.5).max() >= 20 for _ in range(4000)]
    assert np.mean(crossed) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)


def test_e_process_is_a_martingale_under_equal_treatment() -> None:
    """The mean over both ways in which the next pair can fall is the value before it."""
    for path in ([True], [True, True, False], [False] * 6):
        now = e_values(path)[-1]
        following = [e_values([*path, step])[-1] for step in (True, False)]
        assert np.mean(following) == pytest.approx(now)


def test_e_process_finds_strong_discrimination() -> None:
    evidence = e_process([False] * 12 + [True])
    assert evidence.stop
    assert evidence.pvalue < 0.05
    assert e_process([]).pvalue == 1.0
