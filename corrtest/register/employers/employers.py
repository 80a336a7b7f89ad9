"""Employers: what each has had, blocks, one firm under two numbers, and the end of identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError, RegisterError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.employers import aliases, approached, erasure
from corrtest.register.events.imported import imported_digests
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema
from corrtest.spec import enterprise_number, is_enterprise_number

_E, _P, _A = schema.employer.c, schema.pair.c, schema.application.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """What a block stops, or its end sets free, at one firm over all studies.

    Attributes
    ----------
    employer : str
        Its number; "" where the key file is not here or no vacancy of it can be opened.
    waiting, half_sent, out : int
        Pairs of which nothing was sent, of which the second application is still to go, and that are out.
    """

    employer: str
    waiting: int
    half_sent: int
    out: int


def _check_one_name(pair_id: str | None, employer_id: str | None) -> None:
    if (pair_id is None) == (employer_id is None):
        raise InputError(say("Name the employer by one of its pairs or by its number: one of the two."))


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

    def block(
        self,
        *,
        pair_id: str | None = None,
        employer_id: str | None = None,
        reason: str = "",
        not_planned: bool = False,
        actor: str = COORDINATOR,
    ) -> Blocked:
        """Never approach an employer again, in any study; return what that stops.

        Parameters
        ----------
        pair_id, employer_id
            One of the two: a pair of that employer, or its number, however it is typed.
        reason
            Why, kept with the event.
        not_planned
            Block an employer that no plan has named yet. Without it such a number is refused: it may be mistyped.
        """
        _check_one_name(pair_id, employer_id)
        with self.session.writing("block", actor) as work:
            group, employer_ref, added = self.named(work, pair_id, employer_id, not_planned=not_planned)
            return self.block_named(work, group, employer_ref, reason=reason, pair_id=pair_id, added=added)

    def block_named(
        self, work: Fieldwork, group: int, employer_ref: int, *, reason: str, pair_id: str | None, added: bool = False
    ) -> Blocked:
        """Block the employer of `named` in a transaction that is open; return what that stops."""
        payload: dict[str, Any] = {"employer": employer_ref}
        if reason.strip():
            payload["reason"] = reason.strip()
        if added:
            payload["tables"] = imported_digests(work.connection)
        work.connection.execute(sa.update(schema.employer).where(_E.group_ref == group).values(blocked=1))
        work.ledger.append("blocked", payload, study_ref=self.session.study_ref, pair_id=pair_id)
        return self.weight(work.connection, group, employer_ref)

    def unblock(
        self,
        reason: str,
        *,
        pair_id: str | None = None,
        employer_id: str | None = None,
        actor: str = COORDINATOR,
    ) -> Blocked:
        """Take a block back, with the reason; return what may be approached again."""
        _check_one_name(pair_id, employer_id)
        if not reason.strip():
            raise InputError(
                say("A reason is needed: whoever looks later must see why the employer is approached again.")
            )
        with self.session.writing("unblock", actor) as work:
            group, employer_ref, _ = self.named(work, pair_id, employer_id, not_planned=False)
            changed = work.connection.execute(
                sa.update(schema.employer).where(_E.group_ref == group, _E.blocked == 1).values(blocked=0)
            )
            if not changed.rowcount:
                raise RegisterError(say("This employer is not blocked."))
            payload = {"employer": employer_ref, "reason": reason.strip()}
            work.ledger.append("unblocked", payload, study_ref=self.session.study_ref, pair_id=pair_id)
            return self.weight(work.connection, group, employer_ref)

    def named(
        self, work: Fieldwork, pair_id: str | None, employer_id: str | None, *, not_planned: bool = False
    ) -> tuple[int, int, bool]:
        """Return the group and the row of the employer of a pair or with a number, and whether the row was made now."""
        if employer_id is None:
            item = work.first(str(pair_id))
            work.check_own(item)
            return item.group_ref, item.employer_ref, False
        ref, added = self._numbered(work.connection, employer_id, not_planned)
        group = work.connection.execute(sa.select(_E.group_ref).where(_E.employer_ref == ref)).scalar_one()
        return int(group), ref, added

    def _numbered(self, connection: Connection, given: str, not_planned: bool) -> tuple[int, bool]:
        """Return the row of the employer with this number, and whether it was made now.

        Raises
        ------
        InputError
            No plan or vacancy names it, and the caller did not say that this may be so.
        """
        numbered = self.session.study.fieldwork.employer_identifier == "enterprise_number"
        number = enterprise_number(given) if numbered else given.strip()
        token = self.session.required_keys().token("employer", number)
        ref = connection.execute(sa.select(_E.employer_ref).where(_E.token == token)).scalar()
        if ref is not None:
            return int(ref), False
        if not not_planned or (numbered and not is_enterprise_number(given)):
            raise InputError(
                say(
                    "No plan and no vacancy in this register names the employer {number}. Look at the number again; an "
                    "employer that nobody has planned yet is blocked with --not-planned.",
                    number=number,
                )
                if not not_planned
                else say("{number} is no enterprise number: its check digits are wrong.", number=number)
            )
        ref = connection.execute(sa.select(sa.func.coalesce(sa.func.max(_E.employer_ref), 0))).scalar_one() + 1
        values = {"employer_ref": ref, "token": token, "group_ref": ref, "blocked": 1, "undecided": 0}
        connection.execute(sa.insert(schema.employer).values(values))
        return int(ref), True

    def weight(self, connection: Connection, group: int, employer_ref: int) -> Blocked:
        """Return what is planned and out at the employers of a group."""
        of_group = sa.select(_P.pair_ref).join(schema.employer, _P.employer_ref == _E.employer_ref)
        of_group = of_group.where(_E.group_ref == group)
        sent = sa.select(_A.pair_ref).where(_A.sent_at.is_not(None))
        waiting = sa.select(_A.pair_ref).where(_A.state.in_(("planned", "claimed")))

        def count(*conditions: sa.ColumnElement[bool]) -> int:
            query = sa.select(sa.func.count(sa.distinct(_P.pair_ref))).where(_P.pair_ref.in_(of_group), *conditions)
            return int(connection.execute(query).scalar_one())

        keys = self.session.keys
        return Blocked(
            employer=aliases.number(connection, keys, employer_ref) if keys is not None else "",
            waiting=count(_P.pair_ref.in_(waiting), _P.pair_ref.not_in(sent)),
            half_sent=count(_P.pair_ref.in_(waiting), _P.pair_ref.in_(sent)),
            out=count(_P.pair_ref.in_(sent), _P.pair_ref.not_in(waiting)),
        )

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
