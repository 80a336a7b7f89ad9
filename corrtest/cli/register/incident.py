"""The verb incident: an employer complains or finds out, the press or a lawyer calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.register import Noted, Register


def incident(
    place: Place = None,
    who: Who = None,
    kind: Annotated[str | None, typer.Option("--kind", help="complaint, discovery, press or legal.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="What happened, in a sentence that names nobody.")] = "",
    at: At = None,
    employer: Annotated[
        str | None,
        typer.Option("--employer", help="All pairs of an employer instead of one application: its number or name."),
    ] = None,
    block: Annotated[
        bool, typer.Option("--block", help="Never approach this employer again, in the same breath.")
    ] = False,
    letter: Annotated[
        Path | None, typer.Option("--letter", help="Also write the debriefing letter for this employer into a folder.")
    ] = None,
    take_back: Annotated[
        int | None, typer.Option("--take-back", help="The number of an incident recorded by mistake: a coordinator.")
    ] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that an employer complains or finds out, or that the press or a lawyer calls.

    The pairs that it is about are marked in the export, and the analysis does with them what the study says
    (analysis.incidents).
    """
    if employer is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if take_back is not None:
            register.incidents.take_back(take_back, reason, actor=actor)
            show(say("Incident {number} is taken back.", number=take_back))
            return
        if kind is None:
            raise CorrtestError(say("Say what happened: --kind complaint, discovery, press or legal."))
        pair, number, of = _whom(register, who, employer, actor)
        noted = register.incidents.record(
            kind,
            reason,
            register.now() if at is None else at,
            pair_id=pair,
            employer_id=number,
            employer_of=of,
            block=block,
            actor=actor,
        )
        _say(noted, register)
        if noted.employer is not None:
            _offer_letter(register, letter)


def _whom(
    register: Register, who: str | None, employer: str | None, actor: str
) -> tuple[str | None, str | None, str | None]:
    """Return the pair that is meant, or the number of an employer, or a pair of an employer that was named."""
    if who is not None and employer is not None:
        raise CorrtestError(say("Say whom it is about: one application, or one employer (--employer)."))
    if employer is not None:
        numbered = any(sign.isdigit() for sign in employer)
        return (None, employer, None) if numbered else (None, None, register.finding.of_employer(employer, actor=actor))
    return (None if who is None else register.finding.pair(who, actor=actor)), None, None


def _say(noted: Noted, register: Register) -> None:
    show(say("Incident {number} is on record.", number=noted.number))
    weight = noted.employer
    if weight is None:
        return
    if noted.blocked:
        show(say("Employer {employer} is blocked for good, in every study.", employer=weight.employer))
    elif weight.waiting + weight.half_sent:
        show(
            say(
                "Its employer is not blocked: {waiting} letter(s) may still go to it. To stop them: corrtest register "
                "block",
                waiting=2 * weight.waiting + weight.half_sent,
            )
        )


def _offer_letter(register: Register, letter: Path | None) -> None:
    """Write the letter that tells an employer what it met with, or say how it is had."""
    if letter is None:
        show(say("A letter that tells the employer what it met with: add --letter FOLDER."))
        return
    from corrtest.report import ETHICS_LANGUAGES, write_ethics_part

    language = register.study.language
    languages = (language if language in ETHICS_LANGUAGES else "nl",)
    for path in write_ethics_part(register.study, "incident_letter", letter, languages):
        show(say("Wrote {path}", path=path))
