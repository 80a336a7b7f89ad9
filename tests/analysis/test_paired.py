"""Every statistic of the paired table against two independent R packages, and the identities between them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis.statistics import ESTIMATORS, TESTS, PairedTables
from corrtest.analysis.tables import normal_quantile
from corrtest.errors import AnalysisError

CELLS = ("both", "control_only", "treated_only", "neither")
TOLERANCE = 5e-7
ORACLE_FAMILIES = ("rate_difference", "discrimination_ratio", "odds_ratio")

counts = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda cells: sum(cells) > 0)


@pytest.fixture(scope="module")
def oracle(reference: Path) -> list[dict]:
    return json.loads((reference / "paired_tables.json").read_text(encoding="utf-8"))["tables"]


def tables_of(rows: list[dict]) -> PairedTables:
    return PairedTables.of(*([row[name] for row in rows] for name in CELLS))


def as_number(value: object) -> float:
    if value is None or value == "NaN":
        return math.nan
    return math.inf if value == "Inf" else float(value)  # type: ignore[arg-type]


def is_degenerate(row: dict) -> bool:
    b, c, a = row["control_only"], row["treated_only"], row["both"]
    return b + c == 0 or a + b == 0 or a + c == 0


def same(expected: float, got: float) -> bool:
    return expected == got or (math.isnan(expected) and math.isnan(got)) or abs(expected - got) < TOLERANCE


def test_oracle_is_read(oracle: list[dict]) -> None:
    assert len(oracle) == 24
    assert sum(is_degenerate(row) for row in oracle) == 4


@pytest.mark.parametrize("family", ORACLE_FAMILIES)
def test_intervals_equal_the_oracle(oracle: list[dict], family: str) -> None:
    tables = tables_of(oracle)
    for source in oracle[0][family]:
        method = source.removesuffix("_second_source")
        intervals = ESTIMATORS[family][method](tables, 0.95)
        for place, row in enumerate(oracle):
            if is_degenerate(row):
                continue
            for part, got in zip(("estimate", "lower", "upper"), intervals, strict=True):
                expected = as_number(row[family][source][part])
                if family == "odds_ratio" and method == "wald" and 0 in (row["control_only"], row["treated_only"]):
                    # log(0) ± ∞: the source prints half of an interval; none is shown here.
                    assert part == "estimate" or math.isnan(got[place])
                    continue
                assert same(expected, got[place]), (row, source, part, expected, got[place])


@pytest.mark.parametrize("name", sorted(TESTS))
def test_pvalues_equal_the_oracle(oracle: list[dict], name: str) -> None:
    pvalues = TESTS[name](tables_of(oracle)).pvalue
    for place, row in enumerate(oracle):
        if row["control_only"] + row["treated_only"] > 0:
            assert same(as_number(row["tests"][name]["pvalue"]), pvalues[place]), row


def test_degenerate_tables_still_have_their_score_limits(oracle: list[dict]) -> None:
    """The limits of Tango, Tang and the corrected score are right in the source even without discordant pairs."""
    rows = [row for row in oracle if is_degenerate(row) and row["both"] > 0]
    assert rows
    tables = tables_of(rows)
    for family, method in (
        ("rate_difference", "tango"),
        ("rate_difference", "score_skewness_corrected"),
        ("discrimination_ratio", "tang"),
        ("discrimination_ratio", "score_skewness_corrected"),
    ):
        _, lower, upper = ESTIMATORS[family][method](tables, 0.95)
        for place, row in enumerate(rows):
            assert same(as_number(row[family][method]["lower"]), lower[place])
            assert same(as_number(row[family][method]["upper"]), upper[place])


def test_no_discordant_pair() -> None:
    tables = PairedTables.of([10, 0, 200], [0, 0, 0], [0, 0, 0], [190, 200, 0])
    assert TESTS["mcnemar_midp"](tables).pvalue.tolist() == [1.0, 1.0, 1.0]
    assert TESTS["mcnemar_exact"](tables).pvalue.tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(TESTS["mcnemar_asymptotic"](tables).pvalue).all()
    assert np.isnan(TESTS["mcnemar_corrected"](tables).pvalue).all()
    assert np.isnan(ESTIMATORS["odds_ratio"]["wilson"](tables, 0.95).lower).all()
    assert np.isnan(ESTIMATORS["rate_difference"]["wald"](tables, 0.95).lower).all()
    assert np.isnan(ESTIMATORS["discrimination_ratio"]["wald_log"](tables, 0.95).lower).all()


def test_no_positive_reaction_leaves_the_ratio_undefined() -> None:
    tables = PairedTables.of([0], [0], [0], [200])
    for method in ESTIMATORS["discrimination_ratio"].values():
        assert all(np.isnan(part).all() for part in method(tables, 0.95))
    assert all(np.isnan(part).all() for part in ESTIMATORS["net_discrimination_rate"]["tango"](tables, 0.95))


@settings(max_examples=30)
@given(counts)
def test_no_interval_has_zero_width_and_each_holds_its_value(cells: tuple[int, ...]) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    for name, methods in ESTIMATORS.items():
        for method, estimator in methods.items():
            value, lower, upper = (part[0] for part in estimator(tables, 0.95))
            if math.isnan(lower) or math.isnan(upper):
                continue
            assert lower < upper, (name, method, cells)
            # Agresti-Min and Bonett-Price are centred on shrunken rates and may leave the observed one at an end.
            if method not in ("agresti_min", "bonett_price"):
                assert lower - 1e-12 <= value <= upper * (1 + 1e-12) + 1e-12, (name, method, cells, lower, value, upper)


@settings(max_examples=30)
@given(counts)
def test_swapping_the_arms_turns_signs_and_inverts_ratios(cells: tuple[int, ...]) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    swapped = tables.swapped()
    for name, methods in ESTIMATORS.items():
        if name.startswith("positive_rate"):
            continue
        for method, estimator in methods.items():
            value, lower, upper = (part[0] for part in estimator(tables, 0.95))
            mirrored = tuple(part[0] for part in estimator(swapped, 0.95))
            with np.errstate(divide="ignore"):
                turned = (
                    tuple(float(np.divide(1.0, part)) for part in (value, upper, lower))
                    if name.endswith("ratio")
                    else (-value, -upper, -lower)
                )
            for expected, got in zip(turned, mirrored, strict=True):
                assert expected == got or np.isclose(expected, got, rtol=1e-7, atol=1e-9, equal_nan=True), (
                    name,
                    method,
                    cells,
                )
    for name, test in TESTS.items():
        assert np.allclose(test(tables).pvalue, test(swapped).pvalue, equal_nan=True), name


@settings(max_examples=30)
@given(counts.filter(lambda cells: cells[1] + cells[2] > 0), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_reject_exactly_where_their_test_does(cells: tuple[int, ...], level: float) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    families = {
        "mcnemar_asymptotic": [
            ("rate_difference", "tango", 0),
            ("discrimination_ratio", "tang", 1),
            ("odds_ratio", "wilson", 1),
            ("net_discrimination_rate", "tango", 0),
        ],
        "mcnemar_exact": [("odds_ratio", "clopper_pearson", 1)],
        "mcnemar_midp": [("odds_ratio", "midp", 1)],
    }
    for test, intervals in families.items():
        pvalue = float(TESTS[test](tables).pvalue[0])
        if abs(pvalue - (1 - level)) < 1e-9:
            continue
        for name, method, null in intervals:
            _, lower, upper = (float(part[0]) for part in ESTIMATORS[name][method](tables, level))
            assert (pvalue < 1 - level) == (not lower <= null <= upper), (test, name, cells, pvalue, lower, upper)


@settings(max_examples=30)
@given(counts)
def test_a_higher_level_gives_a_wider_interval(cells: tuple[int, ...]) -> None:
    tables = PairedTables.of(*([cell] for cell in cells))
    for methods in ESTIMATORS.values():
        for estimator in methods.values():
            narrow, wide = estimator(tables, 0.8), estimator(tables, 0.99)
            if not np.isnan(narrow.lower[0]):
                assert wide.lower[0] <= narrow.lower[0] + 1e-12
                assert wide.upper[0] >= narrow.upper[0] - 1e-12


def test_arrays_give_what_single_tables_give() -> None:
    rows = [(40, 25, 10, 125), (0, 3, 1, 196), (100, 0, 20, 80)]
    together = PairedTables.of(*np.array(rows).T)
    for methods in ESTIMATORS.values():
        for estimator in methods.values():
            many = estimator(together, 0.95)
            for place, row in enumerate(rows):
                one = estimator(PairedTables.of(*([cell] for cell in row)), 0.95)
                for all_of_them, alone in zip(many, one, strict=True):
                    assert all_of_them[place] == alone[0] or np.isnan(alone[0])


@pytest.mark.parametrize(
    ("cells", "message"),
    [((1, -1, 0, 2), "control_only"), ((1, 2, math.nan, 2), "treated_only"), ((0,) * 4, "without a")],
)
def test_impossible_counts_are_refused(cells: tuple[float, ...], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        PairedTables.of(*cells)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(AnalysisError, match="confidence level"):
        normal_quantile(level)
