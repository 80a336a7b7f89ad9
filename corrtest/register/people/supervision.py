"""What the coordinator decides: people, studies, approval, stops, blocks, aliases, and the end of identities."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError, RegisterError, nearest
from corrtest.register.clock import stamp
from corrtest.register.employers import aliases, erasure
from corrtest.register.events.ledger import Ledger
from corrtest.register.intake import documents
from corrtest.register.people.roles import ROLES, Actor, token_sha256
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session, find_actor
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import Study

_A, _E, _P, _S = schema.application.c, schema.employer.c, schema.pair.c, schema.stop.c


class Supervision(Session):
    """The part of the register that is the coordinator's."""

    def add_actor(self, name: str, role: str, *, partner: str | None = None, actor: str = COORDINATOR) -> None:
        """Let a person work with the register, in one role; a partner's people name their firm."""
        if role not in ROLES:
            raise InputError(f"There is no role '{role}'. {nearest(role, ROLES)}")
        added = Actor(name=name, role=role, partner=partner)
        if role == "partner" and not partner:
            raise InputError(f"{name} works for a partner: say for which one (--partner).")
        with self._writing("add_actor", actor) as work:
            if find_actor(work.connection, name) is not None:
                raise RegisterError(f"There is somebody called '{name}' in the register already.")
            register_actor(work.connection, work.ledger, added)

    def give_token(self, name: str, *, actor: str = COORDINATOR) -> str:
        """Make a new token for a person and return it: from now on nobody acts under that name without it.

        The register keeps its hash only. Whoever gives the first token to a coordinator may do so without one.
        """
        token = secrets.token_urlsafe(32)
        digest = token_sha256(token)
        with self._writing("give_token", actor) as work:
            if find_actor(work.connection, name) is None:
                raise RegisterError(f"Nobody called '{name}' is in the register.")
            table = schema.actor
            work.connection.execute(sa.update(table).where(table.c.name == name).values(token_sha256=digest))
            work.ledger.append("token_given", {"name": name, "sha256": digest})
        if name == actor:
            self.token = token
        return token

    def add_study(self, study: Study, *, actor: str = COORDINATOR, secret: bytes | None = None) -> None:
        """Take in another study: its pairs count towards the same employers' caps."""
        keys = self._keys()
        with self._writing("add_study", actor) as work:
            taken = work.connection.execute(sa.select(schema.study.c.name)).scalars().all()
            if study.name in taken:
                raise RegisterError(f"The study '{study.name}' is in this register already.")
            register_study(work.connection, work.ledger, keys, study, secret)
        with self.store.reading() as connection:
            self._read_studies(connection)

    def approve(
        self, ethics_reference: str, authorised_by: str, employers_informed_on: date, *, actor: str = COORDINATOR
    ) -> None:
        """Put the approval of the study on record."""
        if not (ethics_reference.strip() and authorised_by.strip()):
            raise InputError("An approval needs a reference and a name. Give both.")
        given = {
            "ethics_reference": ethics_reference.strip(),
            "authorised_by": authorised_by.strip(),
            "employers_informed_on": employers_informed_on.isoformat(),
        }
        with self._writing("approve", actor) as work:
            _approve(work.connection, work.ledger, self.study_ref, given)

    def record_audit(self, *, pairs: int, failures: int, manifest_sha256: str, actor: str = COORDINATOR) -> None:
        """Put on record that the documents of all pairs passed the equivalence audit.

        Parameters
        ----------
        pairs, failures
            Pairs audited and pairs that did not pass.
        manifest_sha256
            SHA-256 of the manifest of the documents, so that it stays known which documents these were.
        """
        with self._writing("record_audit", actor) as work:
            planned = len(work.connection.execute(self._to_audit()).all())
            if failures or pairs < planned or not planned:
                raise Refusal(
                    "not_approved",
                    f"The audit covers {pairs} pair(s) with {failures} failure(s); the plan on record has {planned}. "
                    "Every pair must pass: import the plan, mend the documents and audit them again.",
                )
            work.ledger.append("audit_recorded", {"pairs": pairs, "sha256": manifest_sha256}, study_ref=self.study_ref)
            work.connection.execute(
                sa.update(schema.study)
                .where(schema.study.c.study_ref == self.study_ref)
                .values(audit_sha256=manifest_sha256)
            )

    def record_audit_of(self, folder: str | Path, *, actor: str = COORDINATOR) -> None:
        """Put on record the audit of a folder that `corrtest render` wrote; see `record_audit`."""
        audited, failed, sha256 = documents.audited(Path(folder))
        with self.store.reading() as connection:
            planned = set(connection.execute(self._to_audit()).scalars())
        self.record_audit(
            pairs=len(planned & audited), failures=len(planned & failed), manifest_sha256=sha256, actor=actor
        )

    def _to_audit(self) -> sa.Select[tuple[str]]:
        """Select the documents of the plan's pairs, but for those that ended unsent: a later plan may lack them."""
        return (
            sa.select(_P.documents)
            .join_from(schema.pair, schema.application, _A.pair_ref == _P.pair_ref)
            .where(
                _P.study_ref == self.study_ref,
                _P.replaces.is_(None),
                sa.or_(_A.sent_at.is_not(None), _A.state.in_(("planned", "claimed"))),
            )
            .distinct()
        )

    def stop(self, reason: str, *, sector: str | None = None, actor: str = COORDINATOR) -> None:
        """Stop this study, or every study of a sector: from the next claim on, nothing is claimed or sent."""
        if not reason.strip():
            raise InputError("A reason is needed: it is what everybody reads who tries to send.")
        scope, name = ("study", self.study.name) if sector is None else ("sector", sector)
        with self._writing("stop", actor) as work:
            if work.connection.execute(sa.select(_S.name).filter_by(scope=scope, name=name)).first():
                raise RegisterError(f"The {scope} '{name}' is stopped already.")
            work.connection.execute(sa.insert(schema.stop).values(scope=scope, name=name, reason=reason.strip()))
            work.ledger.append(
                "stopped", {"scope": scope, "name": name, "reason": reason.strip()}, study_ref=self.study_ref
            )

    def resume(self, *, sector: str | None = None, actor: str = COORDINATOR) -> None:
        """Take a stop back."""
        scope, name = ("study", self.study.name) if sector is None else ("sector", sector)
        with self._writing("stop", actor) as work:
            gone = work.connection.execute(sa.delete(schema.stop).where(_S.scope == scope, _S.name == name))
            if not gone.rowcount:
                raise RegisterError(f"The {scope} '{name}' is not stopped.")
            work.ledger.append("resumed", {"scope": scope, "name": name}, study_ref=self.study_ref)

    def block_employer(
        self, *, pair_id: str | None = None, employer_id: str | None = None, actor: str = COORDINATOR
    ) -> None:
        """Never approach an employer again, in any study: the one of a pair, or the one with this number."""
        if (pair_id is None) == (employer_id is None):
            raise InputError("Name the employer by one of its pairs or by its number: one of the two.")
        with self._writing("block", actor) as work:
            if pair_id is not None:
                item = self._first(work, pair_id)
                work.check_own(item)
                group, employer_ref = item.group_ref, item.employer_ref
            else:
                group = employer_ref = self._employer(work.connection, self._keys().token("employer", str(employer_id)))
                group = work.connection.execute(
                    sa.select(_E.group_ref).where(_E.employer_ref == employer_ref)
                ).scalar_one()
            work.connection.execute(sa.update(schema.employer).where(_E.group_ref == group).values(blocked=1))
            work.ledger.append("blocked", {"employer": employer_ref}, study_ref=self.study_ref, pair_id=pair_id)

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
        keys = self._keys()
        with self._reading("read_aliases", actor) as (connection, _):
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
        with self._writing("decide_alias", actor) as work:
            aliases.decide(work, first, second, same)

    def erase(self, retention_date: date, at: datetime | str, *, actor: str = COORDINATOR) -> erasure.Erased:
        """Destroy the identities and the free text of this study for good, once its retention date has come.

        The events, and with them `verify` and the pairs table, stay. The study's key is thrown away, so that copies of
        the register that were made before cannot be read either. Employers that asked to be left alone stay recognised.
        """
        keys = self._keys()
        when = stamp(at)
        with self._writing("erase", actor) as work:
            erased = erasure.erase(work, retention_date, when)
        keys.forget_study(self.study.name)
        erasure.wipe(self.store)
        return erased


