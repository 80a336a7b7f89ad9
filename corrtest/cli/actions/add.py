"""The verb actions add: one action more on the sector's sheet."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.actions.listed import ActionSheet, sheet_and_study
from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.language import say


def add(
    action: Annotated[str, typer.Argument(help="What is done, in a few words. Name no firm: the report prints it.")],
    owner: Annotated[str, typer.Option(help="The role that answers for it; rather a role than a person.")],
    due: Annotated[str, typer.Option(help="By when, as in 2027-11-30.")],
    target: Annotated[str, typer.Option(help="How it shows that it worked: a figure or a fact.")],
    state: Annotated[str, typer.Option(help="planned, under_way, done or dropped.")] = "planned",
    done_on: Annotated[str, typer.Option(help="The day on which it was done, where it is done.")] = "",
    criterion: Annotated[str, typer.Option(help="The criterion whose result it answers; else all.")] = "",
    committee: Annotated[str, typer.Option(help="The joint committee that it is for; else all.")] = "",
    outcome: Annotated[str, typer.Option(help="strict or broad, where it answers one outcome.")] = "",
    file: ActionSheet = None,
) -> None:
    """Add an action to the sheet of the sector, which is made where there is none."""
    from corrtest.spec import add_action

    path, study = sheet_and_study(file)
    made = add_action(
        path,
        study,
        {
            "action": action,
            "owner": owner,
            "due": due,
            "target": target,
            "state": state,
            "done_on": done_on,
            "criterion": criterion,
            "joint_committee": committee,
            "outcome": outcome,
        },
    )
    show(say("Added to {path}: {action}, due {due}.", path=shown(path), action=made.action, due=made.due))
