"""The verb questionnaire answers: what the survey tool exported, read and kept without codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


def answers(
    file: Annotated[Path, typer.Argument(help="The answers, a row a respondent, as the survey tool exports them.")],
) -> None:
    """Read the answers to the survey or risk analysis; faults are told together, and nothing is kept then.

    Exports of KoboToolbox, ODK and LimeSurvey are read as they are (CSV or Excel). What is kept has no codes.
    """
    from corrtest.questionnaires import SAMPLE_FILE, matched, read_form_answers, read_sample, study_form
    from corrtest.spec import read_study, write_private

    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("This is no study folder: it has no study.toml. Make one with: corrtest new SECTOR"))
    study = read_study(folder.study)
    given = read_form_answers(file, study_form(study))
    if study.instrument == "survey":
        place = folder.questionnaire / SAMPLE_FILE
        given = matched(given, read_sample(place) if place.is_file() else None, file.name)
    write_private(folder.answers, given.to_csv(index=False).encode())
    many = say_n("{count} answer", "{count} answers", len(given))
    show(say("Read {many}, and wrote {path}. Next: corrtest analyse", many=many, path=shown(folder.answers)))
