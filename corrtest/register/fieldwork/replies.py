"""What employers did: reactions, withdrawals, the second coding, and the end of an application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from corrtest.register.clock import DAY, day, stamp, start_of
from corrtest.register.fieldwork import worklists
from corrtest.register.fieldwork.batches import import_entries
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.register.store import schema
from corrtest.spec import ARMS

_A, _P = schema.application.c, schema.pair.c


@dataclass(frozen=True, slots=True)
class Replies:
    """What employers did: reactions, withdrawals, and the end of an application."""

    session: Session

    def record(
        self,
        pair_id: str,
        arm: str,
        reaction: str,
        at: datetime | str,
        *,
        channel: str = "",
        text: str = "",
        simulated: bool = False,
        confirmed: bool = False,
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record what an employer did; `text` (their words) is kept apart, encrypted, and never exported.

        One after the window is refused, unless a person has `confirmed` its date.
        """
        entries.check_word(arm, ARMS, "arm")
        entries.check_word(reaction, entries.TYPED_REACTIONS, "reaction")
        if channel:
            entries.check_word(channel, entries.CHANNELS, "channel")
        when = stamp(at)
        with self.session.writing("record_reaction", actor) as work:
            item = work.one(pair_id, arm)
            work.react(item, reaction, when, channel=channel, text=text, simulated=simulated, confirmed=confirmed)

    def import_reactions(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of reactions on record, as `import_sent`.

        Columns pair_id, arm, reaction, at; maybe channel, text, confirmed.
        """
        checked = entries.check_entries(table, "reactions")

        def react(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.react(
                item,
                entry.reaction,
                entry.at,
                channel=entry.channel,
                text=entry.text,
                simulated=simulated,
                confirmed=bool(entry.confirmed),
            )

        return import_entries(
            self.session, "reactions", "record_reaction", checked, react, table.attrs.get("file"), actor
        )

    def withdraw(
        self, pair_id: str, arm: str, at: datetime | str, *, unprompted: bool = False, actor: str = COORDINATOR
    ) -> None:
        """Put on record that the employer was told that the candidate is no longer available.

        Without a positive reaction it is refused, unless a person says it was `unprompted`.
        """
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self.session.writing("withdraw", actor) as work:
            work.withdraw(work.one(pair_id, arm), when, unprompted=unprompted)

    def import_withdrawals(self, table: pd.DataFrame, *, actor: str = COORDINATOR) -> int:
        """Put a table of withdrawals on record (pair_id, arm, at; maybe confirmed), as `import_sent`."""
        checked = entries.check_entries(table, "withdrawals")

        def withdraw(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.withdraw(item, entry.at, unprompted=bool(entry.confirmed))

        return import_entries(
            self.session, "withdrawals", "withdraw", checked, withdraw, table.attrs.get("file"), actor
        )

    def awaiting_withdrawal(self, at: datetime | str, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return positive reactions not yet withdrawn, the longest waiting first; `late` past the study's hours."""
        with self.session.reading("worklist", actor) as (connection, person):
            return worklists.awaiting_withdrawal(
                connection, self.session.study_ref, self.session.study, self.session.keys, person, stamp(at)
            )

    def close_applications(self, at: datetime | str, *, actor: str = COORDINATOR) -> int:
        """Close every application whose reaction window has passed and that owes nobody a withdrawal."""
        when = stamp(at)
        with self.session.writing("close", actor) as work:
            before = start_of(day(when) - self.session.study.fieldwork.reaction_window_days * DAY)
            query = (
                sa.select(_P.pair_id, _A.arm)
                .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
                .where(
                    _P.study_ref == self.session.study_ref,
                    _A.sent_at < before,
                    sa.or_(_A.state == "withdrawn", sa.and_(_A.state == "sent", _A.positive_at.is_(None))),
                )
                .order_by(_A.application_ref)
            )
            due = [(row.pair_id, row.arm) for row in work.connection.execute(query)]
            work.load(pair_id for pair_id, _ in due)
            for pair_id, arm in due:
                work.close(work.known(pair_id, arm), when)
            return len(due)
