"""From releases to a document in one language: the title page and the eleven chapters."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.analysis import LABELS
from corrtest.disclosure import ReleaseSet
from corrtest.errors import ReportError
from corrtest.language import mark, say
from corrtest.pages import Document, catalogue
from corrtest.report.chapters import CHAPTERS
from corrtest.report.shares import CHAPTERS as SHARES
from corrtest.report.shares.wording import wording_of
from corrtest.report.view import View
from corrtest.spec import Action


def build_document(releases: ReleaseSet, language: str, actions: Sequence[Action] = ()) -> Document:
    """Return the uniform report of `releases` in `language`, with the sector's `actions` beside the findings.

    Raises
    ------
    ReportError
        `releases` is not a `ReleaseSet`, or there is no catalogue for `language`.
    """
    if type(releases) is not ReleaseSet:
        raise ReportError(
            say(
                "A report is made from a ReleaseSet alone, not from a {name}. Call "
                "corrtest.disclosure.release(results, policy) first.",
                name=type(releases).__name__,
            )
        )
    words = catalogue(language).with_labels(LABELS).with_labels(releases.study.get("labels", {}))
    view = View(releases=releases, words=words, actions=tuple(actions))
    study = releases.study
    wave = words.name("wave", study["wave"]) if study.get("wave") else words.text("correspondence test")
    # Where nothing is compared there is a share, and a report of its own.
    shares = not releases.of.decisive
    of_sector = wording_of(view).title if shares else mark("Equal chances at the first step: {sector}")
    title = words.text(of_sector, sector=view.sector_name())
    subtitle = wave[:1].upper() + wave[1:]
    if study.get("period"):
        start, end = (words.date(day) for day in study["period"])
        subtitle += " · " + words.text("{start} to {end}", start=start, end=end)
    if study.get("name"):
        subtitle += f" · {study['name']}"
    simulated = ""
    if releases.simulated:
        title = words.text("SIMULATED: {title}", title=title)
        simulated = words.text("SIMULATED: these reactions were made by a computer. No employer was approached.")
    return Document(
        language=language,
        title=title,
        subtitle=subtitle,
        simulated=simulated,
        contents_title=words.text("Contents"),
        chapters=tuple(made for chapter in (SHARES if shares else CHAPTERS) if (made := chapter(view)) is not None),
        footer=words.text("Made by corrtest from figures that passed disclosure control."),
        word_chapters=("summary",) if shares else ("summary", "action"),
    )
