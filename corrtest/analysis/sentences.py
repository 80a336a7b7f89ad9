"""Plain sentences on results, in each language that has them: the analysis' own, and those of a report.

A sentence says what was measured and what the data can and cannot tell apart. Its verdict is that of `verdicts`, so
that it never contradicts the interval, the test and the adjusted p-value beside it. It never says that no
discrimination was found: what is not settled is a limit of the measurement, not a finding about the sector.
"""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.designs import design_of
from corrtest.analysis.families import adjusted_pvalue
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.handling import SENTENCES, handling
from corrtest.analysis.interaction_sentences import interaction_sentence
from corrtest.analysis.interactions import combined_interactions
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.results import Results
from corrtest.analysis.tables import Counts
from corrtest.analysis.verdicts import Verdict, verdict_of
from corrtest.errors import AnalysisError, nearest
from corrtest.language import mark, say
from corrtest.pages import Catalogue, catalogue, languages

# About the ratio of the Belgian experiments on origin: what a measurement should be able to find.
MARKED_RATIO = 0.7
SLIGHT_RATIO = 0.9
# Smaller p-values are written as smaller than this.
LEAST_WRITTEN = 0.001
# What an interval rests on too little of → how it is said.
_CAUTIONS: Mapping[str, str] = {
    "positives": mark("Only {reactions} in one arm: read the interval with care."),
    "discordant": mark("The two were treated differently in only {pairs}: read the interval with care."),
}


# (kind, reason) of a verdict → how it is said.
VERDICTS: Mapping[tuple[str, str | None], str] = {
    ("disadvantage", None): mark(
        "The interval lies wholly below 1 and the test rejects equal treatment ({tested}): chance alone is an unlikely "
        "explanation of this disadvantage."
    ),
    ("advantage", None): mark(
        "The interval lies wholly above 1 and the test rejects equal treatment ({tested}): chance alone is an unlikely "
        "explanation of this advantage."
    ),
    ("not_settled", "interval"): mark(
        "Not settled: the interval includes 1 ({tested}), so the difference may be chance; but {possible} cannot be "
        "ruled out either. This is not evidence of equal treatment."
    ),
    ("not_settled", "interval_alone"): mark(
        "Not settled: the interval includes 1, although the test rejects equal treatment ({tested}); with so few data "
        "the two need not agree. This is not evidence of equal treatment."
    ),
    ("not_settled", "test"): mark(
        "Not settled: the interval leaves out 1, but the test does not reject equal treatment ({tested}); with so few "
        "data the two need not agree. This is not evidence of equal treatment."
    ),
    ("not_settled", "adjustment"): mark(
        "Not settled: by itself the result would stand out, but not among all results that are tested together "
        "({tested}). This is not evidence of equal treatment."
    ),
    ("undefined", None): mark("With these counts no ratio can be computed, so this result says nothing either way."),
}


def group_sentence(group: GroupResult, language: str = "en", *, pvalue_adjusted: float | None = None) -> str:
    """Return the group's discrimination ratio in words; `pvalue_adjusted` over its family, where it is in one.

    Raises
    ------
    AnalysisError
        There are no sentences in that language.
    """
    words = sentence_words(language)
    reached = verdict_of(group, pvalue_adjusted=pvalue_adjusted)
    parts = [finding_sentence(group.counts, reached, words), _few(group, words)]
    if reached.kind == "not_settled":
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
    outcome = primary_outcome([group.outcome for group in groups], results.study)
    lines = []
    lines.append(words.text(SENTENCES[handling(simulated=results.simulated)]))
    for group in groups:
        if group.outcome == outcome and not design_of(group.counts).decisive:
            said = _share_sentence(group, words)
            title = words.title("criterion", group.criterion) if group.criterion else ""
            lines.append(words.text("{name}: {text}", name=title, text=said) if title else said)
        elif group.outcome == outcome:
            reached = verdict_of(group, pvalue_adjusted=adjusted_pvalue(results.multiplicity, group))
            parts = [finding_sentence(group.counts, reached, words), _few(group, words)]
            parts.append(_could_have_shown(group, words, (MARKED_RATIO, SLIGHT_RATIO)))
            said = " ".join(part for part in parts if part)
            title = _title(group, words)
            lines.append(words.text("{name}: {text}", name=title, text=said) if title else said)
    for each in combined_interactions(results.groups, results.study):
        if each.outcome == outcome:
            crossed = [each.combination.first.criterion, each.combination.second.criterion]
            title = words.several([words.name("criterion", name) for name in crossed])
            title = title[:1].upper() + title[1:]
            lines.append(words.text("{name}: {text}", name=title, text=interaction_sentence(each.interaction, words)))
    return "\n".join(lines)


