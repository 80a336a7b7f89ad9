"""Equivalence and non-inferiority against their intervals; power against an enumeration in R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis.designs.detectable import power
from corrtest.analysis.statistics import ESTIMATORS, PairedTables
from corrtest.analysis.statistics.equivalence import equivalence, noninferiority, one_sided
from corrtest.analysis.statistics.mcnemar import mcnemar_asymptotic
from corrtest.errors import AnalysisError

counts = st.tuples(*[st.integers(0, 200)] * 4).filter(lambda cells: sum(cells[:3]) > 0 and cells[1] + cells[2] > 0)


@given(counts)
@settings(max_examples=40)
def test_equivalence_rejects_where_the_interval_lies_within_the_margins(cells: tuple[int, ...]) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    for scale, method, low, high in (
        ("discrimination_ratio", "tang", 0.8, 1.25),
        ("rate_difference", "tango", -0.05, 0.05),
    ):
        _, lower, upper = (part[0] for part in ESTIMATORS[scale][method](tables, 0.90))
        pvalue = equivalence(tables, low, high, scale).pvalue[0]
        if abs(pvalue - 0.05) > 1e-9:
            assert (pvalue < 0.05) == (low < lower and upper < high)
        better = noninferiority(tables, low, scale).pvalue[0]
        if abs(better - 0.05) > 1e-9:
            assert (better < 0.05) == (low < lower)


@given(counts)
@settings(max_examples=40)
def test_one_sided_is_half_of_two_sided(cells: tuple[int, ...]) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    two = mcnemar_asymptotic(tables).pvalue[0]
    sides = sorted([one_sided(tables).pvalue[0], one_sided(tables, "advantage").pvalue[0]])
    assert sides[0] == pytest.approx(two / 2)
    assert sum(sides) == pytest.approx(1)
    if cells[1] > cells[2]:
        assert one_sided(tables).pvalue[0] == sides[0]


def test_margins_must_lie_on_their_side() -> None:
    tables = PairedTables.of(10, 5, 5, 10)
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        noninferiority(tables, 1.2)
    with pytest.raises(AnalysisError, match="above 1"):
        equivalence(tables, 0.8, 0.9)


def test_power_equals_the_enumeration(reference: Path) -> None:
    oracle = pd.read_csv(reference / "power.csv")
    assert len(oracle) > 30
    for row in oracle.itertuples():
        if min(row.p10, row.p01) < 0.001:
            continue  # the oracle replaced an impossible probability by 0.0001
        got = power(200, row.majority_rate, row.ratio_min_over_maj, row.phi)
        assert got == pytest.approx(row.power_midp_N200, abs=0.0011), row


def test_power_grows_and_the_approximation_meets_the_enumeration() -> None:
    sizes = [power(n, 0.2, 0.7) for n in (50, 100, 200, 400)]
    assert np.all(np.diff(sizes) > 0)
    assert sizes[2] == pytest.approx(0.60, abs=0.01)
    assert power(3001, 0.1, 0.9) == pytest.approx(power(3000, 0.1, 0.9), abs=0.01)
    with pytest.raises(AnalysisError, match="No market"):
        power(100, 0.9, 1.5)
