"""What the coordinator decides about studies: which are here, their approval, the audit of documents, stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError, RegisterError
from corrtest.language import say
from corrtest.register.events.ledger import Ledger
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.candidates import read_candidates, take_in
from corrtest.register.intake import documents
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import Study

_A, _P, _S = schema.application.c, schema.pair.c, schema.stop.c


@dataclass(frozen=True, slots=True)
class Supervision:
    """What the coordinator decides about studies: approval, the audit of documents, stops."""

    session: Session

    def add_study(self, study: Study, *, actor: str = COORDINATOR, secret: bytes | None = None) -> None:
        """Take in another study: its pairs count towards the same employers' caps."""
        keys = self.session.required_keys()
        with self.session.writing("add_study", actor) as work:
            taken = work.connection.execute(sa.select(schema.study.c.name)).scalars().all()
            if study.name in taken:
                raise RegisterError(say("The study '{study}' is in this register already.", study=study.name))
            register_study(work.connection, work.ledger, keys, study, secret)
        with self.session.store.reading() as connection:
            self.session.read_studies(connection)

    def approve(
        self, ethics_reference: str, authorised_by: str, employers_informed_on: date, *, actor: str = COORDINATOR
    ) -> None:
        """Put the approval of the study on record."""
        if not (ethics_reference.strip() and authorised_by.strip()):
            raise InputError(say("An approval needs a reference and a name. Give both."))
        given = {
            "ethics_reference": ethics_reference.strip(),
            "authorised_by": authorised_by.strip(),
            "employers_informed_on": employers_informed_on.isoformat(),
        }
        with self.session.writing("approve", actor) as work:
            _approve(work.connection, work.ledger, self.session.study_ref, given)

    def record_audit(self, *, pairs: int, failures: int, manifest_sha256: str, actor: str = COORDINATOR) -> None:
        """Put on record that the documents of all pairs passed the equivalence audit.

        Parameters
        ----------
        pairs, failures
            Pairs audited and pairs that did not pass.
        manifest_sha256
            SHA-256 of the manifest of the documents, so that it stays known which documents these were.
        """
        with self.session.writing("record_audit", actor) as work:
            self._record_audit(work, pairs=pairs, failures=failures, manifest_sha256=manifest_sha256)

    def _record_audit(self, work: Fieldwork, *, pairs: int, failures: int, manifest_sha256: str) -> None:
        planned = len(work.connection.execute(self._to_audit()).all())
        if failures or pairs < planned or not planned:
            raise Refusal(
                "not_approved",
                say(
                    "The audit covers {pairs} pair(s) with {failures} failure(s); the plan on record has "
                    "{planned}. Every pair must pass: import the plan, mend the documents and audit them "
                    "again.",
                    pairs=pairs,
                    failures=failures,
                    planned=planned,
                ),
            )
        work.ledger.append(
            "audit_recorded", {"pairs": pairs, "sha256": manifest_sha256}, study_ref=self.session.study_ref
        )
        work.connection.execute(
            sa.update(schema.study)
            .where(schema.study.c.study_ref == self.session.study_ref)
            .values(audit_sha256=manifest_sha256)
        )

    def record_audit_of(self, folder: str | Path, *, actor: str = COORDINATOR) -> None:
        """Put on record the audit of a folder that `corrtest render` wrote; see `record_audit`."""
        audit = documents.audited(Path(folder))
        people = read_candidates(Path(folder))
        keys = self.session.required_keys() if people else None
        with self.session.store.reading() as connection:
            planned = set(connection.execute(self._to_audit()).scalars())
        with self.session.writing("record_audit", actor) as work:
            if audit.specimen:
                gate.check_real(work.study, say("The documents are specimens"))
            self._record_audit(
                work,
                pairs=len(planned & audit.pairs),
                failures=len(planned & audit.failed),
                manifest_sha256=audit.sha256,
            )
            if keys is not None:
                take_in(work, keys, people)

    def _to_audit(self) -> sa.Select[tuple[str]]:
        """Select the documents of the plan's pairs, but for those that ended unsent: a later plan may lack them."""
        return (
            sa.select(_P.documents)
            .join_from(schema.pair, schema.application, _A.pair_ref == _P.pair_ref)
            .where(
                _P.study_ref == self.session.study_ref,
                _P.replaces.is_(None),
                sa.or_(_A.sent_at.is_not(None), _A.state.in_(("planned", "claimed"))),
            )
            .distinct()
        )

    def stop(self, reason: str, *, sector: str | None = None, actor: str = COORDINATOR) -> None:
        """Stop this study, or every study of a sector: from the next claim on, nothing is claimed or sent."""
        if not reason.strip():
            raise InputError(say("A reason is needed: it is what everybody reads who tries to send."))
        scope, name = ("study", self.session.study.name) if sector is None else ("sector", sector)
        with self.session.writing("stop", actor) as work:
            if work.connection.execute(sa.select(_S.name).filter_by(scope=scope, name=name)).first():
                raise RegisterError(say("The {scope} '{name}' is stopped already.", scope=scope, name=name))
            values = {"scope": scope, "name": name, "reason": reason.strip(), "since": work.ledger.recorded_at}
            work.connection.execute(sa.insert(schema.stop).values(values))
            work.ledger.append("stopped", values, study_ref=self.session.study_ref)

    def stopped(self, *, actor: str = COORDINATOR) -> str:
        """Return why the study is stopped; "" where it is not."""
        with self.session.reading("status", actor) as (connection, _):
            return gate.study_row(connection, self.session.study_ref).stopped or ""

    def resume(self, *, sector: str | None = None, restored: bool = False, actor: str = COORDINATOR) -> None:
        """Take a stop back: of this study, of a sector, or the one that a restored register sets itself."""
        scope, name = ("study", self.session.study.name) if sector is None else ("sector", sector)
        if restored:
            scope, name = "restored", self.session.study.name
        with self.session.writing("stop", actor) as work:
            gone = work.connection.execute(sa.delete(schema.stop).where(_S.scope == scope, _S.name == name))
            if not gone.rowcount:
                raise RegisterError(say("The {scope} '{name}' is not stopped.", scope=scope, name=name))
            work.ledger.append("resumed", {"scope": scope, "name": name}, study_ref=self.session.study_ref)


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
