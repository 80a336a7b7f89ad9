"""What analyse does in the folder of a survey or risk analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corrtest.cli.output import show, show_internal
from corrtest.cli.places import Places, shown
from corrtest.cli.publishing import commitment_for
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


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
    log = folder.release_log if folder.secret.is_dir() else None
    results = replace(results, commitment=commitment_for(results, log))
    target = out or folder.results
    results.write(target)
    many = say_n("{count} figure", "{count} figures", len(results.figures))
    show(say("Wrote {many} to {place}. Next: corrtest report", many=many, place=shown(target)))
    show_internal(simulated=results.simulated)
