"""Plain sentences on results, in English and Dutch.

A sentence says what was measured and what the data can and cannot tell apart. It never says that no discrimination
was found: an interval that holds 1 is a limit of the measurement, not a finding about the sector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corrtest.analysis.arms import ArmCounts
from corrtest.analysis.detectable import power, unmatched_power
from corrtest.analysis.notes import FEW_DISCORDANT, FEW_DISCORDANT_MARK, FEW_EMPLOYERS_MARK
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.unmatched.notes import FEW_POSITIVE
from corrtest.errors import AnalysisError

if TYPE_CHECKING:
    from corrtest.analysis.group_result import Estimate, GroupResult
    from corrtest.analysis.results import Results

LANGUAGES = ("en", "nl")
# About the ratio of the Belgian experiments on origin: what a measurement should be able to find.
MARKED_RATIO = 0.7
SLIGHT_RATIO = 0.9
_CRITERIA = {
    "origin": "herkomst",
    "age": "leeftijd",
    "disability": "handicap",
    "gender": "geslacht",
}
_OUTCOMES = {
    "en": {"strict": "invitations", "broad": "all positive reactions", "positive": "positive reactions"},
    "nl": {"strict": "uitnodigingen", "broad": "alle positieve reacties", "positive": "positieve reacties"},
}


def group_sentence(group: GroupResult, language: str = "en") -> str:
    """Return the group's discrimination ratio in words.

    Raises
    ------
    AnalysisError
        The language is not one of "en", "nl".
    """
    english = _is_english(language)
    ratio = group.estimate("discrimination_ratio")
    parts = _result(group, ratio, english)
    if ratio.lower is not None and ratio.upper is not None and ratio.lower <= 1 <= ratio.upper:
        parts.append(_could_have_shown(group, english, (MARKED_RATIO,)))
    return " ".join(part for part in parts if part)


def results_summary(results: Results, language: str = "en") -> str:
    """Return one paragraph a criterion: its result on the primary outcome, and what this measurement could have shown.

    Raises
    ------
    AnalysisError
        The language is not one of "en", "nl".
    """
    english = _is_english(language)
    whole = [group for group in results.groups if group.joint_committee is None and group.level is None]
    groups = [group for group in whole if not group.extra] or list(results.groups)
    outcome = primary_outcome([group.outcome for group in groups])
    lines = []
    if results.simulated:
        lines.append("Simulated reactions, no measurement." if english else "Gesimuleerde reacties, geen echte meting.")
    for group in groups:
        if group.outcome == outcome:
            parts = _result(group, group.estimate("discrimination_ratio"), english)
            parts.append(_could_have_shown(group, english, (MARKED_RATIO, SLIGHT_RATIO)))
            title = _title(group, english)
            lines.append(" ".join([*([f"{title}:"] if title else []), *(part for part in parts if part)]))
    return "\n".join(lines)


def number(value: float, digits: int, english: bool) -> str:
    """Write a number with a decimal point (English) or comma (Dutch)."""
    text = f"{value:.{digits}f}"
    return text if english else text.replace(".", ",")


def _is_english(language: str) -> bool:
    if language not in LANGUAGES:
        raise AnalysisError(f"There are no sentences in '{language}'. Use one of: {', '.join(LANGUAGES)}.")
    return language == "en"


def _title(group: GroupResult, english: bool) -> str:
    if group.criterion is None and group.level is None:
        return ""
    word = str(group.criterion if group.criterion is not None else group.level)
    name = word if english else _CRITERIA.get(word, word)
    outcome = _OUTCOMES["en" if english else "nl"].get(group.outcome, group.outcome)
    said = f"{name[:1].upper()}{name[1:]} ({outcome})"
    return said if group.level is None or group.criterion is None else f"{said}, {group.level}"


def _result(group: GroupResult, ratio: Estimate, english: bool) -> list[str]:
    start = _start(group, english)
    if ratio.value is None or ratio.lower is None or ratio.upper is None:
        return [start, _undefined(group, english)]
    return [start, _ratio(ratio, english), _verdict(ratio, english), _few(group, english)]


def _start(group: GroupResult, english: bool) -> str:
    counts = group.counts
    treated, control = counts.treated_positives, counts.control_positives
    rates = [
        number(100 * positives / max(applications, 1), 1, english)
        for positives, applications in (
            (treated, counts.treated_applications),
            (control, counts.control_applications),
        )
    ]
    if isinstance(counts, ArmCounts):
        n1, n0 = counts.treated_applications, counts.control_applications
        return (
            f"Of {group.pairs} applications, the {n1} of treated candidates got a positive reaction {treated} times "
            f"({rates[0]} %) and the {n0} of control candidates {control} times ({rates[1]} %)."
            if english
            else f"Van {group.pairs} sollicitaties kregen de {n1} van kandidaten met het kenmerk {treated} keer een "
            f"positieve reactie ({rates[0]} %) en de {n0} van controlekandidaten {control} keer ({rates[1]} %)."
        )
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


def _few(group: GroupResult, english: bool) -> str:
    """Say that the interval rests on little, by the same limits as the notes of the estimates."""
    counts = group.counts
    if isinstance(counts, ArmCounts):
        least = min(counts.control_positive, counts.treated_positive)
        if least >= FEW_POSITIVE:
            return ""
        return (
            f"Only {least} positive reactions in one arm: read the interval with care."
            if english
            else f"Slechts {least} positieve reacties in een van de groepen: lees het interval met voorzichtigheid."
        )
    note = group.estimate("discrimination_ratio").note or ""
    # With several pairs an employer the note counts what the discordant pairs are worth, so it decides.
    if counts.discordant < FEW_DISCORDANT or FEW_DISCORDANT_MARK in note:
        return (
            f"The two were treated differently in only {counts.discordant} pairs: read the interval with care."
            if english
            else f"Slechts in {counts.discordant} paren kregen beide een verschillende reactie: lees het interval met "
            "voorzichtigheid."
        )
    if FEW_EMPLOYERS_MARK in note:
        return (
            f"The pairs are of only {group.employers} employers: read the interval with care."
            if english
            else f"De paren zijn van slechts {group.employers} werkgevers: lees het interval met voorzichtigheid."
        )
    return ""


def _could_have_shown(group: GroupResult, english: bool, ratios: tuple[float, ...]) -> str:
    """Say how often a measurement of this size finds these true ratios."""
    counts = group.counts
    rate = counts.control_positives / max(counts.control_applications, 1)
    if not 0 < rate < 1 or not counts.treated_applications:
        return ""
    unpaired = isinstance(counts, ArmCounts)
    times = [
        round(
            10
            * (
                unmatched_power(counts.control_applications, counts.treated_applications, rate, ratio)
                if unpaired
                else power(group.pairs, rate, ratio)
            )
        )
        for ratio in ratios
    ]
    share = number(100 * rate, 0, english)
    found = [f"{number(ratio, 1, english)}" for ratio in ratios]
    if english:
        what = "applications" if unpaired else "pairs"
        tail = " and ".join(
            f"a true ratio of {ratio} in about {n} of 10 cases" for ratio, n in zip(found, times, strict=True)
        )
        return f"With {group.pairs} {what} and a control rate of {share} %, a measurement finds {tail}."
    what = "sollicitaties" if unpaired else "paren"
    tail = " en ".join(
        f"een echte verhouding van {ratio} in ongeveer {n} van de 10 gevallen"
        for ratio, n in zip(found, times, strict=True)
    )
    return f"Met {group.pairs} {what} en een controlepercentage van {share} % vindt een meting {tail}."


def _undefined(group: GroupResult, english: bool) -> str:
    if group.counts.control_positives + group.counts.treated_positives == 0:
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
