"""One plain sentence per result, in English and Dutch.

A sentence says what was measured and what the data can and cannot tell apart. It never says that no discrimination
was found: an interval that holds 1 is a limit of the measurement, not a finding about the sector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corrtest.analysis.detectable import power
from corrtest.errors import AnalysisError

if TYPE_CHECKING:
    from corrtest.analysis.results import Estimate, GroupResult

LANGUAGES = ("en", "nl")
# About the ratio of the Belgian experiments on origin: what a measurement should be able to find.
MARKED_RATIO = 0.7


def group_sentence(group: GroupResult, language: str = "en") -> str:
    """Return the group's discrimination ratio in words.

    Raises
    ------
    AnalysisError
        The language is not one of "en", "nl".
    """
    if language not in LANGUAGES:
        raise AnalysisError(f"There are no sentences in '{language}'. Use one of: {', '.join(LANGUAGES)}.")
    ratio = group.estimate("discrimination_ratio")
    english = language == "en"
    start = _start(group, english)
    if ratio.value is None or ratio.lower is None or ratio.upper is None:
        return f"{start} {_undefined(group, english)}"
    parts = [start, _ratio(ratio, english), _verdict(ratio, english), _could_have_shown(group, ratio, english)]
    return " ".join(part for part in parts if part)


def number(value: float, digits: int, english: bool) -> str:
    """Write a number with a decimal point (English) or comma (Dutch)."""
    text = f"{value:.{digits}f}"
    return text if english else text.replace(".", ",")


def _start(group: GroupResult, english: bool) -> str:
    treated = group.counts.both + group.counts.treated_only
    control = group.counts.both + group.counts.control_only
    rates = [number(100 * value / group.pairs, 1, english) for value in (treated, control)]
    if english:
        return (
            f"In {group.pairs} pairs the treated candidates got a positive reaction {treated} times ({rates[0]} %) and "
            f"the control candidates {control} times ({rates[1]} %)."
        )
    return (
        f"In {group.pairs} paren kregen de kandidaten met het kenmerk {treated} keer een positieve reactie "
        f"({rates[0]} %) en de controlekandidaten {control} keer ({rates[1]} %)."
    )


def _ratio(ratio: Estimate, english: bool) -> str:
    value, lower, upper = (number(part or 0.0, 2, english) for part in (ratio.value, ratio.lower, ratio.upper))
    level = f"{100 * ratio.confidence_level:g}"
    if english:
        return (
            f"That is {value} times as often as the control candidates "
            f"({level} % confidence interval {lower} to {upper})."
        )
    return (
        f"Dat is {value} keer zo vaak als de controlekandidaten "
        f"({level} %-betrouwbaarheidsinterval {lower} tot {upper})."
    )


def _verdict(ratio: Estimate, english: bool) -> str:
    lower, upper = ratio.lower or 0.0, ratio.upper or 0.0
    if upper < 1:
        return (
            "The treated candidates were at a disadvantage, beyond what chance explains."
            if english
            else "De kandidaten met het kenmerk waren in het nadeel, meer dan het toeval verklaart."
        )
    if lower > 1:
        return (
            "The treated candidates were at an advantage, beyond what chance explains."
            if english
            else "De kandidaten met het kenmerk waren in het voordeel, meer dan het toeval verklaart."
        )
    low, high = (number(part, 2, english) for part in (lower, upper))
    return (
        f"This measurement cannot tell a ratio of {low} from one of {high}: it settles neither that there is a "
        "difference nor that there is none."
        if english
        else f"Deze meting kan een verhouding van {low} niet onderscheiden van een van {high}: ze toont niet aan "
        "dat er een verschil is, en evenmin dat er geen is."
    )


def _could_have_shown(group: GroupResult, ratio: Estimate, english: bool) -> str:
    """Say how often a measurement of this size finds a marked ratio; only where this one settled nothing."""
    if not (ratio.lower or 0.0) <= 1 <= (ratio.upper or 0.0):
        return ""
    rate = (group.counts.both + group.counts.control_only) / group.pairs
    if not 0 < rate < 1:
        return ""
    times = round(10 * power(group.pairs, rate, MARKED_RATIO))
    share, marked = number(100 * rate, 0, english), number(MARKED_RATIO, 1, english)
    return (
        f"With {group.pairs} pairs and a control rate of {share} %, a measurement finds a true ratio of {marked} "
        f"in about {times} of 10 cases."
        if english
        else f"Met {group.pairs} paren en een controlepercentage van {share} % vindt een meting een echte verhouding "
        f"van {marked} in ongeveer {times} van de 10 gevallen."
    )


def _undefined(group: GroupResult, english: bool) -> str:
    if group.counts.any_positive == 0:
        return (
            "Without a single positive reaction nothing can be said about a difference."
            if english
            else "Zonder één positieve reactie valt er over een verschil niets te zeggen."
        )
    return (
        "The ratio of the two has no complete interval, so these data cannot settle whether there is a difference."
        if english
        else "De verhouding heeft geen volledig interval; deze gegevens kunnen niet uitmaken of er een verschil is."
    )
