"""The words and the notation of one language, in which every document writes its texts, names, numbers and dates.

English is the source: a message is its own English text. `locale/<language>.po` translates the messages and, with the
kind of key as their context, holds the names of what a file calls by a key (`msgctxt "wave"`, `msgid "follow_up"`).
Its header names the locale whose notation it uses, and its names in the context "document" say which documents it is
complete for: a further language is a further file and no code. A message without a translation is an error, so that no
document is half in one language and half in another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from textwrap import shorten

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from corrtest.errors import ReportError, nearest
from corrtest.language import PERCENT, SOURCE, catalogues, filled, say, translations
from corrtest.spec import SHIPPED, joint_committees

_WIDENED, _FINITE = "_widened", "_finite"
# What the official names of all committees begin with, in the two languages that have them.
_BEFORE_THE_TRADE = re.compile(
    r"^(paritair comité voor (de |het )?|commission paritaire (de la |de l'|des |du |de |pour (la |le |les |l')?))",
    re.IGNORECASE,
)
# The official list writes them small in Dutch.
_PEOPLES = re.compile(r"\b(vlaams|waals|brussels|belgisch|frans|duits)(e?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Texts, names, numbers and dates as one language writes them."""

    language: str
    locale: Locale
    messages: Mapping[str, str]
    names: Mapping[tuple[str, str], str]

    def text(self, message: str, /, **facts: object) -> str:
        """Return `message` in this language with its {facts} filled in."""
        translated = message if self.language == SOURCE else self.messages.get(message)
        if not translated:
            raise ReportError(
                say("There is no text in language '{language}' for: {message}", language=self.language, message=message)
            )
        return filled(translated, facts, self.language)

    def text_n(self, one: str, many: str, count: int, /, **facts: object) -> str:
        """Return `one` or `many` in this language, as `count` asks for; the message may name {count}."""
        facts = {"count": self.number(count, 0), **facts}
        if self.language == SOURCE:
            return filled(one if count == 1 else many, facts, SOURCE)
        self.text(one, **facts)
        known = translations(self.language)
        said = known.messages[one]
        return filled(said[min(known.plural(count), len(said) - 1)], facts, self.language)

    def name(self, kind: str, key: str | None) -> str:
        """Return the name of a criterion, level, outcome, … ; unknown keys are shown as the study wrote them."""
        if key is None:
            return self.text("all")
        return self.names.get((kind, key)) or key.replace("_", " ").replace(",", ", ")

    def committee(self, number: str, most: int | None = None) -> str:
        """Return "PC 124 bouwbedrijf": a joint committee's number with its official name where that is known.

        French has its own names, every other language the Dutch ones. A name longer than `most` letters ends at a word,
        with an ellipsis.
        """
        names = joint_committees()
        column = f"name_{self.language}"
        official = names[column if column in names else "name_nl"].get(number, "")
        known = _BEFORE_THE_TRADE.sub("", str(official))
        known = _PEOPLES.sub(lambda found: found[0].capitalize(), known)
        name = " ".join(part for part in (self.text("JC"), number, known) if part)
        return name if most is None else shorten(name, most, placeholder="…").replace(",…", "…")

    def with_labels(self, more: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Catalogue:
        """Return a copy that also knows `more` names (kind → key → language → name), as a study's own criteria have.

        A label that this language lacks is what the catalogue calls it, else the English one.
        """
        return replace(self, names={**_written(more, SOURCE), **self.names, **_written(more, self.language)})

    def method(self, name: str) -> str:
        """Return the name of an interval's method; the gate marks those that it widened."""
        plain = name.removesuffix(_WIDENED).removesuffix(_FINITE)
        known = self.name("method", plain)
        if name.endswith(_FINITE):
            return self.text("{method}, finite population", method=known)
        return known if plain == name else self.text("{method}, widened", method=known)

    def title(self, kind: str, key: str | None) -> str:
        """Return `name` with a capital."""
        name = self.name(kind, key)
        return name[:1].upper() + name[1:]

    def number(self, value: float | None, decimals: int = 2) -> str:
        """Return a number with that many decimals, or a dash when it is not defined."""
        if value is None or value != value:  # noqa: PLR0124 (nan)
            return "–"
        return self._decimal(value, "#,##0" + ("." + "0" * decimals if decimals else ""))

    def short(self, value: float, decimals: int = 3) -> str:
        """Return a number with no more decimals than it needs."""
        return self._decimal(value, "#,##0." + "#" * decimals)

    def _decimal(self, value: float, pattern: str) -> str:
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", "\N{MINUS SIGN}")

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """Return a share (0 to 1) as a percentage."""
        if share is None:
            return "–"
        return self.number(100 * share, decimals) + self.percent_sign

    @property
    def percent_sign(self) -> str:
        """The sign after a number, with the blank that the language leaves before it."""
        return "%" if self.language == SOURCE else PERCENT

    def interval(self, lower: float | None, upper: float | None, decimals: int = 2) -> str:
        """Return "lower to upper" in this language; an open end is written out."""
        low = self.text("no lower limit") if lower is None else self.limit(lower, decimals)
        high = self.text("no upper limit") if upper is None else self.limit(upper, decimals)
        return self.text("{lower} to {upper}", lower=low, upper=high)

    def limit(self, value: float, decimals: int = 2) -> str:
        """Return a limit as a number; one beside 1 with the decimals that it takes not to read as 1."""
        while value != 1 and round(value, decimals) == 1 and decimals < 6:
            decimals += 1
        return self.number(value, decimals)

    def date(self, iso: str) -> str:
        """Return an ISO date written out."""
        return str(format_date(date.fromisoformat(iso), format="long", locale=self.locale))

    def month(self, iso: str) -> str:
        """Return the month of an ISO date, with its year."""
        return str(format_date(date.fromisoformat(iso), format="LLLL y", locale=self.locale))

    def several(self, items: Sequence[str]) -> str:
        """Return "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return self.text("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])

    def one_of(self, items: Sequence[str]) -> str:
        """Return "a, b or c"."""
        if len(items) < 2:
            return "".join(items)
        return self.text("{first} or {last}", first=", ".join(items[:-1]), last=items[-1])


def languages(document: str) -> tuple[str, ...]:
    """Return the languages in which a kind of document ("report", "letter") is written, the source first."""
    complete = [language for language in catalogues() if ("document", document) in translations(language).names]
    return tuple(sorted(complete, key=lambda language: language != SOURCE))


def catalogue(language: str, document: str = "report") -> Catalogue:
    """Return the catalogue of a language that is complete for a kind of document.

    Raises
    ------
    ReportError
        There is none.
    """
    known = languages(document)
    if language not in known:
        name = words_of(SOURCE).name("document", document)
        raise ReportError(
            say(
                "There is no {name} in language '{language}'. {nearest}",
                name=name,
                language=language,
                nearest=nearest(language, known),
            )
        )
    return words_of(language)


@cache
def words_of(language: str) -> Catalogue:
    """Return what the catalogue of a language has, complete or not: for the frame of a document that is written."""
    known = translations(language)
    messages = {message: said[0] for message, said in known.messages.items()}
    criteria = SHIPPED.criteria.values()
    labels: dict[str, Mapping[str, Mapping[str, str]]] = {
        "criterion": {each.name: each.label for each in criteria},
        "level": {name: label for each in criteria for name, label in each.level_labels().items()},
        "occupation": {
            code: {spoken: title.man for spoken, title in occupation.titles.items()}
            for code, occupation in SHIPPED.occupations.items()
        },
    }
    return Catalogue(
        language=language, locale=known.locale, messages=messages, names={**known.names, **_written(labels, language)}
    )


def _written(labels: Mapping[str, Mapping[str, Mapping[str, str]]], language: str) -> dict[tuple[str, str], str]:
    """Return (kind, key) → name in a language, where there is one."""
    return {
        (kind, key): label[language]
        for kind, keys in labels.items()
        for key, label in keys.items()
        if language in label
    }
