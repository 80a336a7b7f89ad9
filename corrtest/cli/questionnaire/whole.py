"""What analyse and report do in the folder of a survey or risk analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_internal
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n

if TYPE_CHECKING:
    from corrtest.disclosure import Policy


def asks(places: Places) -> bool:
    """Return whether the study of this folder measures by a questionnaire."""
    from corrtest.spec import read_study

    return places.folder is not None and read_study(places.folder.study).asks


def analyse_questionnaire(places: Places, out: Path | None) -> None:
    """Estimate the figures of the study's survey or risk analysis."""
    from corrtest.questionnaires import SAMPLE_FILE, analyse_risks, analyse_survey, read_population, read_sample
    from corrtest.spec import read_study, read_table

    folder = places.folder
    assert folder is not None
    study = read_study(folder.study)
    if not folder.answers.is_file():
        raise CorrtestError(say("This study has no answers yet. Read them with: corrtest questionnaire answers FILE"))
    answers = read_table(folder.answers).astype(str)
    answers["simulated"] = answers["simulated"].str.casefold() == "true"
    if study.instrument == "survey":
        sample, numbers = folder.questionnaire / SAMPLE_FILE, folder.questionnaire / "population.csv"
        results = analyse_survey(
            study,
            answers,
            read_sample(sample) if sample.is_file() else None,
            read_population(numbers) if numbers.is_file() else None,
        )
    else:
        results = analyse_risks(study, answers)
    target = out or folder.results
    results.write(target)
    many = say_n("{count} figure", "{count} figures", len(results.figures))
    show(say("Wrote {many} to {place}. Next: corrtest report", many=many, place=shown(target)))
    show_internal(simulated=results.simulated)


def report_questionnaire(
    results: Path, out: Path, languages: tuple[str, ...], formats: tuple[str, ...], policy: Policy | None
) -> None:
    """Write the report on a survey or risk analysis, of what passed the gate."""
    from corrtest.disclosure import release_questionnaire
    from corrtest.questionnaires import QuestionnaireResults
    from corrtest.report import write_questionnaire_report

    released = release_questionnaire(QuestionnaireResults.read(results), policy)
    for path in write_questionnaire_report(released, out, languages, formats):
        show(say("Wrote {path}", path=shown(path)))
