"""The verb employers: what the sector sends to its employers before the start."""

from __future__ import annotations

from corrtest.cli.options import Formats, Languages, OutFolder, SimulatedPages, StudyFile
from corrtest.cli.output import show, words
from corrtest.cli.places import Places, shown
from corrtest.language import say


def employers(
    study_file: StudyFile = None,
    out: OutFolder = None,
    language: Languages = "nl,en",
    formats: Formats = "html,pdf,docx",
    simulated: SimulatedPages = False,
) -> None:
    """Write what the sector sends to its employers before the start: letter, leaflet, questions and answers."""
    from corrtest.report import write_employer_pack
    from corrtest.spec import read_study

    places = Places.around(study_file)
    study = read_study(places.study(study_file))
    target = places.out(out, "letters", say("The letters need"))
    for path in write_employer_pack(
        study, target, languages=words(language), formats=words(formats), simulated=simulated
    ):
        show(say("Wrote {path}", path=shown(path)))
