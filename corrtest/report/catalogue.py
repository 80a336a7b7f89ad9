"""The words and the notation of one language. English is the source; `locale/<language>.po` holds the translations.

The gettext files are read as they are (no compiled copy that could fall behind). A message without a translation is an
error, so that no report is half in one language and half in another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from corrtest.errors import ReportError, nearest

# Language of a report → locale whose notation it uses: Belgian Dutch writes 0,67 and 1.234.
LOCALES: Mapping[str, str] = {"nl": "nl_BE", "en": "en_GB"}


_WIDENED = "_widened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Texts, names, numbers and dates as one language writes them."""

    language: str
    locale: Locale
    messages: Mapping[str, str]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]

    def text(self, message: str, /, **facts: object) -> str:
        """Return `message` in this language with its {facts} filled in."""
        translated = message if self.language == "en" else self.messages.get(message)
        if not translated:
            raise ReportError(f"The report has no text in language '{self.language}' for: {message}")
        return translated.format(**facts) if facts else translated

    def name(self, kind: str, key: str | None) -> str:
        """Return the name of a criterion, level, outcome, … ; unknown keys are shown as the study wrote them."""
        if key is None:
            return self.text("all")
        known = self.labels.get(kind, {}).get(key)
        return known[self.language] if known else key.replace("_", " ").replace(",", ", ")

    def method(self, name: str) -> str:
        """Return the name of an interval's method; the gate marks those that it widened."""
        plain = name.removesuffix(_WIDENED)
        known = self.name("method", plain)
        return known if plain == name else self.text("{method}, widened", method=known)

    def title(self, kind: str, key: str | None) -> str:
        """Return `name` with a capital."""
        name = self.name(kind, key)
        return name[:1].upper() + name[1:]

    def number(self, value: float | None, decimals: int = 2) -> str:
        """Return a number with that many decimals, or a dash when it is not defined."""
        if value is None or value != value:  # noqa: PLR0124 (nan)
            return "–"
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", "\N{MINUS SIGN}")

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """Return a share (0 to 1) as a percentage."""
        if share is None:
            return "–"
        return self.number(100 * share, decimals) + ("\N{NO-BREAK SPACE}%" if self.language == "nl" else "%")

    def interval(self, lower: float | None, upper: float | None, decimals: int = 2) -> str:
        """Return "lower to upper" in this language; an open end is written out."""
        low = self.text("no lower limit") if lower is None else self.number(lower, decimals)
        high = self.text("no upper limit") if upper is None else self.number(upper, decimals)
        return self.text("{lower} to {upper}", lower=low, upper=high)

    def date(self, iso: str) -> str:
        """Return an ISO date written out."""
        return str(format_date(date.fromisoformat(iso), format="long", locale=self.locale))

    def several(self, items: list[str]) -> str:
        """Return "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return self.text("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])

    def one_of(self, items: list[str]) -> str:
        """Return "a, b or c"."""
        if len(items) < 2:
            return "".join(items)
        return self.text("{first} or {last}", first=", ".join(items[:-1]), last=items[-1])


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language ("nl" or "en")."""
    if language not in LOCALES:
        raise ReportError(f"There is no report in language '{language}'. {nearest(language, list(LOCALES))}")
    here = resources.files("corrtest.report")
    labels: dict[str, Any] = tomllib.loads(here.joinpath("labels.toml").read_text(encoding="utf-8"))
    messages: dict[str, str] = {}
    if language != "en":
        with here.joinpath("locale", f"{language}.po").open("rb") as stream:
            messages = {str(m.id): str(m.string) for m in read_po(stream, abort_invalid=True) if m.id and m.string}
    return Catalogue(language=language, locale=Locale.parse(LOCALES[language]), messages=messages, labels=labels)
