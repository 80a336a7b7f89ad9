"""Several release sets side by side: sectors in a fixed order, or a baseline against its follow-up.

Everything here is computed from releases, so the gate holds for it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corrtest.analysis import LABELS
from corrtest.disclosure import ReleaseSet
from corrtest.errors import ReportError
from corrtest.language import say
from corrtest.pages import Document, catalogue, write_documents
from corrtest.report.comparison_sectors import sector_chapters
from corrtest.report.comparison_waves import wave_chapters
from corrtest.report.overrides import override_notes
from corrtest.report.shares.comparing import share_chapters
from corrtest.report.shares.wording import share_name
from corrtest.report.view import View
from corrtest.spec import Action


def build_comparison(
    sets: Sequence[ReleaseSet], language: str, *, ranks: bool = False, actions: Sequence[Action] = ()
) -> Document:
    """Return the comparison of two or more release sets.

    A baseline and a follow-up of the same sector are compared as waves; anything else as sectors.

    Parameters
    ----------
    sets : sequence of ReleaseSet
        In any order: sectors are put in the order of their names, a baseline before its follow-up.
    ranks : bool
        Add the ranks that the data leave open, as intervals; by default there is no ranking of any kind.
    actions : sequence of Action
        What the sector did, for two waves.
    """
    if len(sets) < 2 or any(type(each) is not ReleaseSet for each in sets):
        raise ReportError(say("A comparison takes two or more release sets, and nothing else."))
    words = catalogue(language).with_labels(LABELS)
    for each in sets:
        words = words.with_labels(each.study.get("labels", {}))
    views = [View(releases=each, words=words) for each in sets]
    outcomes = set.intersection(*(set(view.outcomes) for view in views))
    if not outcomes:
        raise ReportError(say("These results have no outcome in common, so they cannot be compared."))
    outcome = views[0].main_outcome if views[0].main_outcome in outcomes else sorted(outcomes)[0]
    simulated = any(each.simulated for each in sets)
    shares = [not each.of.decisive for each in sets]
    if any(shares) and not all(shares):
        raise ReportError(say("Shares and correspondence tests measure different things, so they cannot be compared."))
    waves = {each.study.get("wave"): view for each, view in zip(sets, views, strict=True)}
    sectors = {each.study.get("sector") for each in sets}
    if len(sets) == 2 and len(sectors) == 1 and set(waves) == {"baseline", "follow_up"}:
        title = words.text("Baseline and follow-up: {sector}", sector=views[0].sector_name())
        both = waves["baseline"], waves["follow_up"]
        chapters = share_chapters(both, outcome, waves=True) if shares[0] else wave_chapters(*both, outcome, actions)
    else:
        ordered = sorted(views, key=lambda view: (view.sector_name(), str(view.releases.study.get("name"))))
        title = words.text("Sectors side by side")
        chapters = (
            share_chapters(ordered, outcome, waves=False)
            if shares[0]
            else sector_chapters(ordered, outcome, ranks=ranks)
        )
    first = replace(chapters[0], blocks=(*override_notes(words, sets), *chapters[0].blocks))
    if simulated:
        title = words.text("SIMULATED: {title}", title=title)
    return Document(
        language=language,
        title=title,
        subtitle=share_name(views[0], outcome)
        if shares[0]
        else words.text("Counts as positive: {outcome}", outcome=words.name("outcome", outcome)),
        simulated=words.text("SIMULATED: these reactions were made by a computer. No employer was approached.")
        if simulated
        else "",
        contents_title=words.text("Contents"),
        chapters=(first, *chapters[1:]),
        footer=words.text("Made by corrtest from figures that passed disclosure control."),
    )


def write_comparison(
    sets: Sequence[ReleaseSet],
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html",),
    *,
    ranks: bool = False,
    actions: Sequence[Action] = (),
) -> list[Path]:
    """Write the comparison in each language and format ("html", "pdf", "xlsx", "docx") and return the files."""
    documents = [
        build_comparison(sets, language, ranks=ranks, actions=actions) for language in dict.fromkeys(languages)
    ]
    return write_documents(documents, "comparison", out, formats)
