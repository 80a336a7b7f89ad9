"""The verb actions: what the sector does after its measurement, who answers for it, and what is overdue."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.options import AsJson, Day
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places, shown
from corrtest.errors import CheckFailed, CorrtestError
from corrtest.language import current, say, say_n

if TYPE_CHECKING:
    from corrtest.spec import Action, Study

ActionSheet = Annotated[Path | None, typer.Option("--file", help="The sheet of actions; else the study folder's.")]


def actions(
    context: typer.Context,
    file: ActionSheet = None,
    template: Annotated[
        bool, typer.Option("--template", help="Write an empty sheet with drop-downs, in the study folder or to --file.")
    ] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only what should have been done by now; exit code 1 where there is any.")
    ] = False,
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """List the actions of the sector and check their sheet; Excel edits it, and the report prints it."""
    from corrtest.spec import read_actions, write_action_sheet

    if context.invoked_subcommand is not None:
        return
    path, study = sheet_and_study(file)
    if template:
        if path.exists():
            raise CorrtestError(say("{path} exists already and is left as it is.", path=shown(path)))
        write_action_sheet(path, study)
        show(say("Wrote {path}: note one action a row.", path=shown(path)))
        return
    if not path.is_file():
        raise CorrtestError(
            say(
                "There are no actions yet. Add one with corrtest actions add, or get a sheet: corrtest actions "
                "--template"
            )
        )
    day = date.today() if on is None else on.date()
    every = read_actions(path, study)
    late = [each for each in every if each.overdue(day)]
    listed = late if overdue else every
    if as_json:
        show_json([each.to_dict() | {"overdue": each.overdue(day)} for each in listed])
    elif listed:
        _show(listed, day)
    if overdue and late:
        raise CheckFailed(say_n("{count} action is overdue.", "{count} actions are overdue.", len(late)))
    if not as_json:
        many = say_n("{count} action", "{count} actions", len(every))
        show(say("{many} in all, {late} overdue on {day}.", many=many, late=len(late), day=day))


def sheet_and_study(file: Path | None) -> tuple[Path, Study]:
    """Return where the sheet of actions is, or will be, and the study that it belongs to."""
    from corrtest.spec import read_study

    places = Places.here()
    study = read_study(places.study(None))
    return places.place(file, "actions", say("This needs a sheet of actions. Name its file")), study


def actions_of(places: Places) -> tuple[Action, ...]:
    """Return the actions of the study folder; none where it has no sheet of them."""
    from corrtest.spec import read_actions, read_study

    if places.folder is None or not places.folder.actions.is_file():
        return ()
    return read_actions(places.folder.actions, read_study(places.folder.study))


def _show(listed: list[Action] | tuple[Action, ...], day: date) -> None:
    from corrtest.pages import catalogue

    words = catalogue(current())
    show_table(
        say("Actions"),
        (say("action"), say("criterion"), say("committee"), say("who"), say("by when"), say("state"), say("overdue")),
        [
            (
                each.action,
                words.name("criterion", each.criterion) if each.criterion else "–",
                each.joint_committee or "–",
                each.owner,
                each.due.isoformat(),
                words.name("action_state", each.state),
                each.overdue(day),
            )
            for each in listed
        ],
    )
