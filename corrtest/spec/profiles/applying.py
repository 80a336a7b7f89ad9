"""A profile written into a study file: what it lays down is changed, and every other line and comment stays."""

from __future__ import annotations

from typing import Any

import tomlkit

from corrtest.spec.profiles import Profile

__all__ = ["with_profile"]

# Which key of the study file says a fact, where that is one value.
_KEYS = {
    "tests_are": ("fieldwork", "tests_are"),
    "reaction_window_days": ("fieldwork", "reaction_window_days"),
    "caps_total": ("caps", "total"),
    "confidence_level": ("analysis", "confidence_level"),
    "cluster": ("analysis", "cluster"),
    "min_pairs": ("disclosure", "min_pairs"),
    "min_employers": ("disclosure", "min_employers"),
}
_LISTS = {"strict": ("outcomes", "strict"), "broad": ("outcomes", "broad"), "channels": ("channels", "declared")}


def with_profile(text: str, chosen: Profile) -> str:
    """Return a ready design as the profile lays it down: criteria, tests, channels, instrument, outcomes, rules.

    The first line, which names the sector, stays; the profile's own lines take the place of the rest of the opening.
    """
    opening, _, body = text.partition("\n[study]")
    document = tomlkit.parse("[study]" + body)
    head = document["study"]
    head["profile"] = chosen.name
    _instrument(document, chosen)
    _criteria(document, chosen)
    for fact, (table, key) in (_KEYS | _LISTS).items():
        values = chosen.value(fact)
        if values is not None:
            _put(document, table, key, list(values) if fact in _LISTS else values[0])
    if "sector_adds" in document.get("budget", {}):
        document["budget"]["sector_adds"].comment("euro, what the sector adds; fewer tests need less: corrtest budget")
    first = opening.splitlines()[0] if opening.startswith("#") else ""
    lines = [first, *(f"# {line}" for line in chosen.header)] if chosen.header else opening.splitlines()
    return "\n".join([*lines, "", tomlkit.dumps(document)])


def _instrument(document: Any, chosen: Profile) -> None:
    head = document["study"]
    (wanted,) = chosen.value("instrument") or ("correspondence_test",)
    if wanted == "correspondence_test":
        head.pop("instrument", None)  # what a study is unless it says otherwise
        document.pop("client_calls", None)  # the table of another instrument
    else:
        head["instrument"] = wanted


def _criteria(document: Any, chosen: Profile) -> None:
    wanted = chosen.value("criteria")
    if wanted is None:
        return
    (pairs,) = chosen.value("pairs") or (0,)
    kept = [table for table in document["criterion"] if table["name"] in wanted]
    for place in reversed(range(len(document["criterion"]))):
        if document["criterion"][place]["name"] not in wanted:
            del document["criterion"][place]
    for committee in document["committee"]:
        tests = {table["name"]: max(int(pairs), int(committee["pairs"].get(table["name"], 0))) for table in kept}
        written = ", ".join(f"{name} = {count}" for name, count in tests.items())
        committee["pairs"] = tomlkit.parse(f"pairs = {{ {written} }}")["pairs"]


def _put(document: Any, table: str, key: str, value: Any) -> None:
    if table not in document:
        document.append(table, tomlkit.table())
    if key not in document[table] or document[table][key] != value:
        document[table][key] = value
