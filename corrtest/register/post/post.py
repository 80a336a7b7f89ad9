"""Letters that go out by mail: every step is an event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from corrtest.language import say
from corrtest.register.clock import later, stamp
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.candidates import Candidate, known_candidates
from corrtest.register.post.letters import HANDED_OVER, SETTLED, Letter, LetterKind, read_letters
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema

REHEARSED = "mail_rehearsed"
# What is on its way stays claimed for so long: nobody else can send it meanwhile.
HELD = timedelta(days=31)
_A, _P, _EV = schema.application.c, schema.pair.c, schema.event.c


@dataclass(frozen=True, slots=True)
class Post:
    """What goes out by mail."""

    session: Session

    def candidates(self, *, actor: str = COORDINATOR) -> Mapping[tuple[str, str], Candidate]:
        """Return (documents, arm) → the candidate who writes."""
        keys = self.session.required_keys()
        with self.session.reading("worklist", actor) as (connection, _):
            return known_candidates(connection, self.session.study_ref, self.session.study.name, keys)

    def message_id(self, pair_id: str, arm: str, domain: str, what: LetterKind = "application") -> str:
        """Return the Message-ID of a letter: the same each time, and a chance number to whoever reads it."""
        token = self.session.required_keys().token("message", f"{self.session.study.name} {pair_id} {arm} {what}")
        return f"<{uuid.UUID(hex=token[:32], version=4)}@{domain}>"

    def token(self, kind: str, value: str) -> str:
        """Return what stands for a mailbox or a domain in events."""
        return self.session.required_keys().token(kind, value)[:20]

    def check_gate(self, *, actor: str = COORDINATOR) -> None:
        """Refuse where the study is not approved, or is stopped."""
        with self.session.reading("send", actor) as (connection, _):
            gate.check_open(gate.study_row(connection, self.session.study_ref))

    def hand_over(
        self,
        pair_id: str,
        arm: str,
        at: datetime | str,
        *,
        message_id: str,
        mailbox: str,
        domain: str,
        what: LetterKind = "application",
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record that a letter is about to be handed to the mail server; approval, order and caps are checked.

        A withdrawal needs a positive reaction that nobody was told anything of yet. What was handed over and is not
        settled is refused: it may be out already.
        """
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.check_gate()
            item = work.one(pair_id, arm)
            letter = read_letters(work.connection, work.study_ref, pair_id).get((pair_id, arm, what))
            if letter is not None and letter.state == "on_its_way":
                raise Refusal(
                    "unconfirmed",
                    say("{item}: it was handed over before, and may be out. Settle it first.", item=item.name),
                )
            if what == "application":
                work.claim(item, when, later(when, HELD))
            else:
                _check_withdrawable(work, item)
            told = {"at": when, "what": what, "message_id": message_id, "mailbox": mailbox, "domain": domain}
            work.ledger.append(HANDED_OVER, told, study_ref=work.study_ref, pair_id=pair_id, arm=arm)

    def settle(
        self,
        pair_id: str,
        arm: str,
        *,
        went: bool,
        how: str,
        code: int = 0,
        what: LetterKind = "application",
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record whether a letter went: by the server's `answer`, a `copy` that was found, or a `person`'s word.

        What went counts from the moment at which it was handed over.
        """
        with self.session.writing("send", actor) as work:
            letter = read_letters(work.connection, work.study_ref, pair_id).get((pair_id, arm, what))
            item = work.one(pair_id, arm)
            if letter is None or letter.state != "on_its_way":
                raise Refusal("recorded", say("{item}: nothing of it is unsettled.", item=item.name))
            told = {"message_id": letter.message_id, "what": what, "went": went, "how": how, "code": code}
            work.ledger.append(SETTLED, told, study_ref=work.study_ref, pair_id=pair_id, arm=arm)
            if item.life.state != ("claimed" if what == "application" else "sent"):
                return  # a person has put on record already what became of it
            if what == "withdrawal":
                if went:
                    work.withdraw(item, letter.at)
            elif went:
                work.send_handed_over(item, letter.at)
            else:
                work.release(item, stamp(self.session.clock()))

    def free(self, pair_id: str, arm: str, *, what: LetterKind = "application", actor: str = COORDINATOR) -> None:
        """Put on record that a person wants a letter sent again: it did not go, or was refused."""
        with self.session.writing("send", actor) as work:
            letter = read_letters(work.connection, work.study_ref, pair_id).get((pair_id, arm, what))
            item = work.one(pair_id, arm)
            if letter is None or letter.state == "sent":
                raise Refusal("recorded", say("{item}: nothing of it is unsettled.", item=item.name))
            told = {"message_id": letter.message_id, "what": what, "went": False, "how": "person", "code": letter.code}
            work.ledger.append(SETTLED, told, study_ref=work.study_ref, pair_id=pair_id, arm=arm)
            if what == "application" and letter.state == "on_its_way" and item.life.state == "claimed":
                work.release(item, stamp(self.session.clock()))

    def numbers(self, *, actor: str = COORDINATOR) -> Mapping[tuple[str, str], int]:
        """Return (pair_id, arm) → number of the application, of all that were handed over."""
        query = (
            sa.select(_P.pair_id, _A.arm, _A.application_ref)
            .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
            .where(_P.study_ref == self.session.study_ref)
        )
        with self.session.reading("worklist", actor) as (connection, _):
            return {(pair, arm): number for pair, arm, number in connection.execute(query)}

    def letters(self, *, actor: str = COORDINATOR) -> tuple[Letter, ...]:
        """Return every letter that was handed to a mail server, in the order of the first time."""
        with self.session.reading("worklist", actor) as (connection, _):
            return tuple(read_letters(connection, self.session.study_ref).values())

    def rehearse(self, at: datetime | str, letters: int, *, actor: str = COORDINATOR) -> None:
        """Put on record that so many letters were sent to the study's own test address; they count for nothing."""
        with self.session.writing("send", actor) as work:
            work.ledger.append(REHEARSED, {"at": stamp(at), "letters": letters}, study_ref=work.study_ref)

    def rehearsed(self, *, actor: str = COORDINATOR) -> bool:
        """Say whether there was a rehearsal."""
        query = sa.select(_EV.seq).where(_EV.study_ref == self.session.study_ref, _EV.kind == REHEARSED).limit(1)
        with self.session.reading("worklist", actor) as (connection, _):
            return connection.execute(query).first() is not None


def _check_withdrawable(work: Fieldwork, item: Item) -> None:
    work.check_own(item)
    if item.blocked:
        raise Refusal("blocked", say("{item}: the employer asked to be left alone.", item=item.name))
    if item.life.state != "sent" or item.life.positive_at is None:
        raise Refusal("illegal_move", say("{item}: there is no positive reaction to withdraw from.", item=item.name))
