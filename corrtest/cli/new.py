"""The verb new: a study folder from a ready design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.language import say


def new(
    sector: Annotated[str, typer.Argument(help="Which ready design to start from: construction, hairdressing, …")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder to make; default SECTOR here.")] = None,
) -> None:
    """Make a study folder from a ready design: the study to edit, a sheet for vacancies, and what to do first."""
    from corrtest.spec import make_study_folder

    made = make_study_folder(sector, out or Path(sector))
    show(say("Made {root}: edit its study.toml, put the vacancies in its folder vacancies.", root=shown(made.root)))
    show(say("Next: cd {root}, then corrtest status.", root=shown(made.root)))
