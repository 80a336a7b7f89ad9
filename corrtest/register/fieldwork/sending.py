"""From the frozen plan to applications that are out: import, work list, claim, send, give up, replace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from corrtest.errors import InputError
from corrtest.register.clock import later, stamp
from corrtest.register.employers import approached
from corrtest.register.events.life import BOUNCED, CAUSES
from corrtest.register.fieldwork import gate, worklists
from corrtest.register.fieldwork.batches import import_entries
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.intake import amendments, planned, plans, reserves
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.spec import ARMS

CLAIM_HOURS = 8.0


class Sending(Session):
    """The part of the register that approaches employers."""

    def import_plan(
        self,
        plan: planned.PlanLike | str | Path,
        *,
        partners: Mapping[str, str] | None = None,
        actor: str = COORDINATOR,
    ) -> int:
        """Take in the frozen plan (the object or its folder) and return its number of pairs.

        Refused before the approval is on record, a second time (see `amend_plan`), and where the plan breaks a cap as
        counted here.

        Parameters
        ----------
        partners
            pair_id → the firm whose people alone may handle it; by default what the plan says, and where it says
            nothing the pair is anybody's.
        """
        keys = self._keys()
        frozen = planned.read_frozen_plan(Path(plan)) if isinstance(plan, str | Path) else plan
        with self._writing("import_plan", actor) as work:
            return plans.import_pairs(work, keys, frozen, partners)

    def amend_plan(
        self,
        plan: planned.PlanLike | str | Path,
        *,
        partners: Mapping[str, str] | None = None,
        actor: str = COORDINATOR,
    ) -> amendments.Amended:
        """Take in the next version of the plan (the object or its folder): pairs added, and pairs taken out.

        Refused where it changes a pair, or takes one out that was sent or is claimed. Where pairs were added, nothing
        goes out before the audit of the new version's documents is on record.
        """
        keys = self._keys()
        frozen = planned.read_frozen_plan(Path(plan)) if isinstance(plan, str | Path) else plan
        with self._writing("import_plan", actor) as work:
            return amendments.amend(work, keys, frozen, partners, stamp(self.clock()))

    @property
    def plan_version(self) -> int | None:
        """The version of the plan on record; None before one is."""
        with self.store.reading() as connection:
            version: int | None = gate.study_row(connection, self.study_ref).plan_version
        return version

    def approached(self, *, amending: bool = False, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what employers got or will get (employer_id and the sending days), for `corrtest plan --already-sent`.

        It covers all studies of the register; with `amending`, not this study's own plan, which the planner counts
        itself. It names employers: for the coordinator, who plans, and for nobody else.
        """
        keys = self._keys()
        with self._reading("approached", actor) as (connection, _):
            return approached.approached(connection, keys, self.study_ref if amending else None)

    def import_vacancies(self, table: pd.DataFrame, *, actor: str = COORDINATOR) -> int:
        """Take in vacancies as `read_vacancies` gives them: unused ones become reserves; return how many.

        Their e-mail addresses, and `telephone` and `establishment_address` where the table has them, are compared with
        those of all employers in the register. A match blocks both until `decide_alias`.
        """
        keys = self._keys()
        with self._writing("import_vacancies", actor) as work:
            return reserves.import_reserves(work, keys, table)

    def worklist(self, at: datetime | str, *, limit: int | None = None, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what this person can send at `at`, in order: overdue first, then by planned day.

        Applications that others hold are left out. With the key file, the vacancy and its address are in it.
        """
        when = stamp(at)
        with self._reading("worklist", actor) as (connection, person):
            return worklists.due(connection, self.study_ref, self.study, self.keys, person, when, limit)

    def claim(
        self, pair_id: str, arm: str, at: datetime | str, *, hours: float = CLAIM_HOURS, actor: str = COORDINATOR
    ) -> None:
        """Claim one application for some hours: nobody else can take or send it meanwhile."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        until = _until(when, hours)

        def claim(work: Fieldwork) -> None:
            work.check_gate()
            work.claim(self._one(work, pair_id, arm), when, until)

        self._act("claim", actor, claim)

    def claim_next(
        self, at: datetime | str, *, count: int = 10, hours: float = CLAIM_HOURS, actor: str = COORDINATOR
    ) -> pd.DataFrame:
        """Claim up to `count` of the most urgent applications that may go out now, and return them as a work list."""
        when = stamp(at)
        until = _until(when, hours)
        with self._writing("claim", actor) as work:
            work.check_gate()
            claimed: list[int] = []
            for candidates in worklists.candidates(work, when, count):
                work.load({pair_id for pair_id, _ in candidates})
                for pair_id, arm in candidates:
                    item = self._known(work, pair_id, arm)
                    if len(claimed) < count and _claimed(work, item, when, until):
                        claimed.append(item.application_ref)
                if len(claimed) == count:
                    break
            work.flush()
            return worklists.described(work.connection, self.study, self.keys, claimed)

    def release(self, pair_id: str, arm: str, at: datetime | str, *, actor: str = COORDINATOR) -> None:
        """Give back what was claimed and not sent."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        self._act("claim", actor, lambda work: work.release(self._one(work, pair_id, arm), when))

    def mark_sent(
        self, pair_id: str, arm: str, at: datetime | str, *, simulated: bool = False, actor: str = COORDINATOR
    ) -> None:
        """Put on record that an application went out at `at`; caps, approval and order are checked at this moment."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)

        def send(work: Fieldwork) -> None:
            work.check_gate()
            work.send(self._one(work, pair_id, arm), when, simulated=simulated)

        self._act("send", actor, send)

    def import_sent(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of sendings on record (pair_id, arm, at): all rows, or none and every bad row named.

        Returns the rows taken in: 0 where the same content was imported before.
        """
        checked = entries.check_entries(table, "sent")

        def send(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.send(item, entry.at, simulated=simulated)

        return import_entries(self, "sent", "send", checked, send, table.attrs.get("file"), actor)

    def import_events(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a partner's own log on record: claims, sendings, reactions, withdrawals, failures, as `import_sent`.

        Columns pair_id, arm, event, at; `reaction`, `channel` and `text` for reactions, `reason` for what failed or was
        skipped. A claim lasts until its application was sent, at most the usual hours.
        """
        checked = entries.check_entries(table, "events")

        def act(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            if entry.event == "claimed":
                work.claim(item, entry.at, _until(entry.at, CLAIM_HOURS))
            elif entry.event == "sent":
                work.send(item, entry.at, simulated=simulated)
            elif entry.event == "reaction":
                work.react(item, entry.reaction, entry.at, channel=entry.channel, text=entry.text, simulated=simulated)
            elif entry.event == "withdrawn":
                work.withdraw(item, entry.at)
            else:
                work.give_up(item, entry.event, entry.reason, entry.at)

        return import_entries(self, "events", "send", checked, act, table.attrs.get("file"), actor)

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
        with self._writing("send", actor) as work:
            work.give_up(self._one(work, pair_id, arm), "failed", _reason(reason), when, cause=cause)

    def skip(self, pair_id: str, arm: str, reason: str, at: datetime | str, *, actor: str = COORDINATOR) -> None:
        """Put on record that an application is not sent, and why."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self._writing("send", actor) as work:
            work.give_up(self._one(work, pair_id, arm), "skipped", _reason(reason), when)

    def replace(self, pair_id: str, reason: str, at: datetime | str, *, actor: str = COORDINATOR) -> str:
        """Put the next reserve of the stratum in the place of a vacancy that is gone; return the new pair's number.

        Refused once an application of the pair is out, and where no reserve is left that its employer's cap allows.
        """
        keys = self._keys()
        when = stamp(at)
        with self._writing("send", actor) as work:
            work.check_gate()
            item = self._first(work, pair_id)
            work.set_aside(item, _reason(reason), when)
            work.flush()
            return reserves.replace_pair(work, keys, item, when)


def _until(at: str, hours: float) -> str:
    if not 0 < hours <= 24 * 31:
        raise InputError(f"A claim of {hours} hours is not possible. Give more than 0 and at most 744 hours.")
    return later(at, timedelta(hours=hours))


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError("A reason is needed. Say in a few words why; name no employer in it.")
    return text.strip()


def _claimed(work: Fieldwork, item: Item, at: str, until: str) -> bool:
    try:
        work.claim(item, at, until)
    except Refusal:
        return False  # over its cap today, or its turn has not come: the next in line is tried
    return True
