"""Dates and numbers that a reader would stumble over: in one application, and between the two of a pair.

The audit of a pair looks at what must be equal; this looks at what must be possible, in the document alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from corrtest.generator.contacts import SPECIMEN_DOMAIN, in_zone
from corrtest.generator.names import plain
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import Persona
from corrtest.spec import postal_codes

__all__ = ["oddities", "twin_oddities"]

# Below this age nobody has a contract; above it few apply.
_YOUNGEST_WORKER, _OLDEST_APPLICANT = 15, 67
# Digits in which two numbers of one block differ.
_BLOCK = 2
_MOBILE = re.compile(r"(?:0|\+?32|0032)4\d{8}")


def oddities(pair: Pair, persona: Persona) -> Iterator[str]:
    """Yield what is implausible about an application's dates and numbers, by name."""
    document, born = persona.document, persona.born
    sent = pair.sent_on(persona.arm)
    age = sent.year - born.year - ((sent.month, sent.day) < (born.month, born.day))
    if not _YOUNGEST_WORKER < age <= _OLDEST_APPLICANT:
        yield "age"
    for entry in document["work"]:
        months = [entry[key] for key in ("startDate", "endDate") if entry.get(key)]
        if any(not 1 <= int(month[5:7]) <= 12 for month in months) or months != sorted(months):
            yield "job_dates"
        if int(months[0][:4]) - born.year < _YOUNGEST_WORKER:
            yield "job_as_a_child"
    for entry in document["education"]:
        if entry.get("startDate") and not entry["startDate"] < entry["endDate"] <= sent.isoformat()[:7]:
            yield "school_dates"
    if persona.written.date() > sent:
        yield "written_after_sent"
    yield from _place(document["basics"]["location"])
    if not document["x-application"]["specimen"]:
        yield from _reachable(document["basics"], persona)


def _place(location: Mapping[str, Any]) -> Iterator[str]:
    number = re.search(r"(\d+)\D*$", str(location["address"]))
    if number is None or not 0 < int(number[1]) < 1000:
        yield "house_number"
    if not re.fullmatch(r"[1-9]\d{3}", str(location["postalCode"])):
        yield "postal_code"
    elif _elsewhere(str(location["postalCode"]), str(location["city"])):
        yield "town_of_postal_code"


@cache
def _towns() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Return the towns at each postal code, and all towns; of "Kapellen (Antw.)" nobody writes what is in brackets."""
    table = postal_codes()
    names = table[["municipality_nl", "town_nl"]].apply(lambda column: column.str.replace(r" \(.*\)$", "", regex=True))
    at = {str(code): frozenset(row) for code, *row in names.itertuples(name=None)}
    return at, frozenset().union(*at.values())


def _elsewhere(code: str, town: str) -> bool:
    """Tell whether a town lies at another postal code; one that the list does not name may lie anywhere."""
    at, known = _towns()
    return code in at and town in known and town not in at[code]


def _reachable(basics: Mapping[str, Any], persona: Persona) -> Iterator[str]:
    """Yield where mailbox and telephone number do not go with the CV."""
    box, _, domain = str(basics["email"]).partition("@")
    if domain == SPECIMEN_DOMAIN:
        yield "specimen_mailbox"
    years = re.findall(r"\d+", box)
    fitting = {f"{persona.born.year}", f"{persona.born.year % 100:02d}"}
    if any(len(year) in (2, 4) and year not in fitting for year in years):
        yield "year_in_mailbox"
    letters = re.sub(r"[^a-z]", "", plain(box))
    names = [re.sub(r"[^a-z]", "", plain(name)) for name in (persona.given, persona.family)]
    if letters and not any(name and (name in letters or letters in name) for name in names):
        yield "name_in_mailbox"
    digits = re.sub(r"[^\d+]", "", str(basics["phone"]))
    if digits.startswith(("04", "+324", "00324")) and not _MOBILE.fullmatch(digits):
        yield "telephone_number"
    elif not in_zone(str(basics["phone"]), str(basics["location"]["postalCode"])):
        yield "telephone_zone"


def twin_oddities(control: Mapping[str, Any], treated: Mapping[str, Any]) -> Iterator[str]:
    """Yield what would make a reader look twice at the contact data of two applications side by side.

    Parameters
    ----------
    control, treated : mapping
        `basics` of the JSON Resume document of each.
    """
    if str(control["email"]).endswith(f"@{SPECIMEN_DOMAIN}"):
        return
    digits = [re.sub(r"\D", "", str(each["phone"])) for each in (control, treated)]
    if digits[0][:-_BLOCK] == digits[1][:-_BLOCK]:
        yield "telephone_numbers_of_one_block"
    streets = [str(each["location"]["address"]).rstrip("0123456789 ") for each in (control, treated)]
    if streets[0] == streets[1]:
        yield "same_street"
