"""Plain sentences on results, in each language that has them.

A sentence says what was measured and what the data can and cannot tell apart. It never says that no discrimination
was found: an interval that holds 1 is a limit of the measurement, not a finding about the sector.
"""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.designs import design_of
from corrtest.analysis.group_result import Estimate, GroupResult
from corrtest.analysis.handling import SENTENCES, handling
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.results import Results
from corrtest.errors import AnalysisError, nearest
from corrtest.language import mark, say
from corrtest.pages import Catalogue, catalogue, languages

# About the ratio of the Belgian experiments on origin: what a measurement should be able to find.
MARKED_RATIO = 0.7
SLIGHT_RATIO = 0.9
# What an interval rests on too little of → how it is said.
_CAUTIONS: Mapping[str, str] = {
    "positives": mark("Only {number} positive reactions in one arm: read the interval with care."),
    "discordant": mark("The two were treated differently in only {number} pairs: read the interval with care."),
    "employers": mark("The pairs are of only {number} employers: read the interval with care."),
}


def group_sentence(group: GroupResult, language: str = "en") -> str:
    """Return the group's discrimination ratio in words.

    Raises
    ------
    AnalysisError
        There are no sentences in that language.
    """
    words = sentence_words(language)
    ratio = group.estimate("discrimination_ratio")
    parts = _result(group, ratio, words)
    if ratio.lower is not None and ratio.upper is not None and ratio.lower <= 1 <= ratio.upper:
        parts.append(_could_have_shown(group, words, (MARKED_RATIO,)))
    return " ".join(part for part in parts if part)


def results_summary(results: Results, language: str = "en") -> str:
    """Return one paragraph a criterion: its result on the primary outcome, and what this measurement could have shown.

    Raises
    ------
    AnalysisError
        There are no sentences in that language.
    """
    words = sentence_words(language)
    whole = [group for group in results.groups if group.joint_committee is None and group.level is None]
    groups = [group for group in whole if not group.extra] or list(results.groups)
    outcome = primary_outcome([group.outcome for group in groups])
    lines = []
    lines.append(words.text(SENTENCES[handling(simulated=results.simulated)]))
    for group in groups:
        if group.outcome == outcome:
            parts = _result(group, group.estimate("discrimination_ratio"), words)
            parts.append(_could_have_shown(group, words, (MARKED_RATIO, SLIGHT_RATIO)))
            said = " ".join(part for part in parts if part)
            title = _title(group, words)
            lines.append(words.text("{name}: {text}", name=title, text=said) if title else said)
    return "\n".join(lines)


def sentence_words(language: str) -> Catalogue:
    """Return the words of a language that has sentences on results."""
    known = languages("sentence")
    if language not in known:
        raise AnalysisError(
            say(
                "There are no sentences in '{language}'. {nearest}", language=language, nearest=nearest(language, known)
            )
        )
    return catalogue(language, "sentence")


def _title(group: GroupResult, words: Catalogue) -> str:
    if group.criterion is None and group.level is None:
        return ""
    kind, key = ("criterion", group.criterion) if group.criterion is not None else ("level", group.level)
    said = f"{words.title(kind, key)} ({words.name('outcome_counted', group.outcome)})"
    return said if group.level is None or group.criterion is None else f"{said}, {words.name('level', group.level)}"


def _result(group: GroupResult, ratio: Estimate, words: Catalogue) -> list[str]:
    start = _start(group, words)
    if ratio.value is None or ratio.lower is None or ratio.upper is None:
        return [start, _undefined(group, words)]
    return [start, _ratio(ratio, words), _verdict(ratio, words), _few(group, words)]


def _start(group: GroupResult, words: Catalogue) -> str:
    counts = group.counts
    treated, control = counts.treated_positives, counts.control_positives
    sent_treated, sent_control = counts.treated_applications, counts.control_applications
    facts = {
        "pairs": group.pairs,
        "treated": treated,
        "control": control,
        "treated_sent": sent_treated,
        "control_sent": sent_control,
    }
    return words.text(
        design_of(counts).seen,
        **{name: words.number(figure, 0) for name, figure in facts.items()},
        treated_share=words.percent(treated / max(sent_treated, 1), 1),
        control_share=words.percent(control / max(sent_control, 1), 1),
    )


def _ratio(ratio: Estimate, words: Catalogue) -> str:
    return words.text(
        "That is {ratio} times as often as the control candidates ({level} confidence interval {lower} to {upper}).",
        ratio=words.number(ratio.value),
        level=words.short(100 * ratio.confidence_level) + words.percent_sign,
        lower=words.number(ratio.lower),
        upper=words.number(ratio.upper),
    )


def _verdict(ratio: Estimate, words: Catalogue) -> str:
    lower, upper = ratio.lower or 0.0, ratio.upper or 0.0
    if upper < 1:
        return words.text("The treated candidates were at a disadvantage, beyond what chance explains.")
    if lower > 1:
        return words.text("The treated candidates were at an advantage, beyond what chance explains.")
    return words.text(
        "This measurement cannot tell a ratio of {lower} from one of {upper}: it settles neither that there is a "
        "difference nor that there is none.",
        lower=words.number(lower),
        upper=words.number(upper),
    )


def _few(group: GroupResult, words: Catalogue) -> str:
    """Say that the interval rests on little, by the same limits as the notes of the estimates."""
    caution = design_of(group.counts).caution(group)
    return "" if caution is None else words.text(_CAUTIONS[caution.of], number=words.number(caution.number, 0))


def _could_have_shown(group: GroupResult, words: Catalogue, ratios: tuple[float, ...]) -> str:
    """Say how often a measurement of this size finds these true ratios."""
    counts = group.counts
    rate = counts.control_positives / max(counts.control_applications, 1)
    if not 0 < rate < 1 or not counts.treated_applications:
        return ""
    design = design_of(counts)
    found = [
        words.text(
            "a true ratio of {ratio} in about {times} of 10 cases",
            ratio=words.number(ratio, 1),
            times=words.number(round(10 * design.power(counts, rate, ratio)), 0),
        )
        for ratio in ratios
    ]
    return words.text(
        design.finds, pairs=words.number(group.pairs, 0), share=words.percent(rate), found=words.several(found)
    )


def _undefined(group: GroupResult, words: Catalogue) -> str:
    if group.counts.control_positives + group.counts.treated_positives == 0:
        return words.text("Without a single positive reaction nothing can be said about a difference.")
    return words.text(
        "The ratio of the two has no complete interval, so these data cannot settle whether there is a difference."
    )
