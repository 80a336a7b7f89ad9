"""Two employer numbers that are one firm: the same e-mail domain, telephone or establishment address.

A match blocks both until a person decides; employers decided to be the same share one cap.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys

_AL, _E, _D = schema.alias.c, schema.employer.c, schema.alias_decision.c
_FEWEST_DIGITS = 8  # a Belgian fixed line without its leading 0; mobile numbers have 9


@cache
def shared_mail_domains() -> frozenset[str]:
    """Return the mail domains that many firms share, so that they say nothing about who a firm is."""
    text = files("corrtest.register.employers").joinpath("shared_mail_domains.csv").read_text(encoding="utf-8")
    return frozenset(row["domain"] for row in csv.DictReader(text.splitlines()))


def mail_domain(address: str) -> str | None:
    """Return the domain of an e-mail address, unless many firms share it."""
    match = re.fullmatch(r"\s*(?:mailto:)?[^@\s]+@([^@\s/]+?)\.?\s*", address, flags=re.IGNORECASE)
    domain = match.group(1).lower() if match else None
    return None if domain is None or domain in shared_mail_domains() else domain


def telephone(number: str) -> str | None:
    """Return a telephone number as its digits without +32 or leading zeros; None if too short."""
    digits = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    digits = re.sub(r"^(\+|00)32", "", digits)
    digits = digits.lstrip("+0")
    return digits if len(digits) >= _FEWEST_DIGITS else None


def street_address(address: str) -> str | None:
    """Return an address in one spelling: letters and digits only, lower case, "straat" as "str"."""
    words = re.findall(r"\w+", address.casefold())
    words = [re.sub(r"straat$", "str", word) for word in words if word not in ("bus", "box", "be", "belgie", "belgië")]
    return " ".join(words) if any(any(sign.isdigit() for sign in word) for word in words) else None


def tokens(keys: Keys, record: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return (kind, token) for each thing in a vacancy's row by which a firm can be recognised."""
    found = {
        ("mail_domain", mail_domain(str(record.get("address") or ""))),
        ("mail_domain", mail_domain(str(record.get("email") or ""))),
        ("telephone", telephone(str(record.get("telephone") or ""))),
        ("address", street_address(str(record.get("establishment_address") or ""))),
    }
    return {(kind, keys.token(f"alias {kind}", value)) for kind, value in found if value}


def record(work: Fieldwork, keys: Keys, table: pd.DataFrame, employers: Mapping[str, int]) -> int:
    """Write the tokens of the employers in `table`; return how many employers now wait for a decision."""
    fresh: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in table.to_dict("records"):
        fresh[employers[str(row["employer_id"])]] |= tokens(keys, {str(name): value for name, value in row.items()})
    known = {tuple(row) for row in work.connection.execute(sa.select(_AL.employer_ref, _AL.kind, _AL.token))}
    rows = [
        {"employer_ref": ref, "kind": kind, "token": token}
        for ref, found in fresh.items()
        for kind, token in sorted(found)
        if (ref, kind, token) not in known
    ]
    if rows:
        work.connection.execute(sa.insert(schema.alias), rows)
    return mark_undecided(work.connection)


def open_matches(connection: Connection) -> list[tuple[int, int, str]]:
    """Return (first, second, kind) for employers of different groups that share a token and await a decision."""
    other = schema.alias.alias("other")
    first, second = schema.employer.alias("e1"), schema.employer.alias("e2")
    query = (
        sa.select(_AL.employer_ref, other.c.employer_ref, sa.func.min(_AL.kind))
        .join_from(
            schema.alias,
            other,
            sa.and_(_AL.kind == other.c.kind, _AL.token == other.c.token, _AL.employer_ref < other.c.employer_ref),
        )
        .join(first, first.c.employer_ref == _AL.employer_ref)
        .join(second, second.c.employer_ref == other.c.employer_ref)
        .join(
            schema.alias_decision,
            sa.and_(_D.first_ref == _AL.employer_ref, _D.second_ref == other.c.employer_ref),
            isouter=True,
        )
        .where(_D.same.is_(None), first.c.group_ref != second.c.group_ref)
        .group_by(_AL.employer_ref, other.c.employer_ref)
        .order_by(_AL.employer_ref, other.c.employer_ref)
    )
    return [(int(one), int(two), str(kind)) for one, two, kind in connection.execute(query)]


def mark_undecided(connection: Connection) -> int:
    """Set who waits for a decision, from the open matches; return how many employers do."""
    waiting = {ref for first, second, _ in open_matches(connection) for ref in (first, second)}
    marked = set(connection.execute(sa.select(_E.employer_ref).where(_E.undecided == 1)).scalars())
    for refs, value in ((waiting - marked, 1), (marked - waiting, 0)):
        _set_undecided(connection, refs, value)
    return len(waiting)


def _set_undecided(connection: Connection, refs: Iterable[int], value: int) -> None:
    rows = [{"ref": ref} for ref in sorted(refs)]
    if rows:
        connection.execute(
            sa.update(schema.employer).where(_E.employer_ref == sa.bindparam("ref")).values(undecided=value), rows
        )


def decide(work: Fieldwork, first: int, second: int, same: bool) -> None:
    """Put on record whether two employers are one; if so they share a group, and with it one cap."""
    first, second = min(first, second), max(first, second)
    if (first, second) not in {(one, two) for one, two, _ in open_matches(work.connection)}:
        raise RegisterError(
            say(
                "Employers {first} and {second} do not wait for a decision. `corrtest register aliases` lists who "
                "does.",
                first=first,
                second=second,
            )
        )
    work.connection.execute(sa.insert(schema.alias_decision).values(first_ref=first, second_ref=second, same=int(same)))
    if same:
        merge(work.connection, first, second)
    work.ledger.append("alias_decided", {"first": first, "second": second, "same": same})
    mark_undecided(work.connection)


def merge(connection: Connection, first: int, second: int) -> None:
    """Put two employers in one group; a block on either holds for all."""
    query = sa.select(_E.group_ref).where(_E.employer_ref.in_([first, second])).order_by(_E.group_ref)
    target, source = connection.execute(query).scalars().all()
    connection.execute(sa.update(schema.employer).where(_E.group_ref == source).values(group_ref=target))
    blocked = connection.execute(sa.select(sa.func.max(_E.blocked)).where(_E.group_ref == target)).scalar_one()
    connection.execute(sa.update(schema.employer).where(_E.group_ref == target).values(blocked=blocked))


def number(connection: Connection, keys: Keys, employer_ref: int) -> str:
    """Return an employer's number from one of its sealed vacancies, or "" where none can be opened."""
    query = (
        sa.select(schema.vacancy.c.sealed, schema.vacancy.c.vacancy_ref, schema.study.c.name)
        .join_from(schema.vacancy, schema.study, schema.study.c.study_ref == schema.vacancy.c.study_ref)
        .where(schema.vacancy.c.employer_ref == employer_ref, schema.vacancy.c.sealed.is_not(None))
    )
    for row in connection.execute(query):
        if keys.knows_study(row.name):
            return str(keys.vacancy(row.name, row.sealed, row.vacancy_ref)["employer_id"])
    return ""
