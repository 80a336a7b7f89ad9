"""The verb questionnaire form: the survey or risk analysis for survey tools and on paper."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import OutFolder, StudyFile
from corrtest.cli.output import show, words
from corrtest.cli.places import Places, shown
from corrtest.language import say


def form(
    study_file: StudyFile = None,
    out: OutFolder = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Languages, separated by commas; else all, the study's first.")
    ] = None,
) -> None:
    """Write the form of the sector survey, or of the risk analysis: any other study makes that one first.

    form.xlsx is for tools that read XLSForm (KoboToolbox, ODK), form_limesurvey.txt for LimeSurvey, and the PDF is for
    paper; where a lot decides what somebody sees, there is one PDF for each version.
    """
    from corrtest.pages import pdf_file
    from corrtest.questionnaires import limesurvey, paper_form, paper_versions, questionnaire_texts, study_form, xlsform
    from corrtest.spec import read_study, write_private

    places = Places.around(study_file)
    study = read_study(places.study(study_file))
    target = places.out(out, "questionnaire", say("The form needs"))
    made = study_form(study, words(language) or None)
    version = questionnaire_texts("risk")["version"]
    files = {"form.xlsx": xlsform(made), "form_limesurvey.txt": limesurvey(made)}
    for code in made.languages:
        for number in range(1, paper_versions(made) + 1):
            name = f"form_{code}.pdf" if paper_versions(made) == 1 else f"form_{code}_{number}.pdf"
            files[name] = pdf_file(paper_form(made, code, number, version))
    for name, content in files.items():
        write_private(target / name, content)
        show(say("Wrote {path}", path=shown(target / name)))
    show(say("When the survey tool has the answers: corrtest questionnaire answers FILE"))
