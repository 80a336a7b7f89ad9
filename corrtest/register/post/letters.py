"""What became of the letters that were handed to a mail server, as their events tell it.

Before a letter is handed over, an event says that it is on its way; after the server's answer, another says whether it
went. What lies between the two when a program is killed is unsettled until it is found, or a person says what happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.store import schema

_EV = schema.event.c
HANDED_OVER, SETTLED = "mail_handed_over", "mail_settled"
# A server that answers so takes the same letter later (greylisting, a mailbox that is full): it goes again by itself.
TEMPORARY = range(400, 500)
LetterState = Literal["on_its_way", "sent", "refused"]
LetterKind = Literal["application", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter by mail. `mailbox` and `domain` are keyed tokens; `code` is the answer of a server that refused it.

    `what` says whether it is the application itself, or tells that the candidate is no longer available. `freed` says
    that a person wants it sent again.
    """

    pair_id: str
    arm: str
    what: LetterKind
    message_id: str
    mailbox: str
    domain: str
    at: str
    state: LetterState
    code: int = 0
    freed: bool = False

    @property
    def is_held(self) -> bool:
        """Whether it waits for a person: it may be out, or was refused for good."""
        return self.state == "on_its_way" or (self.state == "refused" and not self.freed)


def read_letters(
    connection: Connection, study_ref: int, pair_id: str | None = None
) -> Mapping[tuple[str, str, LetterKind], Letter]:
    """Return (pair_id, arm, what) → the letter as it stands, of the whole study or of one pair."""
    query = (
        sa.select(_EV.kind, _EV.pair_id, _EV.arm, _EV.payload)
        .where(_EV.study_ref == study_ref, _EV.kind.in_((HANDED_OVER, SETTLED)))
        .order_by(_EV.seq)
    )
    if pair_id is not None:
        query = query.where(_EV.pair_id == pair_id)
    found: dict[tuple[str, str, LetterKind], Letter] = {}
    for kind, pair, arm, text in connection.execute(query):
        told = json.loads(text)
        what: LetterKind = told["what"]
        if kind == HANDED_OVER:
            found[pair, arm, what] = Letter(
                pair_id=pair,
                arm=arm,
                what=what,
                message_id=told["message_id"],
                mailbox=told["mailbox"],
                domain=told["domain"],
                at=told["at"],
                state="on_its_way",
            )
            continue
        found[pair, arm, what] = replace(
            found[pair, arm, what],
            state="sent" if told["went"] else "refused",
            code=told["code"],
            freed=told["how"] == "person" or told["code"] in TEMPORARY,
        )
    return found
