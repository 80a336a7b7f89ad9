"""How a verb opens its register: the one that the user names, else the one of the study folder."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import warn
from corrtest.cli.places import Places
from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.register import Register


def register_place(given: str | None) -> str | Path:
    """Return the register's file or address: as given, else its place in the study folder."""
    if given is not None:
        return given
    return Places.here().place(None, "register", say("This needs a register. Name its file or address"))


def opened(place: str | None, study: str | None = None, key_file: Path | None = None) -> Register:
    """Open the register that a verb works on."""
    from corrtest.register import TOKEN_VARIABLE, Register
    from corrtest.spec import open_to_others

    token = os.environ.get(TOKEN_VARIABLE)
    register = Register.open(register_place(place), study=study, key_file=key_file, token=token)
    if register.keys is not None and open_to_others(register.keys.path):
        warn(
            say(
                "Other users of this machine may read the key file {path}, which tells who the employers are. Close "
                "it: chmod 600 {path}",
                path=register.keys.path,
            )
        )
    return register


def last_given(place: str | None, word: str | None) -> tuple[str | None, str | None]:
    """Return register and word where one alone was typed: it is the word, and the register is the study folder's."""
    return (None, place) if word is None else (place, word)


def split(place: str | None, who: str | None) -> tuple[str | None, str | None]:
    """Return register and word where either alone may have been typed: what is a register is the register."""
    if who is not None or place is None or "://" in place or Path(place).is_file():
        return place, who
    return None, place


def day(text: str) -> date:
    """Read a day that a user typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CorrtestError(say("'{text}' is no day. Write it as 2026-12-01.", text=text)) from None
