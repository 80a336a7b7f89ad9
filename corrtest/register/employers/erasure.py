"""The end of a study's identities: sealed rows emptied, texts deleted, the study's key thrown away, the file wiped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.clock import day
from corrtest.register.employers import aliases
from corrtest.register.events.imported import imported_digests
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.database import Store

_V, _E, _A, _P = schema.vacancy.c, schema.employer.c, schema.application.c, schema.pair.c
RUNNING = ("claimed", "sent", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was destroyed."""

    vacancies: int
    texts: int
    employers: int


def erase(work: Fieldwork, retention_date: date, at: str) -> Erased:
    """Empty what names anybody in this study; refuse before the retention date and while applications run."""
    row = work.study_row
    gate.check_not_erased(row)
    if day(at) < retention_date:
        raise Refusal(
            "time_order",
            say(
                "The retention date of '{row}' is {retention_date}; on {day} nothing is erased yet.",
                row=row.name,
                retention_date=retention_date,
                day=day(at),
            ),
        )
    running = work.connection.execute(
        sa.select(sa.func.count())
        .select_from(schema.application)
        .join(schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_P.study_ref == work.study_ref, _A.state.in_(RUNNING))
    ).scalar_one()
    if running:
        raise Refusal(
            "illegal_move",
            say(
                "{running} application(s) of '{row}' are not closed yet: a reply could not be traced. Withdraw "
                "and close them first (`corrtest register withdraw`, `corrtest register end`).",
                running=running,
                row=row.name,
            ),
        )
    mine = sa.select(_V.employer_ref).where(_V.study_ref == work.study_ref)
    elsewhere = sa.select(_V.employer_ref).where(_V.study_ref != work.study_ref, _V.sealed.is_not(None))
    gone = list(
        work.connection.execute(
            sa.select(_E.employer_ref).where(
                _E.employer_ref.in_(mine), _E.employer_ref.not_in(elsewhere), _E.blocked == 0, _E.token.is_not(None)
            )
        ).scalars()
    )
    vacancies = work.connection.execute(
        sa.update(schema.vacancy).where(_V.study_ref == work.study_ref).values(sealed=None, token=None)
    ).rowcount
    work.connection.execute(sa.delete(schema.candidate).where(schema.candidate.c.study_ref == work.study_ref))
    texts = sum(
        work.connection.execute(sa.delete(table).where(table.c.study_ref == work.study_ref)).rowcount
        for table in (schema.note, schema.mail)
    )
    if gone:
        rows = [{"ref": ref} for ref in gone]
        work.connection.execute(
            sa.update(schema.employer).where(_E.employer_ref == sa.bindparam("ref")).values(token=None), rows
        )
        work.connection.execute(sa.delete(schema.alias).where(schema.alias.c.employer_ref == sa.bindparam("ref")), rows)
    aliases.mark_undecided(work.connection)
    work.connection.execute(
        sa.update(schema.study).where(schema.study.c.study_ref == work.study_ref).values(erased_at=at)
    )
    erased = Erased(vacancies=vacancies, texts=texts, employers=len(gone))
    work.ledger.append(
        "erased",
        {
            "at": at,
            "retention_date": retention_date.isoformat(),
            "vacancies": vacancies,
            "texts": texts,
            "tables": imported_digests(work.connection),
        },
        study_ref=work.study_ref,
    )
    return erased


def wipe(store: Store) -> None:
    """Rewrite the file, so that freed pages and the write-ahead log hold nothing of what was erased."""
    statements = (
        ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
        if store.path is not None
        else ("VACUUM FULL vacancy, candidate, note, mail, employer, alias",)
    )
    for statement in statements:
        try:
            store.outside_transactions(statement)
        except sa.exc.DBAPIError as error:
            raise RegisterError(
                say(
                    "Everything is erased, but the file could not be rewritten ({error}). Run {statement} on it "
                    "once nobody uses it.",
                    error=error.orig,
                    statement=statement,
                )
            ) from error
