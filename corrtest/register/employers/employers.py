"""Employers: what each has had, blocks, one firm under two numbers, and the end of identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.employers import aliases, approached, erasure
from corrtest.register.events.imported import imported_digests
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema

_E = schema.employer.c


@dataclass(frozen=True, slots=True)
class Employers:
    """Who is approached: loads, blocks, aliases, erasure."""

    session: Session

    def approached(self, *, amending: bool = False, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what employers got or will get (employer_id and the sending days), for `corrtest plan --already-sent`.

        It covers all studies of the register; with `amending`, not this study's own plan, which the planner counts
        itself. It names employers: for the coordinator, who plans, and for nobody else.
        """
        keys = self.session.required_keys()
        with self.session.reading("approached", actor) as (connection, _):
            return approached.approached(connection, keys, self.session.study_ref if amending else None)

    def block(self, *, pair_id: str | None = None, employer_id: str | None = None, actor: str = COORDINATOR) -> None:
        """Never approach an employer again, in any study: the one of a pair, or the one with this number."""
        if (pair_id is None) == (employer_id is None):
            raise InputError(say("Name the employer by one of its pairs or by its number: one of the two."))
        with self.session.writing("block", actor) as work:
            if pair_id is not None:
                item = work.first(pair_id)
                work.check_own(item)
                group, employer_ref = item.group_ref, item.employer_ref
            else:
                group = employer_ref = self._employer(
                    work.connection, self.session.required_keys().token("employer", str(employer_id))
                )
                group = work.connection.execute(
                    sa.select(_E.group_ref).where(_E.employer_ref == employer_ref)
                ).scalar_one()
            work.connection.execute(sa.update(schema.employer).where(_E.group_ref == group).values(blocked=1))
            payload: dict[str, Any] = {"employer": employer_ref}
            if pair_id is None:  # who was in no plan got a row just now
                payload["tables"] = imported_digests(work.connection)
            work.ledger.append("blocked", payload, study_ref=self.session.study_ref, pair_id=pair_id)

    @staticmethod
    def _employer(connection: Connection, token: str) -> int:
        """Return the row of the employer with this token; who was never in a plan gets one, to stay blocked."""
        ref = connection.execute(sa.select(_E.employer_ref).where(_E.token == token)).scalar()
        if ref is None:
            ref = connection.execute(sa.select(sa.func.coalesce(sa.func.max(_E.employer_ref), 0))).scalar_one() + 1
            values = {"employer_ref": ref, "token": token, "group_ref": ref, "blocked": 1, "undecided": 0}
            connection.execute(sa.insert(schema.employer).values(values))
        return int(ref)

    def alias_matches(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return the employers that share a mail domain, telephone or address and await a decision."""
        keys = self.session.required_keys()
        with self.session.reading("read_aliases", actor) as (connection, _):
            rows = [
                {
                    "first": first,
                    "second": second,
                    "shared": kind,
                    "first_employer": aliases.number(connection, keys, first),
                    "second_employer": aliases.number(connection, keys, second),
                }
                for first, second, kind in aliases.open_matches(connection)
            ]
        return pd.DataFrame(rows, columns=["first", "second", "shared", "first_employer", "second_employer"])

    def decide_alias(self, first: int, second: int, *, same: bool, actor: str = COORDINATOR) -> None:
        """Decide whether two employers of `alias_matches` are one firm; if so they share one cap."""
        with self.session.writing("decide_alias", actor) as work:
            aliases.decide(work, first, second, same)

    def erase(self, retention_date: date, at: datetime | str, *, actor: str = COORDINATOR) -> erasure.Erased:
        """Destroy the identities and the free text of this study for good, once its retention date has come.

        The events, and with them `verify` and the pairs table, stay. The study's key is thrown away, so that copies of
        the register that were made before cannot be read either. Employers that asked to be left alone stay recognised.
        """
        keys = self.session.required_keys()
        when = stamp(at)
        with self.session.writing("erase", actor) as work:
            erased = erasure.erase(work, retention_date, when)
        keys.forget_study(self.session.study.name)
        erasure.wipe(self.session.store)
        return erased
