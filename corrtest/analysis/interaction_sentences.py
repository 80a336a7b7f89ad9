"""Whether two signals add up, in words: the same sentence in the analysis and in the report."""

from __future__ import annotations

from corrtest.analysis.interactions import Interaction
from corrtest.pages import Catalogue

__all__ = ["interaction_points", "interaction_sentence"]


def interaction_sentence(found: Interaction | None, words: Catalogue) -> str:
    """Return on both scales whether two signals together cost what they cost apart."""
    if found is None:
        return words.text(
            "Whether the two signals add up cannot be shown: one of the four comparisons is hidden or was not made."
        )
    value, lower, upper = found.difference, found.difference_lower, found.difference_upper
    facts = {"points": interaction_points(value, lower, upper, words)}
    if upper < 0:
        sentence = words.text(
            "Both signals together cost more positive reactions than the two apart: {points} percentage points.",
            **facts,
        )
    elif lower > 0:
        sentence = words.text(
            "Both signals together cost fewer positive reactions than the two apart: {points} percentage points.",
            **facts,
        )
    else:
        sentence = words.text(
            "In percentage points it is not settled whether the two signals add up: {points} (0 = they do).", **facts
        )
    return f"{sentence} {_of_ratios(found, words)}"


def _of_ratios(found: Interaction, words: Catalogue) -> str:
    if found.ratio is None or found.ratio_lower is None or found.ratio_upper is None:
        return words.text("As a ratio of ratios it is not defined: a kind of candidate had no positive reaction.")
    interval = words.interval(found.ratio_lower, found.ratio_upper)
    facts = {"ratio": f"{words.number(found.ratio)} ({interval})"}
    if found.ratio_upper < 1:
        return words.text("As a ratio of ratios: {ratio}, so that together they cost more than their product.", **facts)
    if found.ratio_lower > 1:
        return words.text("As a ratio of ratios: {ratio}, so that together they cost less than their product.", **facts)
    return words.text("As a ratio of ratios: {ratio} (1 = they multiply), which settles nothing.", **facts)


def interaction_points(value: float, lower: float | None, upper: float | None, words: Catalogue) -> str:
    """Return a difference of rates with its interval, in percentage points."""
    limits = [None if limit is None else 100 * limit for limit in (lower, upper)]
    return f"{words.number(100 * value, 1)} ({words.interval(limits[0], limits[1], 1)})"
