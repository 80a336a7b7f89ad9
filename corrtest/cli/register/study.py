"""The verb study: another study in it."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import last_given, opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say


def study(
    place: Place = None,
    study_file: Annotated[str | None, typer.Argument(metavar="STUDY", help="Another study file (TOML).")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Take in another study, whose pairs count towards the same employers' caps."""
    from corrtest.spec import read_study

    place, study_file = last_given(place, study_file)
    if study_file is None:
        raise CorrtestError(say("Name the file of the other study."))
    with opened(place, study, key_file) as register:
        added = read_study(study_file)
        register.supervision.add_study(added, actor=actor)
        show(say("'{added}' is in the register. Name it with --study from now on.", added=added.name))
