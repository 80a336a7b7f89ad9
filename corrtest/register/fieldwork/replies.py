"""What employers did: reactions, withdrawals, the second coding, and the end of an application."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from corrtest.register.clock import DAY, later, stamp
from corrtest.register.fieldwork import worklists
from corrtest.register.fieldwork.batches import import_entries
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.people import coding
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.register.store import schema
from corrtest.spec import ARMS, REACTIONS

_A, _P = schema.application.c, schema.pair.c


class Replies(Session):
    """The part of the register that hears from employers."""

    def record_reaction(
        self,
        pair_id: str,
        arm: str,
        reaction: str,
        at: datetime | str,
        *,
        channel: str = "",
        text: str = "",
        simulated: bool = False,
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record what an employer did; `text` (their words) is kept apart, encrypted, and never exported."""
        entries.check_word(arm, ARMS, "arm")
        entries.check_word(reaction, entries.TYPED_REACTIONS, "reaction")
        if channel:
            entries.check_word(channel, entries.CHANNELS, "channel")
        when = stamp(at)

        def react(work: Fieldwork) -> None:
            item = self._one(work, pair_id, arm)
            work.react(item, reaction, when, channel=channel, text=text, simulated=simulated)

        self._act("record_reaction", actor, react)

    def import_reactions(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of reactions on record (pair_id, arm, reaction, at; maybe channel, text), as `import_sent`."""
        checked = entries.check_entries(table, "reactions")

        def react(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.react(item, entry.reaction, entry.at, channel=entry.channel, text=entry.text, simulated=simulated)

        return import_entries(self, "reactions", "record_reaction", checked, react, table.attrs.get("file"), actor)

    def withdraw(self, pair_id: str, arm: str, at: datetime | str, *, actor: str = COORDINATOR) -> None:
        """Put on record that the employer was told that the candidate is no longer available."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        self._act("withdraw", actor, lambda work: work.withdraw(self._one(work, pair_id, arm), when))

    def import_withdrawals(self, table: pd.DataFrame, *, actor: str = COORDINATOR) -> int:
        """Put a table of withdrawals on record (pair_id, arm, at), as `import_sent`."""
        checked = entries.check_entries(table, "withdrawals")

        def withdraw(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.withdraw(item, entry.at)

        return import_entries(self, "withdrawals", "withdraw", checked, withdraw, table.attrs.get("file"), actor)

    def awaiting_withdrawal(self, at: datetime | str, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return positive reactions not yet withdrawn, the longest waiting first; `late` past the study's hours."""
        with self._reading("worklist", actor) as (connection, person):
            return worklists.awaiting_withdrawal(connection, self.study_ref, self.study, person, stamp(at))

    def close_applications(self, at: datetime | str, *, actor: str = COORDINATOR) -> int:
        """Close every application whose reaction window has passed and that owes nobody a withdrawal."""
        when = stamp(at)
        with self._writing("close", actor) as work:
            ended = later(when, -self.study.fieldwork.reaction_window_days * DAY)
            query = (
                sa.select(_P.pair_id, _A.arm)
                .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
                .where(
                    _P.study_ref == self.study_ref,
                    _A.sent_at <= ended,
                    sa.or_(_A.state == "withdrawn", sa.and_(_A.state == "sent", _A.positive_at.is_(None))),
                )
                .order_by(_A.application_ref)
            )
            due = [(row.pair_id, row.arm) for row in work.connection.execute(query)]
            work.load(pair_id for pair_id, _ in due)
            for pair_id, arm in due:
                work.close(self._known(work, pair_id, arm), when)
            return len(due)

    # -- second coding -------------------------------------------------------------------------------------------

    def awaiting_coding(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what awaits a second coding: its number and the employer's words, no pair, arm or first code."""
        with self._reading("read_coding", actor) as (connection, person):
            return coding.waiting(connection, self.study_ref, self.study, self.keys, person)

    def code(self, item: int, reaction: str, *, actor: str) -> None:
        """Give the second code of an item of `awaiting_coding`; the first coder may not."""
        entries.check_word(reaction, REACTIONS, "reaction")
        with self._writing("code", actor) as work:
            coding.code(work, int(item), reaction)

    def disagreements(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return the items on which the two codes differ and nobody has decided."""
        with self._reading("read_codes", actor) as (connection, _):
            return coding.disagreements(connection, self.study_ref)

    def adjudicate(self, item: int, reaction: str, *, actor: str = COORDINATOR) -> None:
        """Decide between two codes; neither coder may."""
        entries.check_word(reaction, REACTIONS, "reaction")
        with self._writing("adjudicate", actor) as work:
            coding.adjudicate(work, int(item), reaction)

    def agreement(self, *, confidence_level: float = 0.95, actor: str = COORDINATOR) -> coding.Agreement:
        """Return Cohen's kappa of the two codings, with its interval."""
        with self._reading("status", actor) as (connection, _):
            return coding.agreement(connection, self.study_ref, confidence_level)
