"""An auditor's list: the end of the chain as it stood at each look, kept away from those who keep the register.

Whoever has the register can write its whole chain anew. Who holds a hash of earlier days sees that: it is gone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from corrtest.errors import Fault, InputError
from corrtest.language import say

_LINE = re.compile(r"(?P<events>\d+) (?P<head>[0-9a-f]{64}) (?P<at>\S+)")


def read_heads(path: Path) -> tuple[str, ...]:
    """Return the hashes in an auditor's list, oldest first; none where there is no list yet.

    Raises
    ------
    InputError
        A line is not "number of events, hash, time".
    """
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    faults = [
        Fault(
            file=path.name,
            row=number,
            given=ascii(line[:40]),
            expected=say("number of events, hash and time, as `verify --heads` writes them"),
            action=say("Put the line back from a copy of the list, or delete it."),
        )
        for number, (line, match) in enumerate(zip(lines, found, strict=True), start=1)
        if match is None
    ]
    if faults:
        raise InputError(say("The list of heads {path} cannot be used.", path=path), faults)
    return tuple(match["head"] for match in found if match is not None)


def add_head(path: Path, events: int, head: str, at: str) -> None:
    """Write the end of the chain as the last line of the list, on disk before this returns."""
    with path.open("a", encoding="ascii", newline="\n") as stream:
        stream.write(f"{events} {head} {at}\n")
        stream.flush()
        os.fsync(stream.fileno())
