"""What may be looked at: the pairs table, the audit trail, the proof of wholeness, progress, backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.clock import DAY, day, local_day, stamp
from corrtest.register.events import verify
from corrtest.register.oversight import pairs
from corrtest.register.oversight.heads import add_head, read_heads
from corrtest.register.oversight.progress import WeeklyProgress, weekly_progress
from corrtest.register.oversight.status import Status, status
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import backup, schema
from corrtest.register.store.keys import read_pairs_key
from corrtest.register.store.logins import is_limited

_EV = schema.event.c


@dataclass(frozen=True, slots=True)
class Oversight:
    """What only looks: the pairs table, the audit trail, the proof, progress, copies."""

    session: Session

    def export_pairs(self, *, as_of: datetime | date | str | None = None, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return the pseudonymous pairs table (DESIGN section 7), one row a pair.

        Only pairs of which both reaction windows have passed by `as_of` (default: the register's clock), and whose
        codes do not disagree, are in it; `attrs["progress"]` counts the others, `attrs["fieldwork"]` what became of the
        tests of each joint committee and criterion, `attrs["simulated"]` says whether any row is simulated. Pairs and
        employers go by keys of the table's own, which follow from the register's `pairs_key` and are the same in each
        export.
        """
        cut = stamp(as_of if as_of is not None else self.session.clock(), "as_of")
        with self.session.reading("export", actor) as (connection, _):
            key = read_pairs_key(self.session.pairs_key)
            table, progress, account = pairs.export(connection, self.session.study_ref, self.session.study, cut, key)
        if table.empty:
            raise RegisterError(
                say(
                    "No pair of '{study}' is complete on {cut}: {awaiting_reactions} within their reaction "
                    "window, {not_sent} not sent, {given_up} given up, {awaiting_adjudication} coded differently "
                    "by two people. Wait, or export as of a later day (--as-of) where that is in the past.",
                    study=self.session.study.name,
                    cut=local_day(day(cut)),
                    awaiting_reactions=progress.awaiting_reactions,
                    not_sent=progress.not_sent,
                    given_up=progress.given_up,
                    awaiting_adjudication=progress.awaiting_adjudication,
                )
            )
        table.attrs["progress"] = progress
        table.attrs["fieldwork"] = account
        table.attrs["simulated"] = bool(table["simulated"].any())
        return table if table.attrs["simulated"] else table.drop(columns="simulated")

    def audit_trail(
        self, *, pair_id: str | None = None, limit: int | None = None, actor: str = COORDINATOR
    ) -> pd.DataFrame:
        """Return the events, oldest first: all, those of one pair, or the last `limit`."""
        query = sa.select(schema.event).order_by(_EV.seq.desc()).limit(limit)
        if pair_id is not None:
            query = query.where(_EV.study_ref == self.session.study_ref, _EV.pair_id == pair_id)
        with self.session.reading("audit", actor) as (connection, _):
            rows = connection.execute(query).mappings().all()
        return pd.DataFrame(list(reversed(rows)), columns=[column.name for column in schema.event.columns])

    def verify(
        self, *, head: str | None = None, heads: str | Path | None = None, actor: str = COORDINATOR
    ) -> verify.Verification:
        """Prove that nothing was altered or dropped, or name the first bad event.

        Parameters
        ----------
        head
            A hash noted earlier: it must be that of an event in the chain.
        heads
            An auditor's list of such hashes: each must be, and where all is well today's is added to the list.
        """
        known = () if heads is None else read_heads(Path(heads))
        with self.session.reading("verify", actor) as (connection, _):
            if is_limited(connection):
                raise RegisterError(
                    say("This login sees a part of the events only. The coordinator or an auditor verifies them.")
                )
            self.session.read_studies(connection)
            found = verify.verify(connection, self.session.studies, (*known, *([head] if head else ())))
        if heads is not None and found.passed:
            add_head(Path(heads), found.events, found.head, stamp(self.session.clock()))
        return found

    def status(self, *, actor: str = COORDINATOR) -> Status:
        """Return progress per stratum, the use of caps, and the response so far, both arms together."""
        with self.session.reading("status", actor) as (connection, _):
            return status(connection, self.session.study_ref, self.session.study)

    def progress(self, *, as_of: datetime | date | str | None = None, actor: str = COORDINATOR) -> WeeklyProgress:
        """Return progress by week and partner against the plan, as it stood at `as_of` (default: the register's clock).

        A bare day means its end; a moment that has not come yet is the present one. A partner's person sees the part of
        their own firm.
        """
        at = now = stamp(self.session.clock())
        if as_of is not None:
            at = min(stamp(as_of if isinstance(as_of, datetime) else day(stamp(as_of)) + DAY, "as_of"), now)
        with self.session.reading("progress", actor) as (connection, person):
            return weekly_progress(connection, self.session.study_ref, self.session.study, at, person.partner)

    def backup(self, target: str | Path, *, actor: str = COORDINATOR) -> str:
        """Copy the register to `target` while it is in use; return the hash to give to `verify` later.

        The key file is not in the copy: keep that elsewhere.
        """
        with self.session.writing("backup", actor) as work:
            work.ledger.append("backed_up", {"events": work.ledger.seq})
            head = work.ledger.head
        backup.write_backup(self.session.store, Path(target))
        return head
