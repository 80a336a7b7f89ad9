"""A person as the register knows them: found by name, written down, asked for their token."""

from __future__ import annotations

import hmac
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.clock import day, local_day
from corrtest.register.events.ledger import Ledger
from corrtest.register.people.roles import TOKEN_VARIABLE, Actor, token_sha256
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema

_ACTOR = sa.select(schema.actor).where(schema.actor.c.name == sa.bindparam("name"))


def find_actor(connection: Connection, name: str) -> Actor | None:
    """Return the person of that name, if the register has one."""
    row = connection.execute(_ACTOR, {"name": name}).first()
    if row is None:
        return None
    return Actor(name=row.name, role=row.role, partner=row.partner, token_sha256=row.token_sha256, left_at=row.left_at)


def all_actors(connection: Connection) -> list[Actor]:
    """Return all people, by name."""
    rows = connection.execute(sa.select(schema.actor).order_by(schema.actor.c.name))
    return [
        Actor(name=row.name, role=row.role, partner=row.partner, token_sha256=row.token_sha256, left_at=row.left_at)
        for row in rows
    ]


def known_actor(connection: Connection, name: str) -> Actor:
    """Return the person of that name, or say how to add them."""
    found = find_actor(connection, name)
    if found is None:
        raise RegisterError(
            say(
                "Nobody called '{name}' is in the register. A coordinator adds people with `corrtest register person`.",
                name=name,
            )
        )
    return found


def acting(opening: Any) -> Actor:
    """Return the person of a row of `gate.opening`."""
    return Actor(
        name=opening.actor,
        role=opening.role,
        partner=opening.partner,
        token_sha256=opening.token_sha256,
        left_at=opening.left_at,
    )


def check_there(person: Actor) -> None:
    """Refuse a name whose person left."""
    if person.left_at is not None:
        raise Refusal(
            "left",
            say(
                "{person} left on {day}. A coordinator can let them in again (`corrtest register person {person} "
                "--role ROLE --change`).",
                person=person.name,
                day=local_day(day(person.left_at)),
            ),
        )


def check_token(person: Actor, token: str | None) -> None:
    """Refuse a name whose secret was not shown; who has none is taken on trust."""
    if person.token_sha256 is None:
        return
    if not hmac.compare_digest(token_sha256(token or ""), person.token_sha256):
        raise Refusal(
            "token",
            say(
                "{person} has a token, and {value} was given. Set {token_variable} to it; a coordinator can give "
                "a new one (`corrtest register person`).",
                person=person.name,
                value=say("another") if token else say("none"),
                token_variable=TOKEN_VARIABLE,
            ),
        )


def write_actor(connection: Connection, ledger: Ledger, added: Actor) -> None:
    """Write a person down, or what they do from now on."""
    values = {"name": added.name, "role": added.role, "partner": added.partner}
    table = schema.actor
    if find_actor(connection, added.name) is None:
        connection.execute(sa.insert(table).values(values))
        ledger.append("actor_added", values)
    else:
        connection.execute(sa.update(table).where(table.c.name == added.name).values(**values, left_at=None))
        ledger.append("actor_changed", values)


def write_leaving(connection: Connection, ledger: Ledger, name: str) -> None:
    """Write down that a person left: their name stays known, their token is void."""
    table = schema.actor
    values = {"left_at": ledger.recorded_at, "token_sha256": None}
    connection.execute(sa.update(table).where(table.c.name == name).values(values))
    ledger.append("actor_left", {"name": name})
