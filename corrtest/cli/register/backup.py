"""The verb backup: a copy while it is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, register_place
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say


def backup(
    place: Place = None,
    out: Annotated[Path | None, typer.Option("--out", help="The copy to write, while others go on working.")] = None,
    restore: Annotated[Path | None, typer.Option("--restore", help="Make the register from this copy.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Copy the register while it is in use, or make it anew from a copy."""
    from corrtest.register import Register

    if (out is None) == (restore is None):
        raise CorrtestError(say("Give --out or --restore."))
    if restore is not None:
        target = register_place(place)
        Register.restore(restore, target)
        show(
            say(
                "Restored {target}. Put its key file back in secret, then: corrtest register verify {target}",
                target=target,
            )
        )
    elif out is not None:
        with opened(place, study) as register:
            head = register.oversight.backup(out, actor=actor)
        show(say("Copied to {out}. The key file is not in it. Head: {head}", out=out, head=head))
