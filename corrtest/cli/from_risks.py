"""A study folder from a risk analysis: the criteria and committees that its released scores say to measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corrtest.cli.output import show
from corrtest.errors import StudyError
from corrtest.language import say, written

if TYPE_CHECKING:
    from corrtest.disclosure import QuestionnaireRelease
    from corrtest.spec import Profile, Study, StudyFolder


def make_from_risks(sector: str, releases: Path, out: Path, profile: Profile | None) -> StudyFolder:
    """Make the folder of the measurement that a released risk analysis asks for, after `profile` where one is given."""
    from corrtest.disclosure import read_questionnaire_release
    from corrtest.questionnaires import measured_by
    from corrtest.spec import design_text, folder_of_text, narrowed_text, read_study

    released = read_questionnaire_release(releases)
    _refuse_others(released, sector)
    taken = measured_by(released.figures, released.study)
    reasons = {number: _reason(released, number) for number in taken}
    header = say(
        "Starts from the risk analysis '{name}': recruitment as {count} people scored it, out of 100.",
        count=released.counts["answers"],
        name=released.study["name"],
    )
    made = folder_of_text(narrowed_text(design_text(sector, profile), taken, reasons, header), out)
    _say_taken(read_study(made.study), taken)
    if released.simulated:
        show(say("! These scores come from simulated answers: a study that is carried out starts from real ones."))
    return made


def _say_taken(study: Study, taken: Mapping[str, Sequence[str]]) -> None:
    """Say what each committee measures, and what the scores ask that the design has not."""
    known = {criterion.name for criterion in study.criteria}
    numbers = {committee.number for committee in study.committees}
    for number, criteria in taken.items():
        told = [name for name in criteria if name in known and number in numbers]
        show(say("{committee}: measure {criteria}.", committee=number, criteria=", ".join(told) or say("nothing")))
        if lacking := [name for name in criteria if name not in told]:
            show(
                say(
                    "! {committee}: the scores also ask {criteria}, which this design has not.",
                    committee=number,
                    criteria=", ".join(lacking),
                )
            )


def _refuse_others(released: QuestionnaireRelease, sector: str) -> None:
    if released.instrument != "risk_analysis":
        raise StudyError(say("This is the report of a survey. Give the report.json of a risk analysis."))
    found: Any = released.study.get("sector")
    if found != sector:
        raise StudyError(
            say(
                "{name} is a study of the sector '{found}', not of '{sector}'. Type: corrtest new {found} …",
                name=released.study["name"],
                found=found,
                sector=sector,
            )
        )


def _reason(released: QuestionnaireRelease, committee: str) -> str:
    """Return the scores behind a committee's tests, its own where they have left the gate."""
    from corrtest.questionnaires import recruitment_scores

    own = recruitment_scores(released.figures, committee)
    scores = {**recruitment_scores(released.figures), **own}
    told = ", ".join(f"{name} {written(score, '.0f')}" for name, score in scores.items())
    return say("scores: {told}", told=told) if own else say("scores of the whole sector: {told}", told=told)
