"""Tables of what happened (sent, reactions) as partners keep them: every bad row named before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say
from corrtest.register.clock import stamp, unreadable
from corrtest.register.events.acts import LOGGED
from corrtest.register.events.ledger import canonical
from corrtest.spec import ARMS, EVERY_REACTION, require_columns, sheet_row

Kind = Literal["sent", "reactions", "withdrawals", "events"]

COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    "sent": ("pair_id", "arm", "at"),
    "reactions": ("pair_id", "arm", "reaction", "at"),
    "withdrawals": ("pair_id", "arm", "at"),
    "events": ("pair_id", "arm", "event", "at"),
}
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {
    "sent": (),
    "reactions": ("channel", "text", "confirmed"),
    "withdrawals": ("confirmed",),
    "events": ("reaction", "channel", "text", "reason", "confirmed"),
}
CHANNELS = ("email", "telephone", "voicemail", "letter", "form", "other")
# What a person may type: "none" is not among them, it follows from the clock.
TYPED_REACTIONS = tuple(word for word in EVERY_REACTION if word != "none")
# What stands beside a row that is unusual and right all the same: a late answer, a withdrawal that nobody asked for.
CONFIRMED = ("yes",)
# Spreadsheets run a cell that starts so as a formula; no identifier or word of ours does.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# Own checks, not pandera's: its lazy report gives column, check, value and index, but neither the nearest word nor what
# to do, and what a cell must be depends on another one (`event`): every check would still be written here.


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of such a table, checked."""

    row: int
    at: str
    pair_id: str = ""
    arm: str = ""
    application: str = ""
    event: str = ""
    reaction: str = ""
    channel: str = ""
    text: str = ""
    reason: str = ""
    confirmed: str = ""

    @property
    def order(self) -> tuple[str, int, int]:
        """Where the entry comes among the others: by time, whatever the order of rows."""
        return self.at, LOGGED.index(self.event) if self.event else 0, self.row


def check_entries(table: pd.DataFrame, kind: Kind) -> list[Entry]:
    """Return the rows of `table` as entries, in file order.

    Raises
    ------
    InputError
        With a fault for every bad cell.
    """
    needed = [name for name in COLUMNS[kind] if "application" not in table.columns or name not in ("pair_id", "arm")]
    needed += ["application"] if len(needed) < len(COLUMNS[kind]) else []
    require_columns(table, needed)
    file = table.attrs.get("file")
    names = [*needed, *(name for name in OPTIONAL[kind] if name in table.columns)]
    entries: list[Entry] = []
    faults: list[Fault] = []
    for index, values in enumerate(zip(*(table[name] for name in names), strict=True)):
        cells = {name: _text(value) for name, value in zip(names, values, strict=True)}
        found = _cell_faults(cells, kind, file, sheet_row(index))
        faults.extend(found)
        if not found:
            cells["at"] = stamp(cells["at"])
            entries.append(Entry(row=sheet_row(index), **cells))
    if faults:
        raise InputError(
            say("{file} has {count} fault(s); nothing was imported.", file=file or say("The table"), count=len(faults)),
            faults,
        )
    return entries


def check_word(word: str, allowed: Sequence[str], column: str, row: int | None = None, file: str | None = None) -> None:
    """Raise InputError where `word` is not one of `allowed`."""
    fault = _word_fault(word, allowed, column, row, file)
    if fault is not None:
        raise InputError(say("The {column} '{word}' is unknown.", column=column, word=word), [fault])


def content_sha256(entries: Sequence[Entry]) -> str:
    """Return a hash of what the rows say, whatever file or order of rows they came in."""
    lines = sorted(
        canonical(
            {
                "p": e.pair_id or e.application,
                "a": e.arm,
                "t": e.at,
                "r": e.reaction,
                "c": e.channel,
                "x": e.text,
                **_more(e),
            }
        )
        for e in entries
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _more(entry: Entry) -> dict[str, str]:
    # Only where there is any, so that tables imported before there were logs keep their hash.
    more = (("e", entry.event), ("w", entry.reason), ("n", entry.application), ("y", entry.confirmed))
    return {name: value for name, value in more if value}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if pd.isna(value) else str(value)


def _cell_faults(cells: Mapping[str, str], kind: Kind, file: str | None, row: int) -> list[Fault]:
    faults = []
    if "application" in cells and not cells["application"]:
        faults.append(
            _empty("application", say("whose it is: the number on the list, or the candidate's name"), row, file)
        )
    if cells.get("pair_id") == "":
        faults.append(_empty("pair_id", say("the pair's number, such as P00001"), row, file))
    event = cells.get("event")
    if event in ("failed", "skipped") and not cells.get("reason"):
        faults.append(_empty("reason", say("why it was {event}", event=event), row, file))
    words: list[tuple[str, Sequence[str]]] = [("arm", ARMS)] if "arm" in cells else []
    if kind == "events":
        words.append(("event", LOGGED))
    if kind == "reactions" or event == "reaction":
        words.append(("reaction", TYPED_REACTIONS))
        if cells.get("channel"):
            words.append(("channel", CHANNELS))
    if cells.get("confirmed"):
        words.append(("confirmed", CONFIRMED))
    for column, allowed in words:
        fault = _word_fault(cells.get(column, ""), allowed, column, row, file)
        if fault is not None:
            faults.append(fault)
    try:
        stamp(cells["at"])
    except InputError:
        faults.append(unreadable(cells["at"], "at", row, file))
    return faults


def _empty(column: str, expected: str, row: int, file: str | None) -> Fault:
    return Fault(
        file=file,
        row=row,
        column=column,
        given=say("an empty cell"),
        expected=expected,
        action=say("Fill it in as the work list has it.")
        if column in ("pair_id", "application")
        else say("Fill it in; name no employer."),
    )


def _word_fault(word: str, allowed: Sequence[str], column: str, row: int | None, file: str | None) -> Fault | None:
    if word in allowed:
        return None
    action = nearest(word, allowed) if word else say("Fill it in.")
    if word == "none" and column == "reaction":
        action = say("Leave silence out: the register derives 'none' once the reaction window has passed.")
    return Fault(
        file=file,
        row=row,
        column=column,
        given=f"'{word}'" if word else say("an empty cell"),
        expected=say("one of {words}", words=", ".join(allowed)),
        action=action,
    )
