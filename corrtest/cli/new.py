"""The verb new: a study folder from a ready design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.errors import StudyError, nearest
from corrtest.language import say


def new(
    sector: Annotated[str, typer.Argument(help="Which ready design to start from: construction, hairdressing, …")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder to make; default SECTOR here.")] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="Draw it up after this profile, as 2026; else the design as of 2021-24."),
    ] = None,
) -> None:
    """Make a study folder from a ready design: the study to edit, a sheet for vacancies, and what to do first."""
    from corrtest import spec

    if profile is not None and profile not in spec.profile_names():
        raise StudyError(
            say("There is no profile '{name}'. {nearest}", name=profile, nearest=nearest(profile, spec.profile_names()))
        )
    chosen = None if profile is None else spec.profile(profile)
    made = spec.make_study_folder(sector, out or Path(sector), chosen)
    show(say("Made {root}: edit its study.toml, put the vacancies in its folder vacancies.", root=shown(made.root)))
    if chosen is not None and sector in chosen.refused:
        show(say("! By the press, the federation of this sector did not accept the tests of {name}.", name=profile))
    show(say("Next: cd {root}, then corrtest status.", root=shown(made.root)))
