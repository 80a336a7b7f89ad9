"""The verb status: how far the fieldwork is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.cli.register.showing import say_frame, say_hurdles
from corrtest.language import say


def status(
    place: Place = None,
    picture: Annotated[Path | None, typer.Option("--picture", help="Also draw progress as an SVG file.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show progress per stratum, the use of caps, and the response so far, both arms together."""
    with opened(place, study) as register:
        found = register.oversight.status(actor=actor)
    if picture is not None:
        from corrtest.spec import write_private

        write_private(picture, found.picture())
    if as_json:
        show_json(found.to_dict())
        return
    label = say(" (SIMULATED)") if found.simulated else ""
    say_frame(say("{study}{label}: applications", study=found.study, label=label), found.strata, False)
    say_frame(say("Employers by pairs received"), found.caps, False)
    say_frame(say("Reactions, both arms together"), found.reactions, False)
    say_hurdles(found.waits_for)
    if len(found.incidents):
        say_frame(say("Incidents"), found.incidents, False)
    if found.late_seconds:
        show(say("Second letters later than the study tolerates: {count}.", count=found.late_seconds))
    if found.late_withdrawals:
        show(say("Withdrawn later than the study allows: {count}.", count=found.late_withdrawals))
