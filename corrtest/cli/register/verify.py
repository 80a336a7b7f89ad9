"""The verb verify: the proof that nothing was altered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.errors import CheckFailed
from corrtest.language import say


def verify(
    place: Place = None,
    head: Annotated[str | None, typer.Option(help="A hash noted earlier, which must be in the chain.")] = None,
    heads: Annotated[
        Path | None,
        typer.Option(help="An auditor's list of hashes: each must be in the chain, and today's is added to it."),
    ] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Prove that nothing was altered or dropped, or name the first bad event (exit code 1)."""
    with opened(place, study) as register:
        found = register.oversight.verify(head=head, heads=heads, actor=actor)
    if as_json:
        show_json(
            {
                "passed": found.passed,
                "events": found.events,
                "head": found.head,
                "first_bad": found.first_bad,
                "problems": list(found.problems),
            }
        )
        if not found.passed:
            raise typer.Exit(1)
    elif not found.passed:
        raise CheckFailed(
            say("The register is not what was written:\n") + "\n".join(f"  - {p}" for p in found.problems)
        )
    else:
        show(say("{events} events, none altered, none dropped. Head: {head}", events=found.events, head=found.head))
