"""The verb erase: the end of identities."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import day, opened
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say


def erase(
    retention_date: Annotated[str, typer.Option(help="The day from which identities may be destroyed.")],
    place: Place = None,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do it: it cannot be undone.")] = False,
    at: At = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Destroy the identities and free texts of a study, once its retention date has come."""
    with opened(place, study, key_file) as register:
        if not confirmed:
            raise CorrtestError(
                say(
                    "This destroys who the employers of '{study}' are, for good. Add --yes to do it.",
                    study=register.study.name,
                )
            )
        erased = register.employers.erase(day(retention_date), at or register.now(), actor=actor)
        show(
            say(
                "Destroyed: {vacancies} vacancies, {texts} texts, {employers} employers.",
                vacancies=erased.vacancies,
                texts=erased.texts,
                employers=erased.employers,
            )
        )
