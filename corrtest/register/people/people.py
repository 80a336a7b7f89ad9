"""The people who work with the register, and the secrets by which they are known."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from corrtest.errors import Fault, InputError, RegisterError, nearest
from corrtest.language import say
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.people.actors import all_actors, find_actor, known_actor, write_actor, write_leaving
from corrtest.register.people.roles import ROLES, Actor, Role, token_sha256
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import logins, schema

_A, _P, _AC = schema.application.c, schema.pair.c, schema.actor.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a person who left had open: applications that they had claimed, and to whom these went ("" for nobody)."""

    claims: int
    to: str


@dataclass(frozen=True, slots=True)
class People:
    """Who works with the register, in which role."""

    session: Session

    def add(self, name: str, role: str, *, partner: str | None = None, actor: str = COORDINATOR) -> None:
        """Let a person work with the register, in one role; a partner's people name their firm."""
        with self.session.writing("add_actor", actor) as work:
            if find_actor(work.connection, name) is not None:
                raise RegisterError(
                    say(
                        "There is somebody called '{name}' in the register already. With --change they get another "
                        "role or firm.",
                        name=name,
                    )
                )
            write_actor(work.connection, work.ledger, self._checked(work, name, role, partner))

    def change(self, name: str, role: str, *, partner: str | None = None, actor: str = COORDINATOR) -> None:
        """Give a person another role or firm, or let one who left in again.

        What a partner's person had claimed and may not send any more is released.
        """
        with self.session.writing("change_actor", actor) as work:
            old = known_actor(work.connection, name)
            new = self._checked(work, name, role, partner)
            if old.role == "coordinator" and new.role != "coordinator":
                _check_another_coordinator(work, name)
            if (new.role, new.partner) != (old.role, old.partner):
                self._pass_on(work, name, None)
            write_actor(work.connection, work.ledger, new)
            logins.follow(work.connection, name, old.role, new.role)

    def leave(self, name: str, *, to: str | None = None, actor: str = COORDINATOR) -> Left:
        """Let nobody act under a name any more; what it had claimed goes `to` somebody else, or is free again."""
        with self.session.writing("change_actor", actor) as work:
            person = known_actor(work.connection, name)
            if person.left_at is not None:
                raise RegisterError(say("{name} left already.", name=name))
            if person.role == "coordinator":
                _check_another_coordinator(work, name)
            heir = None if to is None else known_actor(work.connection, to)
            claims = self._pass_on(work, name, heir)
            write_leaving(work.connection, work.ledger, name)
            logins.take_login(work.connection, name)
            return Left(claims=claims, to=to or "")

    def _checked(self, work: Fieldwork, name: str, role: str, partner: str | None) -> Actor:
        """Return the person as they will be; refuse an unknown role, and a firm that no study knows."""
        known = next((each for each in ROLES if each == role), None)
        if known is None:
            raise InputError(say("There is no role '{role}'. {nearest}", role=role, nearest=nearest(role, ROLES)))
        if known == "partner" and not partner:
            raise InputError(say("{name} works for a partner: say for which one (--partner).", name=name))
        if known != "partner" and partner:
            raise InputError(say("Only people with the role partner work for a firm. Leave --partner out."))
        if partner is not None:
            _check_firm(work, self.session, partner)
        return Actor(name=name, role=known, partner=partner)

    def _pass_on(self, work: Fieldwork, name: str, heir: Actor | None) -> int:
        """Pass on what somebody has claimed, in every study; return how many applications."""
        if heir is not None and (heir.left_at is not None or heir.role not in ("partner", "coordinator")):
            raise RegisterError(say("{name} cannot take over: only somebody who sends can.", name=heir.name))
        query = (
            sa.select(_P.study_ref, _P.pair_id, _A.arm)
            .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
            .where(_A.claimed_by == name, _A.state == "claimed")
        )
        places = work.connection.execute(query).all()
        at = work.ledger.recorded_at
        for place in places:
            there = work.in_study(place.study_ref)
            item = there.one(place.pair_id, place.arm)
            if heir is None or (heir.role == "partner" and item.partner not in (None, heir.partner)):
                there.release(item, at)
            else:
                there.pass_on(item, heir.name, at)
            there.flush()
        return len(places)

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

    def admitted(self, *, actor: str) -> Actor:
        """Return a person who may act under this name: they are there, and showed the token that they were given."""
        with self.session.reading("verify", actor) as (_, person):
            return person

    def everybody(self, *, actor: str = COORDINATOR) -> list[Actor]:
        """Return all people of the register, those who left among them, by name."""
        with self.session.reading("change_actor", actor) as (connection, _):
            return all_actors(connection)

    def role_of(self, name: str) -> Role:
        """Return the role of a person."""
        with self.session.store.reading() as connection:
            return known_actor(connection, name).role


def _check_another_coordinator(work: Fieldwork, name: str) -> None:
    query = sa.select(sa.func.count()).where(_AC.role == "coordinator", _AC.left_at.is_(None), _AC.name != name)
    if not work.connection.execute(query).scalar_one():
        raise RegisterError(
            say("{name} is the only coordinator. Add another one first: a register needs one.", name=name)
        )


def _check_firm(work: Fieldwork, session: Session, partner: str) -> None:
    """Refuse a firm that neither a study nor a plan names, where they name any: it is mistyped."""
    session.read_studies(work.connection)
    named = {each.name for study in session.studies.values() for each in study.partners}
    planned = work.connection.execute(sa.select(_P.partner).where(_P.partner.is_not(None)).distinct()).scalars()
    known = sorted(named | set(planned))
    if known and partner not in known:
        raise InputError(
            say("No study and no plan names the firm '{partner}'.", partner=partner),
            [
                Fault(
                    column="partner",
                    given=f"'{partner}'",
                    expected=say("one of {words}", words=", ".join(known)),
                    action=nearest(partner, known),
                )
            ],
        )
