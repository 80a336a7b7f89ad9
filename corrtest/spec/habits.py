"""How people in Belgium write a day, an amount, a text or a remark, and how TOML wants it."""

from __future__ import annotations

import re
from collections.abc import Callable

from corrtest.language import mark, say

THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+")
_AMOUNT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{3})+|\d+),(\d+)(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_UNITS = "€|EUR|euro|weken|dagen|paren|weeks|days|pairs|semaines|jours|paires"
_YES = "ja|waar|yes|True|TRUE|oui|vrai"
_NO = "nee|neen|onwaar|no|False|FALSE|non|faux"
_VALUE = r"(=\s*)"
_END = r"(\s*(?:#.*)?)$"
_DOUBLE, _SINGLE = "„“”‟″«»", "‘’‚‛′"


def habit(text: str, *, whole: bool = False) -> str | None:
    """Return how TOML wants what `text` has in the Belgian way (85.000,50 or 0,25 or 11/01/2027), or None.

    A point in 85.000 can only be read as one between thousands where a whole number is meant.
    """
    if day := _DAY.search(text):
        return say(
            "Write a day as year-month-day, without quotes: {year}-{month:02d}-{day:02d}.",
            year=day[4],
            month=int(day[3]),
            day=int(day[1]),
        )
    if amount := _AMOUNT.search(text):
        return say(
            "Write a decimal with a point, and none between thousands: {amount}.{cents}.",
            amount=amount[1].replace(".", ""),
            cents=amount[2],
        )
    if whole and (thousands := THOUSANDS.search(text)):
        return say("Write no point between thousands: {thousands}.", thousands=thousands[0].replace(".", ""))
    return None


def _straight(line: str) -> str:
    for sign in _DOUBLE:
        line = line.replace(sign, '"')
    return re.sub(f"(?<=[=\\[,\\s])[{_SINGLE}](.*?)[{_SINGLE}]", r'"\1"', line)


def _plain_blanks(line: str) -> str:
    return re.sub("[\u00a0\u202f\u2007]", " ", re.sub("[\u200b\ufeff\u200e\u200f]", "", line))


def _day(line: str) -> str:
    return re.sub(
        rf"([=,\[]\s*){_DAY.pattern.replace(chr(92) + '2', chr(92) + '3')}",
        lambda found: f"{found[1]}{found[5]}-{int(found[4]):02d}-{int(found[2]):02d}",
        line,
    )


def _decimal(line: str) -> str:
    return re.sub(
        rf"{_VALUE}(-?)(\d{{1,3}}(?:[. ]\d{{3}})+|\d+),(\d+)",
        lambda found: f"{found[1]}{found[2]}{re.sub('[. ]', '', found[3])}.{found[4]}",
        line,
    )


def _thousands(line: str) -> str:
    return re.sub(
        rf"{_VALUE}(-?\d{{1,3}}(?:[. '’]\d{{3}})+)",
        lambda found: found[1] + re.sub("[. '’]", "", found[2]),
        line,
    )


def _unit(line: str) -> str:
    line = re.sub(rf"{_VALUE}(?:€|EUR|eur)\s*", r"\1", line)
    line = re.sub(
        rf"{_VALUE}(\d+(?:[.,]\d+)?)\s*%{_END}",
        lambda found: f"{found[1]}{float(found[2].replace(',', '.')) / 100:g}{found[3]}",
        line,
    )
    return re.sub(rf"{_VALUE}(\d[\d.,]*)\s*(?:{_UNITS}){_END}", r"\1\2\3", line)


def _zeros(line: str) -> str:
    return re.sub(rf"{_VALUE}(0\d[\d.]*){_END}", r'\1"\2"\3', line)


def _truth(line: str) -> str:
    line = re.sub(rf"{_VALUE}(?:{_YES}){_END}", r"\1true\2", line)
    return re.sub(rf"{_VALUE}(?:{_NO}){_END}", r"\1false\2", line)


def _equals(line: str) -> str:
    return re.sub(r"^(\s*[\w-]+)\s*(?::=|:|==|(?=\s[\"'\d\[{]))\s*", r"\1 = ", line, count=1)


def _ended(line: str) -> str:
    return re.sub(rf"[;,]+{_END}", r"\1", line)


def _remark(line: str) -> str:
    return re.sub(r"^(\s*)(?://+|--+|;|%|\*)", r"\1#", line)


def _remark_behind(line: str) -> str:
    return re.sub(
        r"""^([^#"']*=\s*(?:"[^"]*"|'[^']*'|[\w.-]+))\s+(?:(?://|--|\()\s*)?([^\W\d][^"'=]*)$""", r"\1  # \2", line
    )


def _closed(line: str) -> str:
    if re.search(rf"{_VALUE}\"[^\"]*$", line):
        return re.sub(rf"{_VALUE}\"([^\"#]*?){_END}", r'\1"\2"\3', line)
    return re.sub(rf"{_VALUE}([^\"'\[{{][^\"]*)\"{_END}", r'\1"\2"\3', line)


def _quoted(line: str) -> str:
    return re.sub(rf"{_VALUE}([^\W\d][^#\"=]*?){_END}", r'\1"\2"\3', line)


def _bracketed(line: str) -> str:
    return re.sub(
        rf"^\s*(\[\[?)\s*([\w. -]+?)\s*\]{{0,2}}{_END}",
        lambda found: found[1] + re.sub(r"[\s-]+", "_", found[2]) + "]" * len(found[1]) + found[3],
        line,
    )


def _one_word(line: str) -> str:
    return re.sub(
        r"^(\s*)(\w+(?:[ \t]+\w+)+)(\s*=)", lambda found: found[1] + re.sub(r"\s+", "_", found[2]) + found[3], line
    )


def _single(line: str) -> str:
    return re.sub(r'"([^"\']*\\[^"\']*)"', r"'\1'", line)


# Mending → what TOML expects there. In this order: what is seen first is the surest.
MENDINGS: tuple[tuple[Callable[[str], str], str], ...] = (
    (_plain_blanks, mark("ordinary blanks: this line has one that a text processor or web page makes")),
    (_straight, mark('straight quotes (")')),
    (_day, mark("a day as year-month-day, without quotes")),
    (_decimal, mark("a decimal with a point, and none between thousands")),
    (_thousands, mark("a number without a sign between thousands")),
    (_unit, mark("a number alone, and a share as a decimal")),
    (_zeros, mark("a text in quotes, since no number begins with 0")),
    (_truth, mark("true or false")),
    (_ended, mark("nothing behind the value")),
    (_remark, mark("a remark that begins with #")),
    (_bracketed, mark("a section between brackets, as in [study] or [[committee]]")),
    (_equals, mark("the sign = between a key and its value")),
    (_one_word, mark("a key of one word")),
    (_single, mark("a text with \\ between single quotes")),
    (_closed, mark("a text with a quote at both ends")),
    (_remark_behind, mark("a remark that begins with #")),
    (_quoted, mark("a text in quotes")),
)
