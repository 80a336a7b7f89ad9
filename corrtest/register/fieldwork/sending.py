"""From the frozen plan to applications that are out: import, work list, claim, send, give up, replace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.events.life import BOUNCED, CAUSES
from corrtest.register.fieldwork import gate, worklists
from corrtest.register.fieldwork.batches import import_entries
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import CLAIM_HOURS, Fieldwork, claim_end
from corrtest.register.intake import reserves
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.spec import ARMS


@dataclass(frozen=True, slots=True)
class Sending:
    """What approaches employers: work list, claims, sendings, reserves."""

    session: Session

    def worklist(self, at: datetime | str, *, limit: int | None = None, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what this person can send at `at`, in order: overdue first, then by planned day.

        Applications that others hold are left out. With the key file, the vacancy and its address are in it. While the
        study is stopped it hands out nothing: `attrs["stopped"]` says why, and is "" otherwise.
        """
        when = stamp(at)
        with self.session.reading("worklist", actor) as (connection, person):
            stopped = gate.study_row(connection, self.session.study_ref).stopped or ""
            table = worklists.due(
                connection,
                self.session.study_ref,
                self.session.study,
                self.session.keys,
                person,
                when,
                0 if stopped else limit,
            )
        table.attrs["stopped"] = stopped
        return table

    def claim(
        self, pair_id: str, arm: str, at: datetime | str, *, hours: float = CLAIM_HOURS, actor: str = COORDINATOR
    ) -> None:
        """Claim one application for some hours: nobody else can take or send it meanwhile."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        until = claim_end(when, hours)
        with self.session.writing("claim", actor) as work:
            work.check_gate()
            work.claim(work.one(pair_id, arm), when, until)

    def claim_next(
        self, at: datetime | str, *, count: int = 10, hours: float = CLAIM_HOURS, actor: str = COORDINATOR
    ) -> pd.DataFrame:
        """Claim up to `count` of the most urgent applications that may go out now, and return them as a work list."""
        when = stamp(at)
        until = claim_end(when, hours)
        with self.session.writing("claim", actor) as work:
            work.check_gate()
            claimed: list[int] = []
            for candidates in worklists.candidates(work, when, count):
                work.load({pair_id for pair_id, _ in candidates})
                for pair_id, arm in candidates:
                    item = work.known(pair_id, arm)
                    if len(claimed) < count and _claimed(work, item, when, until):
                        claimed.append(item.application_ref)
                if len(claimed) == count:
                    break
            work.flush()
            return worklists.described(work.connection, self.session.study, self.session.keys, claimed)

    def release(self, pair_id: str, arm: str, at: datetime | str, *, actor: str = COORDINATOR) -> None:
        """Release what was claimed and not sent."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self.session.writing("claim", actor) as work:
            work.release(work.one(pair_id, arm), when)

    def mark_sent(
        self, pair_id: str, arm: str, at: datetime | str, *, simulated: bool = False, actor: str = COORDINATOR
    ) -> None:
        """Put on record that an application went out at `at`; caps, approval and order are checked at this moment."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.check_gate(when)
            work.send(work.one(pair_id, arm), when, simulated=simulated)

    def import_sent(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of sendings on record (pair_id, arm, at): all rows, or none and every bad row named.

        Returns the rows taken in: 0 where the same content was imported before.
        """
        checked = entries.check_entries(table, "sent")

        def send(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.send(item, entry.at, simulated=simulated)

        return import_entries(self.session, "sent", "send", checked, send, table.attrs.get("file"), actor)

    def fail(
        self,
        pair_id: str,
        arm: str,
        reason: str,
        at: datetime | str,
        *,
        cause: str = BOUNCED,
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record that an application did not arrive ("bounced"), or that its vacancy was withdrawn.

        A pair of which both applications were out is exported with that status; any other is lost to the analysis.
        """
        entries.check_word(cause, CAUSES, "cause")
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.give_up(work.one(pair_id, arm), "failed", _reason(reason), when, cause=cause)

    def skip(self, pair_id: str, arm: str, reason: str, at: datetime | str, *, actor: str = COORDINATOR) -> None:
        """Put on record that an application is not sent, and why."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.give_up(work.one(pair_id, arm), "skipped", _reason(reason), when)

    def replace(self, pair_id: str, reason: str, at: datetime | str, *, actor: str = COORDINATOR) -> str:
        """Put the next reserve of the stratum in the place of a vacancy that is gone; return the new pair's number.

        Refused once an application of the pair is out, and where no reserve is left that its employer's cap allows.
        """
        keys = self.session.required_keys()
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.check_gate()
            item = work.first(pair_id)
            work.set_aside(item, _reason(reason), when)
            work.flush()
            return reserves.replace_pair(work, keys, item, when)


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError(say("A reason is needed. Say in a few words why; name no employer in it."))
    return text.strip()


def _claimed(work: Fieldwork, item: Item, at: str, until: str) -> bool:
    try:
        work.claim(item, at, until)
    except Refusal:
        return False  # over its cap today, or its turn has not come: the next in line is tried
    return True
