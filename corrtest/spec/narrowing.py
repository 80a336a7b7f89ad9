"""A ready design narrowed to what is to be measured: some criteria, in some committees, in a period, for a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import tomlkit

from corrtest.errors import StudyError
from corrtest.language import say
from corrtest.spec.profiles import profile

__all__ = ["narrowed_text", "with_terms"]

_TESTS = "correspondence_test"


def narrowed_text(text: str, taken: Mapping[str, Sequence[str]], reasons: Mapping[str, str], header: str) -> str:
    """Return a ready design with the criteria and committees of `taken` alone; a risk analysis becomes tests.

    Parameters
    ----------
    taken : mapping
        Committee → the criteria to measure there; what is not taken of a committee that stays gets no tests.
    reasons : mapping
        Committee → what stands in words beside its tests, where anything does.
    header : str
        What the file says it comes from, in place of the design's own opening after its first line.

    Where the design has no tests yet, each takes as many as its profile says.

    Raises
    ------
    StudyError
        Nothing of what is taken is in the design, or firms are called, which takes no criteria.
    """
    opening, _, body = text.partition("\n[study]")
    document: Any = tomlkit.parse("[study]" + body)
    head = document["study"]
    if head.get("instrument") == "client_calls":
        raise StudyError(
            say("This sector calls firms with a client's wishes, which take no criteria from a risk analysis.")
        )
    if head.get("instrument") == "risk_analysis":
        head.pop("instrument")
    known = [str(table["name"]) for table in document["criterion"]]
    kept = {name for criteria in taken.values() for name in criteria} & set(known)
    numbers = {str(table["number"]) for table in document["committee"]}
    stay = {number for number, criteria in taken.items() if kept & set(criteria)} & numbers
    if not stay:
        raise StudyError(
            say(
                "The ready design of this sector has none of the criteria and committees that the risk analysis says "
                "to measure: {criteria}. Make the study without --from-risks, and write them in its study.toml.",
                criteria=", ".join(sorted({name for criteria in taken.values() for name in criteria})),
            )
        )
    _keep(document["criterion"], "name", kept)
    _keep(document["committee"], "number", stay)
    (usual,) = profile(str(head["profile"])).value("pairs") or (0,)
    tests = int(usual) if head.get("instrument", _TESTS) == _TESTS else 0
    for table in document["committee"]:
        _set_tests(table, [name for name in known if name in kept], taken, tests, reasons)
    _narrow_occupations(document, stay)
    first = opening.splitlines()[0] if opening.startswith("#") else ""
    return "\n".join([*([first] if first else []), f"# {header}", "", tomlkit.dumps(document)])


def with_terms(text: str, *, name: str, start: date, end: date, total: float | None) -> str:
    """Return the text of a study with another name, period and budget; without a total the budget stays as it is."""
    document: Any = tomlkit.parse(text)
    document["study"]["name"] = name
    document["study"]["period"]["start"], document["study"]["period"]["end"] = start, end
    if total is not None:
        if "budget" not in document:
            document["budget"] = tomlkit.table()
        document["budget"]["total"] = int(total) if total == int(total) else total
    return tomlkit.dumps(document)


def _keep(tables: Any, key: str, wanted: set[str]) -> None:
    for place in reversed(range(len(tables))):
        if str(tables[place][key]) not in wanted:
            del tables[place]


def _set_tests(
    table: Any, criteria: Sequence[str], taken: Mapping[str, Sequence[str]], tests: int, reasons: Mapping[str, str]
) -> None:
    """Write the tests of a committee: those of the design, else as many as is usual, and 0 for what is not taken."""
    number, before = str(table["number"]), table["pairs"]
    counts = {name: (int(before.get(name, 0)) or tests) if name in taken[number] else 0 for name in criteria}
    written = ", ".join(f"{name} = {count}" for name, count in counts.items())
    table["pairs"] = tomlkit.parse(f"pairs = {{ {written} }}")["pairs"]
    if number in reasons:
        table["pairs"].comment(reasons[number])


def _narrow_occupations(document: Any, committees: set[str]) -> None:
    """Leave out committees that do not stay, and occupations of which none stays."""
    for place in reversed(range(len(document.get("occupation", [])))):
        own = document["occupation"][place].get("committees")
        if own is None:
            continue
        left = [str(number) for number in own if str(number) in committees]
        if left == [str(number) for number in own]:
            continue
        if left:
            document["occupation"][place]["committees"] = left
        else:
            del document["occupation"][place]
