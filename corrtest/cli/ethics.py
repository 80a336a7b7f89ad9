"""The verb ethics: what an ethics committee and a data-protection officer ask of a study."""

from __future__ import annotations

from corrtest.cli.options import Formats, Languages, OutFolder, SimulatedPages, StudyFile
from corrtest.cli.output import show, words
from corrtest.cli.places import Places, shown
from corrtest.language import say


def ethics(
    study_file: StudyFile = None,
    out: OutFolder = None,
    language: Languages = "nl",
    formats: Formats = "docx,pdf",
    simulated: SimulatedPages = False,
) -> None:
    """Write drafts for the ethics committee and data protection: application, impact assessment, record, retention.

    With an incident log, a debriefing letter and the burden in minutes an employer. Have them checked by your
    data-protection officer.
    """
    from corrtest.report import write_ethics_file
    from corrtest.spec import read_study

    places = Places.around(study_file)
    study = read_study(places.study(study_file))
    target = places.out(out, "ethics", say("The ethics file needs"))
    for path in write_ethics_file(
        study, target, languages=words(language), formats=words(formats), simulated=simulated
    ):
        show(say("Wrote {path}", path=shown(path)))
    show(say("These are drafts: have them checked by your data-protection officer before you use them."))
