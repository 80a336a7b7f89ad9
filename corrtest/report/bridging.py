"""Results of 2021-24 beside those of a study: each contrast refused, or labelled with what was measured otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corrtest.analysis import LABELS, Bridge, Difference, EarlierResult, bridge_results, written_pvalue
from corrtest.disclosure import ReleaseSet
from corrtest.language import mark
from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Heading,
    Paragraph,
    Table,
    catalogue,
    write_documents,
)
from corrtest.report.contrasts import released_results
from corrtest.report.overrides import override_notes
from corrtest.report.view import View
from corrtest.spec import fact_label, written_label

_VERDICTS = {
    "better": mark("Now ÷ then is {change} (interval {interval}; {tested}): the disadvantage is smaller than it was."),
    "worse": mark("Now ÷ then is {change} (interval {interval}; {tested}): the disadvantage is larger than it was."),
    "adjustment": mark(
        "Now ÷ then is {change} (interval {interval}; {tested}): it would stand out by itself, but not among all "
        "contrasts together."
    ),
    "unsettled": mark(
        "Now ÷ then is {change} (interval {interval}; {tested}): whether anything changed is not settled."
    ),
}
_KINDS = {
    "sector": "sector",
    "criterion": "criterion",
    "instrument": "instrument",
    "outcome": "outcome",
    "channel": "channel",
    "pairing": "pairing",
    "levels": "level",
}


def build_bridge(releases: ReleaseSet, earlier: Sequence[EarlierResult], language: str) -> Document:
    """Return the document that holds earlier published results against a study's releases."""
    words = catalogue(language).with_labels(LABELS).with_labels(releases.study.get("labels", {}))
    view = View(releases=releases, words=words)
    found = bridge_results(earlier, released_results(releases))
    title = words.text("Results of before beside this study: {sector}", sector=view.sector_name())
    if releases.simulated:
        title = words.text("SIMULATED: {title}", title=title)
    blocks: list[Block] = [*override_notes(words, [releases]), _table(found, words)]
    for each in found:
        blocks += _of(each, words)
    return Document(
        language=language,
        title=title,
        subtitle=str(releases.study.get("name") or ""),
        simulated=words.text("SIMULATED: these reactions were made by a computer. No employer was approached.")
        if releases.simulated
        else "",
        contents_title=words.text("Contents"),
        chapters=(
            Chapter(name="summary", title=words.text("What can be set side by side"), blocks=tuple(blocks)),
            Chapter(name="limits", title=words.text("How far this goes"), blocks=(_cautions(words),)),
        ),
        footer=words.text("Made by corrtest from figures that passed disclosure control."),
    )


def write_bridge(
    releases: ReleaseSet,
    earlier: Sequence[EarlierResult],
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html",),
) -> list[Path]:
    """Write the document in each language and format and return the files."""
    documents = [build_bridge(releases, earlier, language) for language in dict.fromkeys(languages)]
    return write_documents(documents, "bridge", out, formats)


def _table(found: Sequence[Bridge], words: Catalogue) -> Table:
    headings = (mark("Result"), mark("Ratio then"), mark("Ratio now"), mark("Now ÷ then (interval)"), mark("Verdict"))
    return Table(
        name="bridge",
        caption=words.text("Results of before and this study"),
        columns=tuple(Column(header=words.text(each)) for each in headings),
        rows=tuple(tuple(Cell(text=text) for text in _row(each, words)) for each in found),
    )


def _row(each: Bridge, words: Catalogue) -> tuple[str, ...]:
    title = _title(each, words)
    made = each.comparison
    if made is None:
        verdict = words.text("refused") if each.refused else words.text("nothing is shown of this now")
        return title, "–", "–", "–", verdict
    change = "–"
    if made.ratio_of_ratios is not None:
        change = f"{words.number(made.ratio_of_ratios)} ({words.interval(made.lower, made.upper)})"
    verdict = words.text("with reservations") if each.differences else words.text("measured alike")
    return title, words.number(made.first_ratio), words.number(made.second_ratio), change, verdict


def _title(each: Bridge, words: Catalogue) -> str:
    parts = [
        each.earlier.name,
        words.name("criterion", each.earlier.criterion),
        words.name("outcome_short", each.earlier.outcome),
    ]
    if each.earlier.joint_committee:
        parts.append(words.committee(each.earlier.joint_committee, 40))
    return " · ".join(parts)


def _of(each: Bridge, words: Catalogue) -> list[Block]:
    blocks: list[Block] = [Heading(text=_title(each, words))]
    if each.refused:
        blocks.append(Paragraph(text=words.text("These two are not set against each other:"), role="finding"))
        shown: Sequence[Difference] = each.refused
    else:
        blocks.append(Paragraph(text=_sentence(each, words), role="finding"))
        shown = each.differences
        if shown:
            blocks.append(Paragraph(text=words.text("Measured otherwise than now:")))
    if shown:
        blocks.append(Bullets(items=tuple(_difference(difference, words) for difference in shown)))
    blocks.append(Paragraph(text=words.text("Source of the earlier result: {source}", source=each.earlier.source)))
    return blocks


def _sentence(each: Bridge, words: Catalogue) -> str:
    made = each.comparison
    if made is None or made.ratio_of_ratios is None:
        return words.text("This study shows no ratio for the same cell, so there is nothing to set beside it.")
    return words.text(
        _VERDICTS[made.kind],
        change=words.number(made.ratio_of_ratios),
        interval=words.interval(made.lower, made.upper),
        tested=written_pvalue(made.pvalue, made.pvalue_adjusted, 1 - made.confidence_level, words),
    )


def _difference(found: Difference, words: Catalogue) -> str:
    return words.text(
        "{what}: then {then}, now {now}. {why}",
        what=fact_label(found.fact, words.language),
        then=_values(found, found.then, words),
        now=_values(found, found.now, words),
        why=written_label(found.why, "", words.language),
    )


def _values(found: Difference, values: Sequence[str], words: Catalogue) -> str:
    if not values:
        return words.text("not known")
    kind = _KINDS.get(found.what)
    return words.several([words.name(kind, value) if kind else value for value in values])


def _cautions(words: Catalogue) -> Bullets:
    return Bullets(
        items=(
            words.text("Vacancies, occupations and the labour market were not the same in both waves."),
            words.text(
                "Earlier results were not all measured in one way; what their publication does not say is not known."
            ),
            words.text(
                "Published counts do not say which pairs had the same employer, so the interval of the earlier result "
                "takes all pairs as independent."
            ),
        )
    )
