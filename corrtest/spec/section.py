"""Read one TOML table key by key, collecting every fault instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from corrtest.errors import Fault, nearest
from corrtest.language import mark, say
from corrtest.spec.habits import THOUSANDS, habit
from corrtest.spec.signs import is_name, on_one_line
from corrtest.spec.toml_text import Written

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")
# Beyond this a float no longer holds every whole number; it also keeps infinity out.
_LARGEST = 2.0**53
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def key_lines(text: str) -> dict[str, int]:
    """Return key path ("committee[0].number") → line, counting from 1.

    The standard parser drops line numbers, so headers and keys at the start of a line are found again here; keys
    inside inline tables get the line of the table that holds them (see `Section.fault`).
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header[2].replace('"', "")
            if header[1] == "[[":
                index = counts.get(name, 0)
                counts[name] = index + 1
                name = f"{name}[{index}]"
            prefix = name + "."
            lines.setdefault(name, number)
        elif key := _KEY.match(line):
            lines.setdefault(prefix + key[1], number)
    return lines


class Described(str):
    """Words about what was given, in place of the given text itself; shown without quotes."""

    __slots__ = ()


NOTHING = Described(mark("nothing"))


class Section:
    """One table of the study file; each reading either gives a valid value or notes a fault.

    A faulty key gives a stand-in value of the right type, so that the reading of the rest goes on; the caller raises
    once, with all faults, and never uses a stand-in.
    """

    WORD_FORM: ClassVar[str] = mark("small letters, digits and _ only, beginning with a letter")

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        path: str,
        file: str,
        lines: Mapping[str, int],
        faults: list[Fault],
    ) -> None:
        self.values = values
        self.path = path
        self.file = file
        self.lines = lines
        self.faults = faults
        self._known: list[str] = []

    def fault(self, key: str, *, given: object, expected: str, action: str) -> None:
        """Note that `key` is wrong."""
        path = f"{self.path}.{key}" if self.path and key else (key or self.path)
        line = self.lines.get(path)
        holder = path
        while line is None and holder:
            holder = holder[: max(holder.rfind("."), holder.rfind("["), 0)]
            line = self.lines.get(holder)
        shown = repr(given) if isinstance(given, str) and not isinstance(given, Described) else say(str(given))
        self.faults.append(Fault(file=self.file, key=path, line=line, given=shown, expected=expected, action=action))

    def _get(self, key: str, required: bool, expected: str) -> Any:
        self._known.append(key)
        if key in self.values:
            return self.values[key]
        if required:
            self.fault(key, given=NOTHING, expected=expected, action=say("Add '{key}' to this table.", key=key))
        return None

    @staticmethod
    def is_word(text: str) -> bool:
        """Tell whether a text can be the name of a criterion, a level or an occupation."""
        return _WORD.fullmatch(text) is not None

    def word(self, key: str, *, default: str) -> str:
        """Return a text that can be the name of a criterion or level."""
        value = self.text(key, default=default)
        if not self.is_word(value):
            self.fault(key, given=value, expected=say(self.WORD_FORM), action=say("Rename it."))
        return value

    def text(self, key: str, *, required: bool = True, default: str = "") -> str:
        """Return a non-empty text of one line."""
        value = self.passage(key, required=required, default=default)
        if not on_one_line(value):
            self.fault(
                key,
                given=Described(ascii(value[:40])),
                expected=say("a text on one line, without control characters"),
                action=say("Write '{key}' anew.", key=key),
            )
            return default
        return value

    def passage(self, key: str, *, required: bool = True, default: str = "") -> str:
        """Return a non-empty text of any number of lines."""
        expected = say("a text in quotes")
        value = self._get(key, required, expected)
        if value is None:
            return default
        if not isinstance(value, str):
            self.fault(
                key,
                given=value,
                expected=expected,
                action=say('Write {key} = "{value}", with quotes.', key=key, value=value),
            )
            return default
        if not value.strip():
            self.fault(
                key,
                given=Described(say("an empty text")),
                expected=say("a text"),
                action=say("Fill in '{key}'.", key=key),
            )
            return default
        return value

    def name(self, key: str) -> str:
        """Return a text that can stand in a heading and in the name of a file."""
        value = self.text(key)
        if value and not is_name(value):
            self.fault(
                key,
                given=value,
                expected=say("a name of letters, digits, spaces and the signs . , ' & ( ) + -"),
                action=say("Write '{key}' without other signs.", key=key),
            )
        return value

    def choice(self, key: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        """Return one of the allowed words."""
        expected = say("one of {words}", words=", ".join(allowed))
        value = self._get(key, default is None, expected)
        if value is None:
            return default or allowed[0]
        if value not in allowed:
            self.fault(key, given=value, expected=expected, action=nearest(str(value), allowed))
            return default or allowed[0]
        return str(value)

    def flag(self, key: str) -> bool:
        """Return true or false; false where the key is absent."""
        expected = say("true or false")
        value = self._get(key, False, expected)
        if not isinstance(value, bool | None):
            self.fault(key, given=_shown(value), expected=expected, action=say("Write {key} = true.", key=key))
        return value is True

    def integer(self, key: str, *, low: int, default: int | None = None, high: int | None = None) -> int:
        """Return a whole number of at least `low`, and at most `high` where that is given."""
        expected = say("a whole number of at least {low}", low=low) + (
            "" if high is None else say(" and at most {high}", high=high)
        )
        value = self._get(key, default is None, expected)
        fallback = low if default is None else default
        if value is None:
            return fallback
        if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
            self.fault(
                key,
                given=_shown(value),
                expected=expected,
                action=habit(_text_of(value), whole=True)
                or say("Write for example {key} = {fallback}.", key=key, fallback=fallback),
            )
            return fallback
        return value

    def amount(self, key: str) -> float | None:
        """Return an amount in euro of 0 or more, None where the key is absent; 85.000 is refused: it reads as 85."""
        value = self.values.get(key)
        text = _text_of(value)
        if isinstance(value, str) or THOUSANDS.fullmatch(text):
            self._known.append(key)
            read = "" if isinstance(value, str) else say(", which TOML reads as {value:g} euro", value=value)
            self.fault(
                key,
                given=Described(f"{text}{read}"),
                expected=say("an amount in euro, without quotes and without a point between thousands"),
                action=habit(text, whole=True) or say("Write for example {key} = 85000.", key=key),
            )
            return None
        return self.number(key, low=0.0)

    def number(self, key: str, *, low: float, high: float = float("inf"), default: float | None = None) -> float | None:
        """Return a number in [low, high], or `default` where the key is absent."""
        value = self._get(key, False, "")
        if value is None:
            return default
        bounds = (
            say("between {low:g} and {high:g}", low=low, high=high)
            if high != float("inf")
            else say("of at least {low:g}", low=low)
        )
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= min(high, _LARGEST):
            self.fault(
                key,
                given=_shown(value),
                expected=say("a number {bounds}", bounds=bounds),
                action=habit(_text_of(value)) or say("Decimals are written with a point."),
            )
            return default
        return float(value)

    def numbers(self, key: str, *, low: float, high: float) -> tuple[float, ...]:
        """Return a list of numbers in [low, high], empty where the key is absent."""
        value = self._get(key, False, "")
        if value is None:
            return ()
        numeric = isinstance(value, list) and all(
            isinstance(number, int | float) and not isinstance(number, bool) for number in value
        )
        if not numeric or not all(low <= number <= high for number in value):
            self.fault(
                key,
                given=value,
                expected=say("a list of numbers between {low:g} and {high:g}", low=low, high=high),
                action=say("Write for example {key} = [{low:g}, {high:g}].", key=key, low=low, high=high),
            )
            return ()
        return tuple(float(number) for number in value)

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Return a date."""
        expected = say("a date without quotes, as in 2027-01-11")
        value = self._get(key, required, expected)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.fault(
                key,
                given=_shown(value),
                expected=expected,
                action=habit(_text_of(value)) or say("Write it as year-month-day."),
            )
            return None
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """Return a list of dates, empty where the key is absent."""
        value = self._get(key, False, "")
        if value is None:
            return ()
        if not isinstance(value, list) or any(not isinstance(v, date) or isinstance(v, datetime) for v in value):
            self.fault(
                key,
                given=value,
                expected=say("a list of dates without quotes"),
                action=say("Write {key} = [2027-04-05, 2027-05-01].", key=key),
            )
            return ()
        return tuple(value)

    def words(self, key: str, allowed: Sequence[str] | None, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of distinct texts, each among `allowed` where that is given."""
        value = self._get(key, False, "")
        if value is None:
            return default
        if not isinstance(value, list) or any(not isinstance(word, str) for word in value):
            self.fault(
                key,
                given=value,
                expected=say("a list of texts in quotes"),
                action=say('Write {key} = ["…", "…"]; committee numbers are texts as well.', key=key),
            )
            return default
        for word in value:
            if allowed is not None and word not in allowed:
                self.fault(
                    key,
                    given=word,
                    expected=say("one of {words}", words=", ".join(allowed)),
                    action=nearest(word, allowed),
                )
        if len(set(value)) < len(value):
            self.fault(key, given=value, expected=say("each word once"), action=say("Delete the repeated word."))
        return tuple(value)

    def table(self, key: str, *, required: bool) -> Section:
        """Return the sub-table `key`, empty where it is absent or not a table."""
        value = self._get(key, required, say("a table"))
        if value is not None and not isinstance(value, dict):
            self.fault(
                key,
                given=value,
                expected=say("a table"),
                action=say("Write it as [{key}] with keys below it.", key=key),
            )
        return self._sub(key, value if isinstance(value, dict) else {})

    def tables(self, key: str, *, required: bool) -> list[Section]:
        """Return the repeated sub-tables `key`."""
        value = self._get(key, required, say("at least one table"))
        if value is None:
            return []
        if not isinstance(value, list) or not value or any(not isinstance(item, dict) for item in value):
            self.fault(
                key,
                given=Described(say("a {kind}", kind=type(value).__name__)),
                expected=say("repeated tables"),
                action=say("Write each as [[{key}]] with its keys below it.", key=key),
            )
            return []
        return [self._sub(f"{key}[{index}]", item) for index, item in enumerate(value)]

    def item(self, key: str, number: int) -> Section:
        """Return one of the repeated sub-tables `key` that were read before, to note a fault of it."""
        return self._sub(f"{key}[{number}]", self.values[key][number])

    def raw(self, key: str) -> Any:
        """Return the value of `key` as parsed, or None; the caller checks it."""
        return self._get(key, False, "")

    def _sub(self, key: str, values: Mapping[str, Any]) -> Section:
        path = f"{self.path}.{key}" if self.path else key
        return Section(values, path=path, file=self.file, lines=self.lines, faults=self.faults)

    def close(self) -> None:
        """Note every key that nothing read: unknown keys are faults, never ignored."""
        for key in self.values:
            if key not in self._known:
                self.fault(
                    key,
                    given=Described(say("an unknown key")),
                    expected=say("a known key"),
                    action=nearest(key, self._known),
                )


def _text_of(value: object) -> str:
    return value.text if isinstance(value, Written) else value if isinstance(value, str) else ""


def _shown(value: object) -> object:
    return Described(value.text) if isinstance(value, Written) else value
