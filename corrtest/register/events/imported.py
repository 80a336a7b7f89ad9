"""What came in from outside and follows from no event: identities, employers, aliases. An event carries their digest.

Each event that writes one of these tables carries the SHA-256 of the table as it then stands, sealed cells included, so
that a cell changed, a row dropped, added or exchanged with another is found without a key. Columns that do follow from
events (`used`, `group_ref`, `blocked`, `undecided`) are derived instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.events.ledger import canonical
from corrtest.register.store import schema

_TABLES: Mapping[str, tuple[sa.Table, frozenset[str]]] = {
    "vacancy": (schema.vacancy, frozenset({"used"})),
    "employer": (schema.employer, frozenset({"group_ref", "blocked", "undecided"})),
    "alias": (schema.alias, frozenset()),
}


def imported_digests(connection: Connection) -> dict[str, str]:
    """Return table → SHA-256 of its rows in the order of their keys."""
    found = {}
    for name, (table, derived) in _TABLES.items():
        digest = hashlib.sha256()
        columns = [column for column in table.c if column.name not in derived]
        for row in connection.execute(sa.select(*columns).order_by(*table.primary_key)):
            digest.update(canonical({"row": [_plain(cell) for cell in row]}).encode(errors="surrogateescape"))
        found[name] = digest.hexdigest()
    return found


def candidates_digest(connection: Connection, study_ref: int) -> str | None:
    """Return the SHA-256 of what is sealed about a study's candidates; None where nothing is."""
    table = schema.candidate
    query = sa.select(table).where(table.c.study_ref == study_ref).order_by(*table.primary_key)
    rows = [[_plain(cell) for cell in row] for row in connection.execute(query)]
    return hashlib.sha256(canonical({"rows": rows}).encode(errors="surrogateescape")).hexdigest() if rows else None


def _plain(cell: Any) -> Any:
    return hashlib.sha256(cell).hexdigest() if isinstance(cell, bytes | memoryview) else cell


def mail_digest(token: str, sealed: bytes) -> str:
    """Return the digest of a mail as its event carries it: of the sealed mail and of what it is known by."""
    return hashlib.sha256(token.encode() + sealed).hexdigest()
