"""The verbs mail suggestions and mail train: how often suggestions are wrong, by arm; a model of the study's own."""

from __future__ import annotations

from dataclasses import asdict

from corrtest.cli.mail.opening import secret_folder
from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.language import say


def suggestions(
    place: Place = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Say whether answers get a suggestion, and how often one is wrong in each arm."""
    from corrtest.mail import standing

    with opened(place, study, key_file) as register:
        found = standing(register, secret_folder(), actor=actor)
    made = found.confusion
    if as_json:
        told = asdict(made) | {"cells": made.cells.to_dict("records"), "arms": made.arms.to_dict("records")}
        show_json({"confirmed": found.confirmed, "own": found.own, "off": found.off, "confusion": told})
        return
    if found.off:
        show(say("Nothing is suggested: {why}", why=found.off))
    else:
        show(say("Answers get a suggestion; a person decides."))
    if found.confirmed:
        rows = [
            (
                say(row["arm"]),
                row["mails"],
                row["wrong"],
                row["silent"],
                f"{row['positive_person']:.0%}",
                f"{row['positive_machine']:.0%}",
            )
            for row in made.arms.fillna(0).to_dict("records")
        ]
        titles = (
            say("arm"),
            say("mails"),
            say("wrong"),
            say("nothing suggested"),
            say("positive, persons"),
            say("positive, suggested"),
        )
        show_table(say("Suggestions against what persons said"), titles, rows)
        show(say("Test that both arms are wrong as often: p = {p:.3f}.", p=made.p_value))


def train(
    place: Place = None, study: StudyName = None, key_file: KeyFile = None, actor: Person = "coordinator"
) -> None:
    """Let the model learn from the study's own confirmed answers; it is kept in secret/."""
    from corrtest.mail import train_own

    with opened(place, study, key_file) as register:
        model = train_own(register, secret_folder(), actor=actor)
    show(say("The model learnt from {count} answers of this study. See: corrtest mail suggestions", count=model.own))
