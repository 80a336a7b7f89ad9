"""Mail that comes in: kept as it came, encrypted, and never thrown away; a person says what it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.events.imported import mail_digest
from corrtest.register.events.life import BOUNCED
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.finder import Finding, Found
from corrtest.register.post.incoming import (
    CONFIRMED,
    FETCHED,
    PLACED,
    RECEIVED,
    SET_ASIDE,
    Incoming,
    Mark,
    read_incoming,
    read_marks,
)
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.register.store import schema

_M = schema.mail.c


@dataclass(frozen=True, slots=True)
class Inbox:
    """What comes in by mail."""

    session: Session

    def keep(
        self,
        source: bytes,
        identity: str,
        at: datetime | str,
        *,
        kinds: Collection[str],
        answered: Sequence[Found],
        evidence: Sequence[str],
        likely: Sequence[int] = (),
        actor: str = COORDINATOR,
    ) -> int | None:
        """Keep a mail; return its number, or None where it is kept already.

        Parameters
        ----------
        identity
            What it is known by when it is fetched once more.
        answered
            The applications of one pair that it answers; none where that is not known.
        """
        keys, study = self.session.required_keys(), self.session.study
        token = keys.token("mail", f"{study.name} {identity}")
        with self.session.writing("record_reaction", actor) as work:
            known = sa.select(_M.seq).where(_M.study_ref == work.study_ref, _M.token == token)
            if work.connection.execute(known).first() is not None:
                return None
            sealed = keys.seal(study.name, source, _place(token))
            told = {
                "at": stamp(at),
                "text_sha256": mail_digest(token, sealed),
                "kinds": sorted(kinds),
                "arms": [each.arm for each in answered],
                "evidence": list(evidence),
                "likely": list(likely),
            }
            pair_id = answered[0].pair_id if answered else None
            seq = work.ledger.append(RECEIVED, told, study_ref=work.study_ref, pair_id=pair_id)
            work.ledger.flush()
            row = {"seq": seq, "study_ref": work.study_ref, "token": token, "sealed": sealed}
            work.connection.execute(sa.insert(schema.mail), [row])
            return seq

    def mails(self, *, actor: str = COORDINATOR) -> Mapping[int, Incoming]:
        """Return number → every mail that came in, in the order in which it did."""
        with self.session.reading("worklist", actor) as (connection, _):
            return read_incoming(connection, self.session.study_ref)

    def sources(self, numbers: Collection[int], *, actor: str = COORDINATOR) -> Mapping[int, bytes]:
        """Return number → the mail as it came in."""
        keys, name = self.session.required_keys(), self.session.study.name
        query = sa.select(_M.seq, _M.token, _M.sealed).where(_M.study_ref == self.session.study_ref)
        wanted = frozenset(numbers)
        with self.session.reading("worklist", actor) as (connection, _):
            return {
                row.seq: keys.open_bytes(name, row.sealed, _place(row.token))
                for row in connection.execute(query.order_by(_M.seq))
                if row.seq in wanted
            }

    def applications(self, *, actor: str = COORDINATOR) -> list[Found]:
        """Return the applications that an employer may answer: those that are out."""
        with self.session.reading("worklist", actor) as (connection, person):
            return [each for each in Finding(self.session).all(connection, person) if each.sent_at is not None]

    def place(self, number: int, found: Sequence[Found], *, actor: str = COORDINATOR) -> None:
        """Put on record that a mail answers these applications of one pair: a person says so."""
        with self.session.writing("record_reaction", actor) as work:
            _open(work, number)
            for each in found:
                work.check_own(work.one(each.pair_id, each.arm))
            told = {"mail": number, "arms": [each.arm for each in found]}
            work.ledger.append(PLACED, told, study_ref=work.study_ref, pair_id=found[0].pair_id)

    def set_aside(self, number: int, reason: str, *, actor: str = COORDINATOR) -> None:
        """Put on record that a mail is no answer of an employer, and why; it stays kept."""
        if not reason.strip():
            raise InputError(say("A reason is needed. Say in a few words why; name no employer in it."))
        with self.session.writing("record_reaction", actor) as work:
            mail = _open(work, number)
            told = {"mail": number, "reason": reason.strip()}
            work.ledger.append(SET_ASIDE, told, study_ref=work.study_ref, pair_id=mail.pair_id)

    def confirm(
        self,
        number: int,
        reaction: str,
        text: str,
        *,
        at: datetime | str | None = None,
        confirmed: bool = False,
        actor: str = COORDINATOR,
    ) -> Incoming:
        """Put on record what an employer did by this mail, of the moment at which it was written unless `at` says else.

        Every application that it answers gets the reaction, with the mail's words; one after the window needs
        `confirmed`, as any reaction.
        """
        entries.check_word(reaction, entries.TYPED_REACTIONS, "reaction")
        with self.session.writing("record_reaction", actor) as work:
            mail = _placed(work, number)
            when = mail.at if at is None else stamp(at)
            events = []
            for item in [work.one(str(mail.pair_id), arm) for arm in mail.arms]:
                work.react(item, reaction, when, channel="email", text=text, confirmed=confirmed)
                events.append(work.ledger.seq)
            _confirm(work, mail, reaction, events)
            return mail

    def confirm_bounce(self, number: int, reason: str, *, actor: str = COORDINATOR) -> Incoming:
        """Put on record that a letter never arrived, as this mail says."""
        with self.session.writing("send", actor) as work:
            mail = _placed(work, number)
            events = []
            for item in [work.one(str(mail.pair_id), arm) for arm in mail.arms]:
                work.give_up(item, "failed", reason, mail.at, cause=BOUNCED)
                events.append(item.last_seq)
            _confirm(work, mail, BOUNCED, events)
            return mail

    def marks(self, *, actor: str = COORDINATOR) -> Mapping[tuple[str, str], Mark]:
        """Return (mailbox, folder), as tokens, → how far it was read."""
        with self.session.reading("worklist", actor) as (connection, _):
            return read_marks(connection, self.session.study_ref)

    def mark(self, mailbox: str, folder: str, mark: Mark, *, actor: str = COORDINATOR) -> None:
        """Put on record how far a folder was read: all before it is kept."""
        told: dict[str, Any] = {"mailbox": mailbox, "folder": folder, "validity": mark.validity, "last": mark.last}
        with self.session.writing("record_reaction", actor) as work:
            work.ledger.append(FETCHED, told, study_ref=work.study_ref)


def _place(token: str) -> str:
    """Return what a sealed mail is bound to: its number is not known yet when it is sealed."""
    return f"mail {token}"


def _open(work: Fieldwork, number: int) -> Incoming:
    """Return a mail of which nobody has said yet what it is."""
    mail = read_incoming(work.connection, work.study_ref).get(number)
    if mail is None:
        raise InputError(say("No mail {number} came in. See: corrtest mail answers", number=number))
    if mail.state == "confirmed":
        raise Refusal(
            "recorded",
            say(
                "Mail {number} is confirmed already. What was wrong is taken back with: corrtest register correct",
                number=number,
            ),
        )
    return mail


def _placed(work: Fieldwork, number: int) -> Incoming:
    mail = _open(work, number)
    if mail.pair_id is None:
        raise Refusal(
            "unconfirmed",
            say(
                "Of mail {number} it is not known what it answers. Say that first: corrtest mail link {number} WHO",
                number=number,
            ),
        )
    return mail


def _confirm(work: Fieldwork, mail: Incoming, outcome: str, events: Sequence[int]) -> None:
    told = {"mail": mail.number, "outcome": outcome, "events": list(events)}
    work.ledger.append(CONFIRMED, told, study_ref=work.study_ref, pair_id=mail.pair_id)
