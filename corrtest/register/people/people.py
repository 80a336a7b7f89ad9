"""The people who work with the register, and the secrets by which they are known."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from corrtest.errors import InputError, RegisterError, nearest
from corrtest.language import say
from corrtest.register.people.actors import find_actor, known_actor, write_actor
from corrtest.register.people.roles import ROLES, Actor, token_sha256
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import logins, schema


@dataclass(frozen=True, slots=True)
class People:
    """Who works with the register, in which role."""

    session: Session

    def add(self, name: str, role: str, *, partner: str | None = None, actor: str = COORDINATOR) -> None:
        """Let a person work with the register, in one role; a partner's people name their firm."""
        if role not in ROLES:
            raise InputError(say("There is no role '{role}'. {nearest}", role=role, nearest=nearest(role, ROLES)))
        added = Actor(name=name, role=role, partner=partner)
        if role == "partner" and not partner:
            raise InputError(say("{name} works for a partner: say for which one (--partner).", name=name))
        with self.session.writing("add_actor", actor) as work:
            if find_actor(work.connection, name) is not None:
                raise RegisterError(say("There is somebody called '{name}' in the register already.", name=name))
            write_actor(work.connection, work.ledger, added)

    def give_token(self, name: str, *, actor: str = COORDINATOR) -> str:
        """Make a new token for a person and return it: from now on nobody acts under that name without it.

        The register keeps its hash only. Whoever gives the first token to a coordinator may do so without one.
        """
        token = secrets.token_urlsafe(32)
        digest = token_sha256(token)
        with self.session.writing("give_token", actor) as work:
            if find_actor(work.connection, name) is None:
                raise RegisterError(say("Nobody called '{name}' is in the register.", name=name))
            table = schema.actor
            work.connection.execute(sa.update(table).where(table.c.name == name).values(token_sha256=digest))
            work.ledger.append("token_given", {"name": name, "sha256": digest})
        if name == actor:
            self.session.token = token
        return token

    def give_login(self, name: str, *, actor: str = COORDINATOR) -> str:
        """Make a login of the PostgreSQL server for a person and return its password; a second one replaces the first.

        From then on the server itself keeps this person to what their role may read and write, with whatever program
        they come. They work under their own name: the address of the register names it.
        """
        with self.session.writing("give_token", actor) as work:
            person = known_actor(work.connection, name)
            password = logins.give_login(work.connection, name, person.role)
            work.ledger.append(
                "login_given", {"name": name, "kind": person.role, "rules": logins.rules_digest(work.connection)}
            )
        return password

    def role_of(self, name: str) -> str:
        """Return the role of a person."""
        with self.session.store.reading() as connection:
            return known_actor(connection, name).role
