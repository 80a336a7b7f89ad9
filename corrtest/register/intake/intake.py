"""What comes in before and beside the sending: the plan and its later versions, more vacancies, a partner's own log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corrtest.register.clock import stamp
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.batches import import_entries
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import CLAIM_HOURS, Fieldwork, claim_end
from corrtest.register.intake import amendments, planned, plans, reserves
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries


@dataclass(frozen=True, slots=True)
class Intake:
    """What is taken in whole: the frozen plan, its later versions, more vacancies, a partner's own log."""

    session: Session

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
        keys = self.session.required_keys()
        frozen = planned.read_frozen_plan(Path(plan)) if isinstance(plan, str | Path) else plan
        with self.session.writing("import_plan", actor) as work:
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
        keys = self.session.required_keys()
        frozen = planned.read_frozen_plan(Path(plan)) if isinstance(plan, str | Path) else plan
        with self.session.writing("import_plan", actor) as work:
            return amendments.amend(work, keys, frozen, partners, stamp(self.session.clock()))

    @property
    def plan_version(self) -> int | None:
        """The version of the plan on record; None before one is."""
        with self.session.store.reading() as connection:
            version: int | None = gate.study_row(connection, self.session.study_ref).plan_version
        return version

    def import_vacancies(self, table: pd.DataFrame, *, actor: str = COORDINATOR) -> int:
        """Take in vacancies as `read_vacancies` gives them: unused ones become reserves; return how many.

        Their e-mail addresses, and `telephone` and `establishment_address` where the table has them, are compared with
        those of all employers in the register. A match blocks both until `decide_alias`.
        """
        keys = self.session.required_keys()
        with self.session.writing("import_vacancies", actor) as work:
            return reserves.import_reserves(work, keys, table)

    def import_events(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a partner's own log on record: claims, sendings, reactions, withdrawals, failures, as `import_sent`.

        Columns pair_id, arm, event, at; `reaction`, `channel` and `text` for reactions, `reason` for what failed or was
        skipped, `confirmed` for what is unusual and right. A claim lasts until its application was sent, at most the
        usual hours.
        """
        checked = entries.check_entries(table, "events")

        def act(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            if entry.event == "claimed":
                work.claim(item, entry.at, claim_end(entry.at, CLAIM_HOURS))
            elif entry.event == "sent":
                work.send(item, entry.at, simulated=simulated)
            elif entry.event == "reaction":
                work.react(
                    item,
                    entry.reaction,
                    entry.at,
                    channel=entry.channel,
                    text=entry.text,
                    simulated=simulated,
                    confirmed=bool(entry.confirmed),
                )
            elif entry.event == "withdrawn":
                work.withdraw(item, entry.at, unprompted=bool(entry.confirmed))
            else:
                work.give_up(item, entry.event, entry.reason, entry.at)

        return import_entries(self.session, "events", "send", checked, act, table.attrs.get("file"), actor)
