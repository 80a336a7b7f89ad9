"""A form on paper: boxes to tick. Where a lot decides, each version holds one block of every lot."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.pages import Block as PageBlock
from corrtest.pages import Bullets, Chapter, Document, Fields, Paragraph
from corrtest.questionnaires.forms import Form, Lot, Question

__all__ = ["paper_form", "paper_versions"]

_BOX = "☐"


def paper_versions(form: Form) -> int:
    """Return how many versions are printed: as many as the largest lot has blocks."""
    return max([1, *(len(lot.blocks) for lot in form.lots)])


def paper_form(form: Form, language: str, version: int = 1, words: Mapping[str, str] | None = None) -> Document:
    """Return the form as a document in one language.

    Parameters
    ----------
    version : int
        From 1 to `paper_versions`; hand each out equally often, in a mixed order. It is noted on the form.
    words : mapping, optional
        Language → the word for "version".
    """
    chapters = []
    for part in form.parts:
        block = part.blocks[(version - 1) % len(part.blocks)] if isinstance(part, Lot) else part
        chapters.append(
            Chapter(
                name=block.name,
                title=block.title.get(language) or form.title[language],
                blocks=tuple(each for question in block.questions for each in _asked(question, form, language)),
            )
        )
    told = f"{(words or {}).get(language, '#')} {version}" if paper_versions(form) > 1 else ""
    first = chapters[0]
    opening = (Paragraph(text=form.introduction[language], role="lead"), *first.blocks)
    return Document(
        language=language,
        title=form.title[language],
        subtitle=told,
        simulated="",
        contents_title="",
        chapters=(Chapter(name=first.name, title=first.title, blocks=opening), *chapters[1:]),
        numbered=False,
    )


def _asked(question: Question, form: Form, language: str) -> tuple[PageBlock, ...]:
    label = question.label[language]
    if question.kind == "note":
        return (Paragraph(text=label),)
    if question.kind != "choice":
        return (Fields(rows=((label, ""),)),)
    boxes = tuple(f"{_BOX} {choice.label[language]}" for choice in form.choices[question.choices])
    return (Paragraph(text=label, role="finding"), Bullets(items=boxes))
