"""What is said where data are few, and the forms of intervals that the calibration settled on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.analysis import ESTIMATORS, PairedTables, two_by_two
from corrtest.analysis.designs.paired.notes import estimate_note
from corrtest.analysis.tables import PairedCounts


@given(st.integers(1, 400), st.data())
def test_the_adjusted_interval_holds_wilson_s_and_its_rate(pairs: int, data: st.DataObject) -> None:
    positive = data.draw(st.integers(0, pairs))
    tables = PairedTables.of([positive], 0, 0, [pairs - positive])
    adjusted, plain = (
        ESTIMATORS["positive_rate_control"][name](tables, 0.95) for name in ("wilson_adjusted", "wilson")
    )
    assert 0 <= adjusted.lower[0] <= plain.lower[0] <= positive / pairs <= plain.upper[0] <= adjusted.upper[0] <= 1
    # The adjustment is a fifth of a reaction: as Wilson's limits at counts moved by that much.
    if 0 < positive < pairs:
        z2 = 1.959963984540054**2
        p = adjusted.lower[0]
        assert (positive - 0.2 - pairs * p) ** 2 == pytest.approx(z2 * pairs * p * (1 - p), rel=1e-6)


def test_few_positive_reactions_are_said() -> None:
    group = two_by_two(3, 4, 2, 191)
    note = group.estimate("positive_rate_control").note or ""
    assert "Few positive reactions (7)" in note
    assert "93 to 99 %" in note
    assert two_by_two(9, 12, 8, 171).estimate("positive_rate_control").note is None
    assert "not positive (4)" in (two_by_two(190, 6, 2, 2).estimate("positive_rate_control").note or "")


def test_employers_divide_what_discordant_pairs_are_worth() -> None:
    counts = PairedCounts(both=20, control_only=9, treated_only=6, neither=165)
    say = {"value": 0.9, "upper": 1.3}
    assert estimate_note("discrimination_ratio", "tang", counts, **say) is None
    worth = estimate_note("discrimination_ratio", "tang", counts, **say, employers=40, design_effect=2.0) or ""
    assert "Few discordant pairs (15, worth 8 of different employers)" in worth
    few = estimate_note("discrimination_ratio", "tang", counts, **say, employers=10, design_effect=1.0) or ""
    assert few.startswith("Few employers (10)")
    odds = estimate_note("odds_ratio", "wilson", counts, **say, employers=40, design_effect=1.2) or ""
    assert "93 to 97 %" in odds


def test_a_method_that_is_no_default_claims_no_coverage() -> None:
    group = two_by_two(1, 3, 2, 90)
    notes = {estimate.method: estimate.note or "" for estimate in group.estimates if estimate.name == "rate_difference"}
    assert "held the truth" in notes["tango"]
    assert not any("held the truth" in note for method, note in notes.items() if method != "tango")
    assert np.isfinite(group.estimate("rate_difference").value or np.nan)
