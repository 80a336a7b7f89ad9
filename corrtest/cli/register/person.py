"""The verb person: who works with the register."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import last_given, opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


def person(
    place: Place = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Their name in the register.")] = None,
    role: Annotated[str | None, typer.Option(help="coordinator, partner, coder, analyst or auditor.")] = None,
    partner: Annotated[str | None, typer.Option(help="The firm that a partner's person works for.")] = None,
    change: Annotated[
        bool, typer.Option("--change", help="They are in it already (or left): this is their role or firm from now on.")
    ] = False,
    leaves: Annotated[bool, typer.Option("--leaves", help="They leave: nobody acts under this name any more.")] = False,
    to: Annotated[str | None, typer.Option(help="With --leaves: who takes over what they had claimed.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Print a new token: nobody acts under this name without it any more.")
    ] = False,
    login: Annotated[
        bool, typer.Option("--login", help="Make a login of the PostgreSQL server for them, and print its password.")
    ] = False,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Let a person work with the register, in one role; change that; let them leave; or give them a token."""
    place, name = last_given(place, name)
    if name is None:
        raise CorrtestError(say("Name the person."))
    if role is None and not (token or login or leaves):
        raise CorrtestError(
            say("Give --role for a new person, or --leaves, --token or --login for one who is in the register.")
        )
    with opened(place, study) as register:
        if leaves:
            left = register.people.leave(name, to=to, actor=actor)
            show(say("{name} has left.", name=name))
            if left.claims:
                show(
                    say_n(
                        "{count} claimed application goes to {to}.",
                        "{count} claimed applications go to {to}.",
                        left.claims,
                        to=left.to or say("whoever claims next"),
                    )
                )
            return
        if role is not None:
            (register.people.change if change else register.people.add)(name, role, partner=partner, actor=actor)
            show(say("{name} is in the register as {role}.", name=name, role=role))
        if token:
            given = register.people.give_token(name, actor=actor)
            show(say("Token of {name}, shown once: {token}", name=name, token=given))
            show(say("They set CORRTEST_TOKEN to it before they work with the register."))
        if login:
            password = register.people.give_login(name, actor=actor)
            show(say("Login '{name}', password shown once: {password}", name=name, password=password))
            show(say("They open the register as postgresql://NAME@HOST/DATABASE, with PGPASSWORD set or in ~/.pgpass."))
