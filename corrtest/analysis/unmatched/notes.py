"""Say in one sentence why an estimate of two independent arms is missing, or what its few positives mean."""

from __future__ import annotations

from corrtest.analysis.arms import ArmCounts

FEW_POSITIVE = 10


def estimate_note(name: str, counts: ArmCounts) -> str | None:
    """Return the note of an estimate; None where nothing needs saying."""
    empty = _empty_arm(counts)
    rate = name.startswith("positive_rate")
    if empty and (not rate or name.endswith(empty)):
        return f"No application of the {empty} arm: undefined."
    if rate:
        return None
    if name == "discrimination_ratio" and counts.positives == 0:
        return "No positive reaction at all: undefined."
    if name == "discrimination_ratio" and counts.control_positive == 0:
        return "No positive control: unbounded above."
    if min(counts.control_positive, counts.treated_positive) < FEW_POSITIVE:
        return (
            f"Few positive reactions ({counts.control_positive} control, {counts.treated_positive} treated): below "
            f"{FEW_POSITIVE} in an arm the interval is wide, and its level an approximation."
        )
    return None


def test_note(counts: ArmCounts) -> str:
    """Say why the chi-squared test is undefined."""
    empty = _empty_arm(counts)
    if empty:
        return f"No application of the {empty} arm: undefined."
    return "All reactions are of one kind: the statistic is 0/0 and undefined."


def _empty_arm(counts: ArmCounts) -> str:
    if counts.control_applications == 0:
        return "control"
    return "treated" if counts.treated_applications == 0 else ""
