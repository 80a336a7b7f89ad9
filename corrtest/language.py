"""The language that corrtest speaks to its user: every message is written in English and said in the user's language.

The translations are gettext files, `pages/locale/<language>.po`, read as they are. A language is chosen once, where a
command starts (`CORRTEST_LANGUAGE`, else the locale), or for each request by whoever serves several users (`use`).
Documents have a language of their own, that of the study, and do not ask here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel import Locale


def mark(message: str) -> str:
    """Return `message` as it is: one that stands in a table, for the catalogue to know and for `say` to say later."""
    return message


SOURCE = "en"
VARIABLE = "CORRTEST_LANGUAGE"
# Where a verb that runs for another program notes how far it is.
PROGRESS = "CORRTEST_PROGRESS"
# First word of every help text. A catalogue that translates documents alone has no word for it and leaves all messages
# in English, rather than half of them.
USAGE = mark("Usage:")
# All of them write a number, a space and the sign; Babel leaves the space out in Dutch.
PERCENT = "\N{NO-BREAK SPACE}%"

_current: ContextVar[str | None] = ContextVar("corrtest_language", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translations:
    """What one gettext file holds, and how the language writes.

    `messages`: msgid → translations (one, or one a plural form). `names`: what the language calls a key, by msgctxt
    (the kind of key: "wave") and msgid ("follow_up").
    """

    messages: Mapping[str, tuple[str, ...]]
    names: Mapping[tuple[str, str], str]
    locale: Locale
    plural: Callable[[int], int]
    decimal: str
    group: str


def languages() -> tuple[str, ...]:
    """Return the languages that corrtest can speak to its user, English first."""
    return (SOURCE, *(name for name in catalogues() if _speaks(name)))


def current() -> str:
    """Return the language in which messages are said now."""
    chosen = _current.get()
    if chosen is None:
        chosen = from_environment(os.environ)
        _current.set(chosen)
    return chosen


@contextmanager
def use(language: str) -> Iterator[None]:
    """Say messages in `language` while the block runs; one that corrtest does not speak is English."""
    token = _current.set(_spoken(language))
    try:
        yield
    finally:
        _current.reset(token)


def from_environment(environ: Mapping[str, str]) -> str:
    """Return the language that the environment asks for, or English."""
    for variable in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(variable):
            return _spoken(environ[variable])
    return _spoken(_of_windows())


def say(message: str, /, **facts: object) -> str:
    """Return `message` in the current language with its {facts} filled in.

    One without a translation is said in English: better a message in the wrong language than none. Numbers that carry
    a format ("{share:.1%}") are written as the language writes them.
    """
    language = current()
    if language == SOURCE:
        return filled(message, facts, language)
    found = translations(language).messages.get(message)
    facts = {name: spoken(fact) if isinstance(fact, Kept) else fact for name, fact in facts.items()}
    return filled(found[0] if found else message, facts, language)


def say_n(one: str, many: str, count: int, /, **facts: object) -> str:
    """Return `one` or `many`, as `count` asks for in the current language; the message may name {count} itself."""
    language, facts = current(), {"count": count, **facts}
    if language == SOURCE:
        return (one if count == 1 else many).format(**facts)
    known = translations(language)
    found = known.messages.get(one)
    if not found:
        return filled(one if count == 1 else many, facts, language)
    return filled(found[min(known.plural(count), len(found) - 1)], facts, language)


def written(value: float, spec: str) -> str:
    """Return a number with a format (".2f", ",.0f", ".0%") as the current language writes it."""
    return filled("{value:" + spec + "}", {"value": value}, current())


class Kept(str):
    """A sentence that a file keeps: English there, whoever wrote it, so that the same inputs give the same file.

    `spoken` says it in the user's language for as long as the program that made it runs.
    """

    def __init__(self, _text: str) -> None:
        self.message: str | None = None
        self.facts: Mapping[str, object] = {}
        self.parts: tuple[str, ...] = ()
        self.separator = " "

    def __add__(self, other: str) -> str:
        return keep_together((self, other), "")

    def __radd__(self, other: str) -> str:
        return keep_together((other, self), "")


def keep(message: str, /, **facts: object) -> str:
    """Return `message` in English with its {facts}, for a file to keep and for `spoken` to say."""
    kept = Kept(filled(message, facts, SOURCE))
    kept.message, kept.facts = message, facts
    return kept


def keep_together(parts: Iterable[str | None], separator: str = " ") -> str:
    """Return the sentences that there are as one text."""
    there = tuple(part for part in parts if part)
    kept = Kept(separator.join(there))
    kept.parts, kept.separator = there, separator
    return kept


def spoken(text: str) -> str:
    """Return a text in the current language where it was kept as a message, else as it is."""
    if not isinstance(text, Kept):
        return text
    if text.parts:
        return text.separator.join(spoken(part) for part in text.parts)
    return str(text) if text.message is None else say(text.message, **text.facts)


@cache
def translations(language: str) -> Translations:
    """Return what the gettext file of `language` holds."""
    from gettext import c2py  # noqa: PLC0415

    from babel.messages.pofile import read_po  # noqa: PLC0415 (an English command never loads it)

    with catalogues()[language].open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    messages, names = {}, {}
    for entry in catalogue:
        said = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if entry.context and said[0]:
            names[entry.context, str(entry.id)] = said[0]
        elif entry.id and said and all(said):
            messages[entry.id if isinstance(entry.id, str) else entry.id[0]] = said
    assert catalogue.locale is not None, f"{language}.po has no header Language"
    symbols: Any = catalogue.locale.number_symbols["latn"]
    return Translations(
        messages=messages,
        names=names,
        locale=catalogue.locale,
        plural=c2py(catalogue.plural_expr),
        decimal=symbols["decimal"],
        group=symbols["group"],
    )


@cache
def catalogues() -> Mapping[str, Any]:
    """Return the gettext file of each language."""
    folder = resources.files("corrtest") / "pages" / "locale"
    if not folder.is_dir():
        return {}
    found = {entry.name.removesuffix(".po"): entry for entry in folder.iterdir() if entry.name.endswith(".po")}
    return dict(sorted(found.items()))


def _speaks(language: str) -> bool:
    return USAGE in translations(language).messages


def _spoken(asked: str) -> str:
    """Return the language of "nl", "nl_BE.UTF-8" or "nl-BE" if corrtest speaks it, else English."""
    language = asked.replace("-", "_").split(".")[0].split("_")[0].lower()
    if language in (SOURCE, "c", "posix", "") or language not in catalogues() or not _speaks(language):
        return SOURCE
    return language


def _of_windows() -> str:
    """Return the language of the user's Windows; elsewhere, where variables say it, nothing."""
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415 (there alone)
    import locale  # noqa: PLC0415

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


class _Notation(Formatter):
    """Fill in facts; a number with a format gets the language's decimal mark, its thousands and its per cent sign."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format(value, format_spec)
        if not format_spec or not hasattr(value, "__float__"):
            return text
        known = translations(self.language)
        text = text.translate({ord("."): known.decimal, ord(","): known.group})
        return text.replace("%", PERCENT)


def filled(message: str, facts: Mapping[str, object], language: str) -> str:
    """Return `message` with its {facts}, numbers that carry a format written as `language` writes them."""
    if language == SOURCE:
        return message.format(**facts) if facts else message
    return _Notation(language).vformat(message, (), facts) if facts else message
