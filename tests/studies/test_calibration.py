"""The calibration's market has the truth that it claims, and its numbers do not depend on where it runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import PairedTables
from corrtest.errors import CorrtestError
from corrtest.lab import run_cells
from measures import PARTS, Cell, measure, standard_grid
from measures.exact import measure_exactly, weighted_tables
from measures.power import compared, delivered, power_grid
from measures.publishing import PublishingCell, measure_publishing
from measures.strata import draw_strata
from measures.variances import VarianceCell, measure_variance
from measures.weighting import WeightedCell

UNEVEN = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5, sizes=(1, 1, 1, 1, 1, 5), likeness=0.2)
PLAIN = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5)
CLUSTERED = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5, sizes=(4,), likeness=0.2)


@pytest.mark.parametrize("cell", [PLAIN, CLUSTERED])
def test_draws_have_the_market_s_rates_and_likeness(cell: Cell) -> None:
    drawn = cell.draw(20_000, np.random.default_rng(1))
    shares = drawn.sum(axis=(0, 1)) / drawn.sum()
    assert shares == pytest.approx(cell.probabilities, abs=0.002)
    control = drawn[:, :, 0] + drawn[:, :, 1]
    rate, (size,) = cell.control_rate, cell.sizes
    expected = size * rate * (1 - rate) * (1 + (size - 1) * cell.likeness)
    assert control.var() == pytest.approx(expected, rel=0.02)


def test_truth() -> None:
    both, control_only, treated_only, _ = PLAIN.probabilities
    truth = PLAIN.truth()
    assert truth["discrimination_ratio"] == pytest.approx((both + treated_only) / (both + control_only))
    phi = (both - 0.3 * 0.21) / np.sqrt(0.3 * 0.7 * 0.21 * 0.79)
    assert phi == pytest.approx(0.5)


def test_impossible_markets_are_refused() -> None:
    with pytest.raises(CorrtestError, match="association is too strong"):
        Cell(pairs=100, control_rate=0.3, ratio=0.1, association=0.9)
    with pytest.raises(CorrtestError, match="multiple"):
        Cell(pairs=101, control_rate=0.3, ratio=0.7, association=0.5, sizes=(2,))
    assert len({cell.name for cell in standard_grid()}) == len(standard_grid()) == 600


def test_measures() -> None:
    rows = pd.DataFrame(measure(PLAIN, experiments=2000)).set_index(["name", "method"])["value"]
    assert 0.93 < rows[("discrimination_ratio", "tang")] < 0.97
    assert rows[("mcnemar_exact", "mcnemar_exact")] < rows[("mcnemar_midp", "mcnemar_midp")]
    clustered = pd.DataFrame(measure(CLUSTERED, experiments=2000)).set_index(["name", "method"])["value"]
    assert clustered[("rate_difference", "tango (clusters ignored)")] < 0.93
    assert 0.93 < clustered[("rate_difference", "cluster_robust")] < 0.975


def test_uneven_employers() -> None:
    drawn = UNEVEN.draw(4000, np.random.default_rng(1))
    assert drawn.shape == (4000, UNEVEN.employers, 4)
    assert drawn.sum(axis=2)[0].tolist() == [1, 1, 1, 1, 1, 5] * 10
    assert drawn.sum(axis=(0, 1)) / drawn.sum() == pytest.approx(UNEVEN.probabilities, abs=0.005)
    assert UNEVEN.effective_discordant == pytest.approx(UNEVEN.expected_discordant / 1.4)


def test_enumeration_is_what_simulation_tends_to() -> None:
    tables, probability = weighted_tables(PLAIN)
    means = [float(probability @ cells) for cells in (tables.both, tables.control_only, tables.treated_only)]
    assert means == pytest.approx(list(100 * PLAIN.probabilities[:3]), rel=1e-6)
    exact = pd.DataFrame(measure_exactly(PLAIN)).set_index(["kind", "name", "method"])["value"]
    drawn = pd.DataFrame(measure(PLAIN, experiments=10_000)).set_index(["kind", "name", "method"])["value"]
    shared = exact.index.intersection(drawn.index)
    assert len(shared) == len(exact) == 13
    assert np.abs(exact[shared] - drawn[shared]).max() < 4.5 * np.sqrt(0.25 / 10_000)


def test_a_weighted_sample_has_the_sector_s_truth() -> None:
    cell = WeightedCell(pairs=200, strong_share=0.8, own_spread=0.0)
    weights = [weight * market.pairs for market, weight in cell.markets()]
    assert weights == pytest.approx([100, 100])
    assert cell.truth()["positive_rate_control"] == pytest.approx((0.35 + 0.15) / 2)
    assert cell.truth()["discrimination_ratio"] == pytest.approx((0.35 * 0.6 + 0.15 * 0.9) / 0.5)


def test_strata_have_their_ratios() -> None:
    truth = np.log(np.tile([0.5, 1.0, 1.4], (20_000, 1)))
    tables: PairedTables = draw_strata(truth, np.random.default_rng(1))
    ratios = tables.treated_positives.sum(axis=0) / tables.control_positives.sum(axis=0)
    assert ratios == pytest.approx([0.5, 1.0, 1.4], rel=0.01)


def test_neumark_recovers_a_level_that_the_plain_probit_misses() -> None:
    cell = VarianceCell(applications=6000, level=0.0, sd_ratio=0.75)
    rows = pd.DataFrame(measure_variance(cell, experiments=15)).set_index(["name", "method"])
    mean = rows.loc["discrimination in level, mean estimate"]
    assert mean.loc["probit", "value"] < -0.15
    assert (
        abs(mean.loc["heteroskedastic probit", "value"]) < 4 * mean.loc["heteroskedastic probit", "monte_carlo_error"]
    )


SLOW_PARTS = ("crossed", "power", "publishing")


@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=[pytest.mark.slow] if part in SLOW_PARTS else []) for part in sorted(PARTS)]
)
def test_every_part_measures(part: str, tmp_path: Path) -> None:
    chosen = PARTS[part]
    grid = sorted(chosen.grid(), key=_work)[:2]
    assert len({cell.name for cell in chosen.grid()}) == len(chosen.grid())
    table = run_cells(grid, chosen.measure, tmp_path, experiments=5, workers=1)
    assert {"kind", "name", "method", "value", "monte_carlo_error", "experiments"} <= set(table.columns)
    assert table["value"].dropna().between(-10, 10).all()
    again = run_cells(grid, chosen.measure, tmp_path / "again", experiments=5, workers=1)
    pd.testing.assert_frame_equal(table, again)


def _work(cell: object) -> float:
    size = getattr(cell, "pairs", None) or getattr(cell, "applications", None) or getattr(cell, "strata", None)
    return float(size or 0)


MEASURED = [
    "kind",
    "name",
    "method",
    "value",
    "monte_carlo_error",
    "missed_above",
    "missed_below",
    "median_width",
    "undefined",
]
COMMITTED = Path(__file__).resolve().parents[2] / "analysis" / "calibration"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_the_committed_table_has_every_cell(part: str) -> None:
    table = pd.read_csv(COMMITTED / part / "results" / "calibration.csv", keep_default_na=False)
    assert len(table) >= len(PARTS[part].grid()) * 2
    for name in ("plan.md", "README.md", "results/summary.csv", "results/coverage.png"):
        assert (COMMITTED / part / name).is_file()


@pytest.mark.parametrize(
    ("part", "place"), [("grid", 0), ("grid", 2), ("exact", 0), ("equivalence", 0), ("monitoring", 0), ("unmatched", 0)]
)
def test_the_committed_figures_are_what_the_code_gives(part: str, place: int) -> None:
    chosen = PARTS[part]
    cell = chosen.grid()[place]
    now = pd.DataFrame(chosen.measure(cell, experiments=chosen.experiments, seed=2026))
    committed = pd.read_csv(COMMITTED / part / "results" / "calibration.csv")
    here = np.logical_and.reduce(
        [committed[name].astype(str) == str(now[name].iloc[0]) for name in committed.columns[: -len(MEASURED)]]
    )
    rows = committed[here].reset_index(drop=True)
    assert rows["method"].tolist() == now["method"].tolist()
    np.testing.assert_allclose(rows["value"].astype(float), now["value"].astype(float).round(4), atol=1e-9)


def test_defaults_cover_what_is_promised() -> None:
    table = pd.read_csv(COMMITTED / "exact" / "results" / "calibration.csv")
    table = table[table["kind"] == "interval"]
    enough = table[table["expected_discordant"] >= 10]
    promised = {
        "rate_difference": "tango",
        "discrimination_ratio": "tang",
        "net_discrimination_rate": "tango",
        "net_discrimination_rate_all_pairs": "tango",
        "odds_ratio": "wilson",
    }
    for name, method in promised.items():
        coverage = enough[(enough["name"] == name) & (enough["method"] == method)]["value"]
        assert len(coverage) == 89
        assert coverage.between(0.94, 0.97).all(), name
    for name, factor in (("positive_rate_control", 1.0), ("positive_rate_treated", table["ratio"])):
        expected = table["pairs"] * table["control_rate"] * factor
        chosen = table[(table["name"] == name) & (table["method"] == "wilson_adjusted") & (expected >= 15)]
        assert len(chosen) > 50
        assert chosen["value"].between(0.94, 0.97).all(), name


def test_clustered_defaults_cover_what_is_promised() -> None:
    table = pd.read_csv(COMMITTED / "grid" / "results" / "calibration.csv")
    chosen = table[
        (table["method"] == "cluster_robust") & (table["employers"] >= 15) & (table["effective_discordant"] >= 10)
    ]
    for name, rows in chosen.groupby("name"):
        assert len(rows) == 288
        low, high = (0.928, 0.974) if name == "odds_ratio" else (0.94, 0.97)
        # Within one Monte-Carlo error.
        assert rows["value"].between(low - 0.0025, high + 0.0025).all(), name


@pytest.mark.slow
@pytest.mark.parametrize("cell", [cell for cell in PARTS["publishing"].grid() if cell.committees == 7])
def test_what_leaves_the_gate_in_forty_studies_of_seven_committees(cell: PublishingCell) -> None:
    rows = pd.DataFrame(measure_publishing(cell, experiments=40))
    _counts_leave_as_promised(rows)


@pytest.mark.parametrize("protection", ["coalition", "all_but_one"])
def test_what_leaves_the_gate_is_what_is_promised(protection: str) -> None:
    table = pd.read_csv(COMMITTED / "publishing" / "results" / "calibration.csv")
    chosen = table[table["protection"] == protection]
    assert chosen.groupby(["committees", "pairs_a_committee"]).ngroups == 4
    assert (chosen["experiments"] == 500).all()
    spread = chosen[(chosen["kind"] == "deviation") & chosen["method"].str.startswith("total")]
    assert (spread["value"] <= 2.5).all()
    for _, rows in chosen.groupby(["committees", "pairs_a_committee"]):
        _counts_leave_as_promised(rows)


def _counts_leave_as_promised(rows: pd.DataFrame) -> None:
    shares = rows[rows["kind"] == "share"].set_index(["name", "method"])["value"]
    assert shares["counts add up", "all"] == 1
    assert shares["strict at most broad", "all"] == 1
    covered = rows[rows["kind"] == "interval"]
    assert (covered["value"] + 2 * covered["monte_carlo_error"] >= 0.94).all()
    if (rows["protection"] == "coalition").all():
        assert shares["published counts are the true ones", "all"] == 1
        assert (shares["verdicts agree"] == 1).all()
        return
    spread = rows[(rows["kind"] == "deviation") & rows["method"].str.startswith("total")]
    assert len(spread) == 8
    assert (spread["value"] - 3 * spread["monte_carlo_error"] <= 2.5).all()
    said = rows[rows["kind"] == "mean"].set_index(["name", "method"])["value"]
    for name, method, value, error in spread[["name", "method", "value", "monte_carlo_error"]].itertuples(index=False):
        promised = said[f"{name}, as said", method]
        assert promised <= 2.5
        assert abs(value - promised) <= 3 * error + 0.1 * promised


@pytest.mark.slow
@pytest.mark.parametrize("name", ["construction", "two_pairs_an_employer"])
def test_the_power_that_is_promised_is_delivered(name: str) -> None:
    """From plan to report, at a tenth of the size; other studies than those of the committed table."""
    cell = next(cell for cell in power_grid() if cell.name == name)
    rows = compared(cell, delivered(cell, range(1_000, 1_050)))
    assert {row["experiments"] for row in rows} == {50}
    assert all(abs(row["z"]) < 4 for row in rows), rows
    assert all(0.3 < row["promised"] < 0.99 for row in rows)


def test_the_power_of_the_committed_table_is_delivered() -> None:
    table = pd.read_csv(COMMITTED / "power" / "results" / "calibration.csv")
    assert set(table["design"]) == {cell.name for cell in power_grid()}
    assert (table["experiments"] >= 500).all()
    assert (table["z"].abs() <= 3).all()
