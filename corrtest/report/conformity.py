"""What a study's profile is, and where the study departs from it, in the words of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corrtest.language import mark
from corrtest.pages import Block, Catalogue, Cell, Column, Facts, Heading, Paragraph, Table
from corrtest.spec import Departure, Fact, Profile, departures, profile, profile_names, written_label

_HOW = {
    "among": mark("nothing but {values}"),
    "at_least": mark("at least {values}"),
    "at_most": mark("at most {values}"),
}


def _headings(words: Catalogue) -> tuple[str, ...]:
    """Return the headings of `departure_rows`."""
    return tuple(
        words.text(each)
        for each in (mark("What"), mark("This study"), mark("The profile"), mark("Source"), mark("Assumption"))
    )


def departure_rows(found: Sequence[Departure], words: Catalogue) -> list[tuple[str, ...]]:
    """Return each departure: of what, what the study says, what the profile says, its source, is it assumed."""
    return [
        (
            written_label(each.fact.label, each.fact.name, words.language),
            _several(each.fact, each.in_the_way, words) or words.text("does not say"),
            _wanted(each, words),
            each.source,
            words.text("yes") if each.assumption else words.text("no"),
        )
        for each in found
    ]


def profile_name(chosen: Profile, words: Catalogue) -> str:
    """Return a profile's name with its title, version and date."""
    return words.text(
        "{name}: {title} (version {version}, {date})",
        name=chosen.name,
        title=written_label(chosen.title, chosen.name, words.language),
        version=chosen.version,
        date=words.date(chosen.dated.isoformat()),
    )


def conformity_blocks(study: Mapping[str, Any], words: Catalogue) -> list[Block]:
    """Return what a report says of the profile of its study; nothing where the study names none that is known."""
    name = study.get("profile")
    if name not in profile_names():
        return []
    chosen = profile(str(name))
    assumed = sum(rule.assumption for rule in chosen.rules)
    found = departures(study, chosen)
    blocks: list[Block] = [
        Heading(text=words.text("The profile of this study")),
        Facts(rows=((words.text("Profile"), profile_name(chosen, words)),)),
        Paragraph(
            text=words.text(
                "A profile is a dated set of choices that makes studies comparable. Of its {rules} rules {assumed} "
                "rest on an assumption, since no public source states them.",
                rules=len(chosen.rules),
                assumed=assumed,
            )
        ),
    ]
    if not found:
        return [*blocks, Paragraph(text=words.text("This study departs from it in nothing that its study file says."))]
    return [
        *blocks,
        Table(
            name="departures",
            caption=words.text("Where this study departs from its profile"),
            columns=tuple(Column(header=heading) for heading in _headings(words)),
            rows=tuple(tuple(Cell(text=text) for text in row) for row in departure_rows(found, words)),
        ),
    ]


def _wanted(found: Departure, words: Catalogue) -> str:
    values = _several(found.fact, found.expected, words)
    return words.text(_HOW[found.how], values=values) if found.how in _HOW else values


def _several(fact: Fact, values: Sequence[Any], words: Catalogue) -> str:
    return words.several([_written(fact, value, words) for value in values])


def _written(fact: Fact, value: Any, words: Catalogue) -> str:
    if fact.words is not None:
        return words.name(fact.words, str(value))
    if isinstance(value, int | float):
        return words.short(value)
    try:
        return words.date(str(value))
    except ValueError:
        return str(value)
