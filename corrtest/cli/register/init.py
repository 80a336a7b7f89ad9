"""The verb init: make a register."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.cli.register.opening import last_given, register_place
from corrtest.cli.register.options import KeyFile, Place
from corrtest.cli.register.showing import say_hurdles
from corrtest.language import say


def init(
    place: Place = None,
    study_file: Annotated[
        str | None, typer.Argument(metavar="[STUDY]", help="The study file (TOML); else the study folder's.")
    ] = None,
    key_file: KeyFile = None,
    coordinator: Annotated[str, typer.Option(help="The name of its first person, a coordinator.")] = "coordinator",
) -> None:
    """Make a register for a study; approvals in the study file go on record at once."""
    from corrtest.register import Register
    from corrtest.spec import read_study

    if study_file is None and place is not None and place.endswith(".toml"):
        place, study_file = last_given(place, study_file)
    study = read_study(Places.here().study(None if study_file is None else Path(study_file)))
    with Register.create(register_place(place), study, key_file=key_file, coordinator=coordinator) as register:
        keys = register.keys
        show(say("Made the register {file} for '{study}'.", file=register.name, study=register.study.name))
        if keys is not None:
            show(
                say(
                    "Its key file is {keys}: keep it apart from copies of the register, and do not lose it.",
                    keys=shown(keys.path),
                )
            )
        say_hurdles(register.oversight.status(actor=coordinator).waits_for)
