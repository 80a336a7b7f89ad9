"""The verb vacancies template: the sheet on which vacancies are noted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError
from corrtest.language import say


def template(
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; else vacancies/template.xlsx.")] = None,
) -> None:
    """Write the sheet on which vacancies are noted by hand: each column explained, drop-downs where words are fixed."""
    from corrtest.spec import read_study, write_vacancy_template

    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("The sheet follows a study. Make its folder with: corrtest new SECTOR"))
    path = out or folder.template
    if path.exists():
        raise CorrtestError(say("{path} exists already and is left as it is. Give another name with --out.", path=path))
    write_vacancy_template(path, read_study(folder.study))
    show(say("Wrote {path}: note one vacancy a row.", path=shown(path)))