def register_actor(connection: Connection, ledger: Ledger, added: Actor) -> None:
    """Write a person down."""
    values = {"name": added.name, "role": added.role, "partner": added.partner}
    connection.execute(sa.insert(schema.actor).values(values))
    ledger.append("actor_added", values)


def register_study(connection: Connection, ledger: Ledger, keys: Keys, study: Study, secret: bytes | None) -> None:
    """Write a study down, with the approval that stands in its file."""
    keys.add_study(study.name, secret)
    ref = connection.execute(sa.select(sa.func.count()).select_from(schema.study)).scalar_one() + 1
    values = {"name": study.name, "sector": study.sector, "source": study.source}
    connection.execute(sa.insert(schema.study).values(study_ref=ref, **values))
    ledger.append("study_added", values, study_ref=ref)
    approval = study.approval
    if approval.ethics_reference and approval.authorised_by and approval.employers_informed_on:
        given = {
            "ethics_reference": approval.ethics_reference,
            "authorised_by": approval.authorised_by,
            "employers_informed_on": approval.employers_informed_on.isoformat(),
        }
        _approve(connection, ledger, ref, given)


def _approve(connection: Connection, ledger: Ledger, study_ref: int, given: Mapping[str, str]) -> None:
    connection.execute(sa.update(schema.study).where(schema.study.c.study_ref == study_ref).values(dict(given)))
    ledger.append("approved", given, study_ref=study_ref)
