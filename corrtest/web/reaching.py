"""Employers who are reached otherwise than by mail: attempts to call, stages in a portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corrtest.errors import InputError
from corrtest.language import current, say
from corrtest.register import Found, Register
from corrtest.spec import CALL_BACK, SPOKEN, call_outcomes, heard_answers, portal_stages, reaching_labels
from corrtest.web.asked import asked, say_done, when
from corrtest.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an employer is reached, in the words of its channel.

    Attributes
    ----------
    channel : str
        "telephone" or "portal".
    callers : sequence of str
        Who may call, by pseudonym.
    outcomes, answers, stages : mapping of str to str
        Each word and what a person reads for it: how an attempt ends, what was answered, how far a portal let one come.
    """

    channel: str
    callers: Sequence[str]
    outcomes: Mapping[str, str]
    answers: Mapping[str, str]
    stages: Mapping[str, str]


def ways(register: Register, found: Found) -> Way | None:
    """Return how the employer of an application is reached; None where a letter goes out."""
    if found.channel not in ("telephone", "portal"):
        return None
    label = reaching_labels(current())
    return Way(
        channel=found.channel,
        callers=[each.name for each in register.study.calling.callers],
        outcomes={each: label[each] for each in call_outcomes() if each != SPOKEN},
        answers={each: label[each] for each in heard_answers()},
        stages={each: label[each] for each in portal_stages()},
    )


def called(visit: Visit) -> str:
    """Put an attempt to call on record, with what was answered where somebody was spoken."""
    outcome, answer = visit.form.get("outcome", ""), visit.form.get("answer", "")
    if answer:
        outcome = SPOKEN
    if not outcome:
        raise InputError(say("Say how the call ended, or what was answered."))
    with visit.register() as register:
        found = asked(visit, register)
        register.reaching.call(
            found.pair_id,
            found.arm,
            outcome,
            when(visit, register),
            caller=visit.form.get("caller", ""),
            answer=answer,
            back_at=(visit.form.get("back_at", "").strip() or None) if outcome == CALL_BACK else None,
            actor=visit.actor,
        )
        label = reaching_labels(current())
        say_done(visit, register, found, f"{found.name}: {label[answer or outcome]}")
    return f"/application/{found.number}"


def reached(visit: Visit) -> str:
    """Put on record how far an application came in a portal."""
    stage = visit.form.get("stage", "")
    with visit.register() as register:
        found = asked(visit, register)
        register.reaching.stage(
            found.pair_id,
            found.arm,
            stage,
            when(visit, register),
            blocked=visit.form.get("blocked") == "yes",
            actor=visit.actor,
        )
        say_done(visit, register, found, f"{found.name}: {reaching_labels(current())[stage]}")
    return f"/application/{found.number}"
