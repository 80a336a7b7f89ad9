"""Plain sentences on results, in English and Dutch.

A sentence says what was measured and what the data can and cannot tell apart. It never says that no discrimination
was found: an interval that holds 1 is a limit of the measurement, not a finding about the sector.
"""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.designs import design_of
from corrtest.analysis.group_result import Estimate, GroupResult
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.results import Results
from corrtest.analysis.rows import number
from corrtest.errors import AnalysisError

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
    sent_treated, sent_control = counts.treated_applications, counts.control_applications
    return (
        design_of(counts)
        .seen["en" if english else "nl"]
        .format(
            rows=group.pairs,
            treated=treated,
            control=control,
            treated_sent=sent_treated,
            control_sent=sent_control,
            treated_share=number(100 * treated / max(sent_treated, 1), 1, english),
            control_share=number(100 * control / max(sent_control, 1), 1, english),
        )
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


_CAUTIONS: Mapping[str, Mapping[str, str]] = {
    "positives": {
        "en": "Only {number} positive reactions in one arm: read the interval with care.",
        "nl": "Slechts {number} positieve reacties in een van de groepen: lees het interval met voorzichtigheid.",
    },
    "discordant": {
        "en": "The two were treated differently in only {number} pairs: read the interval with care.",
        "nl": "Slechts in {number} paren kregen beide een verschillende reactie: lees het interval met "
        "voorzichtigheid.",
    },
    "employers": {
        "en": "The pairs are of only {number} employers: read the interval with care.",
        "nl": "De paren zijn van slechts {number} werkgevers: lees het interval met voorzichtigheid.",
    },
}


def _few(group: GroupResult, english: bool) -> str:
    """Say that the interval rests on little, by the same limits as the notes of the estimates."""
    caution = design_of(group.counts).caution(group)
    if caution is None:
        return ""
    return _CAUTIONS[caution.of]["en" if english else "nl"].format(number=caution.number)


def _could_have_shown(group: GroupResult, english: bool, ratios: tuple[float, ...]) -> str:
    """Say how often a measurement of this size finds these true ratios."""
    counts = group.counts
    rate = counts.control_positives / max(counts.control_applications, 1)
    if not 0 < rate < 1 or not counts.treated_applications:
        return ""
    design = design_of(counts)
    times = [round(10 * design.power(counts, rate, ratio)) for ratio in ratios]
    share = number(100 * rate, 0, english)
    found = [f"{number(ratio, 1, english)}" for ratio in ratios]
    if english:
        what = design.rows["en"]
        tail = " and ".join(
            f"a true ratio of {ratio} in about {n} of 10 cases" for ratio, n in zip(found, times, strict=True)
        )
        return f"With {group.pairs} {what} and a control rate of {share} %, a measurement finds {tail}."
    what = design.rows["nl"]
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
