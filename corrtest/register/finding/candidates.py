"""Who the fictitious candidates are: taken in with the audit of their documents, kept sealed, opened to find one."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.events.imported import candidates_digest
from corrtest.register.events.ledger import canonical
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys

FILE = "candidates.csv"
_COLUMNS = ("pair_id", "arm", "name", "mailbox", "telephone")
_C = schema.candidate.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A fictitious candidate as an employer knows one."""

    name: str
    mailbox: str
    telephone: str


# Documents (the pair under whose number they were written) and arm.
Part = tuple[str, str]


def read_candidates(folder: Path) -> dict[Part, Candidate]:
    """Return the candidates that `corrtest render` wrote beside the documents; none where it wrote no list."""
    path = folder / FILE
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        if not set(_COLUMNS) <= set(reader.fieldnames or ()):
            raise RegisterError(say("{path} is not the list of candidates that `corrtest render` writes.", path=path))
        return {
            (row["pair_id"], row["arm"]): Candidate(
                name=row["name"], mailbox=row["mailbox"], telephone=row["telephone"]
            )
            for row in reader
        }


def take_in(work: Fieldwork, keys: Keys, people: Mapping[Part, Candidate]) -> None:
    """Put these in the place of the study's candidates; what is known of others than these goes."""
    table = schema.candidate
    work.connection.execute(sa.delete(table).where(_C.study_ref == work.study_ref))
    rows = [
        {
            "study_ref": work.study_ref,
            "documents": documents,
            "arm": arm,
            "sealed": keys.seal(work.study.name, canonical(asdict(person)), _place(documents, arm)),
        }
        for (documents, arm), person in sorted(people.items())
    ]
    if rows:
        work.connection.execute(sa.insert(table), rows)
    digest = candidates_digest(work.connection, work.study_ref)
    work.ledger.append("candidates_known", {"count": len(rows), "digest": digest}, study_ref=work.study_ref)


def known_candidates(
    connection: Connection, study_ref: int, study: str, keys: Keys | None, documents: Sequence[str] | None = None
) -> dict[Part, Candidate]:
    """Return the candidates of a study, or those of some documents; none where the key file is not here."""
    if keys is None or not keys.knows_study(study):
        return {}
    query = sa.select(_C.documents, _C.arm, _C.sealed).where(_C.study_ref == study_ref)
    if documents is not None:
        query = query.where(_C.documents.in_(documents))
    return {
        (row.documents, row.arm): Candidate(**json.loads(keys.open(study, row.sealed, _place(row.documents, row.arm))))
        for row in connection.execute(query)
    }


def _place(documents: str, arm: str) -> str:
    return f"candidate {documents} {arm}"