def _share_sentence(group: GroupResult, words: Catalogue) -> str:
    """Return the share of a group without a comparison, with its interval."""
    found = group.estimates[0]
    return words.text(
        "{counted} of {rows} answers are positive: {share}, interval {lower} to {upper}. There is nothing to compare.",
        counted=words.number(group.counts.any_positive, 0),
        rows=words.number(group.counts.rows, 0),
        share=words.percent(found.value, 1),
        lower=words.percent(found.lower, 1),
        upper=words.percent(found.upper, 1),
    )


def finding_sentence(counts: Counts, reached: Verdict, words: Catalogue) -> str:
    """Return what was seen, the ratio with its interval, and the verdict with its test: the sentences of one result."""
    parts = [_seen(counts, words), _ratio(reached, words), verdict_sentence(reached, words)]
    return " ".join(part for part in parts if part)


def verdict_sentence(reached: Verdict, words: Catalogue) -> str:
    """Return the verdict in words, with the p-value of its test."""
    message = VERDICTS[reached.kind, reached.reason]
    if reached.kind == "undefined":
        return words.text(message)
    facts = {"tested": written_pvalue(reached.pvalue, reached.pvalue_adjusted, reached.level, words)}
    if "{possible}" in message:
        facts["possible"] = _possible(reached, words)
    return words.text(message, **facts)


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


def _seen(counts: Counts, words: Catalogue) -> str:
    treated, control = counts.treated_positives, counts.control_positives
    sent_treated, sent_control = counts.treated_applications, counts.control_applications
    return words.text(
        design_of(counts).seen,
        pairs=_pairs(counts.rows, words),
        treated=_reactions(treated, words),
        control=words.number(control, 0),
        treated_sent=_applications(sent_treated, words),
        control_sent=words.number(sent_control, 0),
        treated_share=words.percent(treated / max(sent_treated, 1), 1),
        control_share=words.percent(control / max(sent_control, 1), 1),
    )


def _pairs(number: int, words: Catalogue) -> str:
    return words.text_n("{count} pair", "{count} pairs", number)


def _applications(number: int, words: Catalogue) -> str:
    return words.text_n("{count} application", "{count} applications", number)


def _reactions(number: int, words: Catalogue) -> str:
    return words.text_n("{count} positive reaction", "{count} positive reactions", number)


def _ratio(reached: Verdict, words: Catalogue) -> str:
    if reached.kind == "undefined":
        return ""
    facts = {
        "level": words.short(100 * reached.confidence_level) + words.percent_sign,
        "interval": words.interval(reached.lower, reached.upper),
    }
    if reached.ratio is None:
        return words.text("The ratio has no upper limit ({level} interval {interval}).", **facts)
    facts["ratio"] = words.number(reached.ratio)
    change = words.percent(abs(1 - reached.ratio))
    if change == words.percent(0):
        return words.text("That is about equally often: a ratio of {ratio} ({level} interval {interval}).", **facts)
    if reached.ratio < 1:
        return words.text(
            "That is {change} fewer positive reactions: a ratio of {ratio} ({level} interval {interval}).",
            change=change,
            **facts,
        )
    return words.text(
        "That is {change} more positive reactions: a ratio of {ratio} ({level} interval {interval}).",
        change=change,
        **facts,
    )


def _possible(reached: Verdict, words: Catalogue) -> str:
    """Say the largest disadvantage that the interval leaves open."""
    if not reached.lower:
        return words.text("a large disadvantage")
    return words.text("a disadvantage of up to {most}", most=words.percent(1 - reached.lower))


def written_pvalue(pvalue: float | None, adjusted: float | None, level: float, words: Catalogue) -> str:
    """Write a p-value and, where the result is in a family, the adjusted one."""
    plain = probability(pvalue, level, words)
    if adjusted is None or adjusted == pvalue:
        return plain
    return words.text("{plain}, adjusted {adjusted}", plain=plain, adjusted=probability(adjusted, level, words))


def probability(pvalue: float | None, level: float, words: Catalogue) -> str:
    """Write a p-value, never as 0, and never so rounded that it seems to lie on the other side of its level."""
    if pvalue is None:
        return "p = –"
    if pvalue < LEAST_WRITTEN:
        return f"p < {words.number(LEAST_WRITTEN, 3)}"
    decimals = 3
    while decimals < 9 and pvalue > level * (1 + 1e-9) and round(pvalue, decimals) <= level:
        decimals += 1
    return f"p = {words.number(pvalue, decimals)}"


def _few(group: GroupResult, words: Catalogue) -> str:
    """Say that the interval rests on little, by the same limits as the notes of the estimates."""
    caution = design_of(group.counts).caution(group)
    if caution is None:
        return ""
    return words.text(
        _CAUTIONS[caution.of], reactions=_reactions(caution.number, words), pairs=_pairs(caution.number, words)
    )


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
    rows = _pairs(group.pairs, words) if design.matched else _applications(group.pairs, words)
    return words.text(
        "With {rows} and a control rate of {share}, a measurement finds {found}.",
        rows=rows,
        share=words.percent(rate),
        found=words.several(found),
    )
