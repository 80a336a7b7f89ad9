"""The verb mail withdraw: employers who answered positively are told that the candidate is not available."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.mail.send import show_outcomes
from corrtest.cli.options import AsJson
from corrtest.cli.output import show_json, show_table
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.language import say


def withdraw(
    place: Place = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; nothing leaves.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Tell by mail who answered positively by mail that the candidate is not available; list who is to be called."""
    from corrtest.mail import due_declines, send_declines

    plan = mail_plan()
    with opened(place, study, key_file) as register:
        due = due_declines(register, plan, actor=actor)
        if dry_run:
            letters = [
                {
                    "number": each.number,
                    "candidate": each.candidate,
                    "recipient": each.recipient,
                    "text": each.draft.text if each.draft else "",
                    "fault": each.fault,
                }
                for each in due.letters
            ]
            if as_json:
                show_json({"letters": letters, "calls": [_call(row) for row in due.calls]})
                return
            titles = (say("no."), say("candidate"), say("to"), say("text"), say("fault"))
            show_table(say("Would go now; nothing has left"), titles, [tuple(each.values()) for each in letters])
        else:
            outcomes = send_declines(register, plan, due.letters, actor=actor, wait=time.sleep)
            show_outcomes(outcomes, as_json=as_json, more={"calls": [_call(row) for row in due.calls]})
    if not as_json:
        _show_calls(due.calls)


def _call(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("application", "candidate", "employer_name", "address", "positive_at", "withdraw_by", "late")
    return {name: row[name] for name in names if name in row}


def _show_calls(calls: Sequence[Mapping[str, Any]]) -> None:
    from corrtest.register import local_time

    if not calls:
        return
    rows = [
        (
            str(row["application"]),
            str(row.get("candidate") or ""),
            str(row.get("employer_name") or row.get("employer_id") or ""),
            str(row.get("address") or ""),
            local_time(row["withdraw_by"]),
            say("LATE") if row["late"] else "",
        )
        for row in calls
    ]
    titles = (say("no."), say("candidate"), say("employer"), say("address"), say("before"), "")
    show_table(say("To be called: then corrtest register withdraw"), titles, rows)
