"""The verb mail send: what is due goes out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table, warn
from corrtest.cli.places import Places
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.errors import CheckFailed
from corrtest.language import mark, say, say_n

if TYPE_CHECKING:
    from corrtest.mail import Draft, Mailbox, Outcome

_WORDS = {
    "sent": mark("sent"),
    "refused": mark("refused"),
    "unsettled": mark("UNSETTLED"),
    "later": mark("later"),
    "held": mark("held back"),
}


def send(
    place: Place = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; nothing leaves.")] = False,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="Send one letter a mailbox to the study's own test address.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many letters.")] = None,
    documents: Annotated[
        Path | None, typer.Option("--documents", help="The folder that `corrtest render` wrote.")
    ] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Send the applications that are due by mail, each through its candidate's mailbox, within the study's hours."""
    from corrtest.mail import due_letters, rehearse, send_due

    plan, folder = (
        mail_plan(),
        Places.here().place(documents, "documents", say("This needs documents. Name their folder")),
    )
    with opened(place, study, key_file) as register:
        if dry_run or rehearsal:
            due = due_letters(register, plan, folder, register.now(), actor=actor, limit=limit)
        if rehearsal:
            drafts: dict[Mailbox, Draft] = {}
            for each in due:
                if each.mailbox is not None and each.draft is not None:
                    drafts.setdefault(each.mailbox, each.draft)
            if not drafts:
                raise CheckFailed(say("Nothing is due that could be rehearsed. See: corrtest mail send --dry-run"))
            count = rehearse(register, plan, drafts, register.now(), actor=actor)
            show(
                say_n(
                    "{count} letter went to {address}. Look at it there before anything goes to an employer.",
                    "{count} letters went to {address}. Look at them there before anything goes to an employer.",
                    count,
                    address=plan.test_address,
                )
            )
            return
        if dry_run:
            rows = [
                (
                    each.number,
                    each.candidate,
                    "" if each.mailbox is None else each.mailbox.address,
                    each.recipient,
                    "" if each.draft is None else each.draft.subject,
                    "" if each.draft is None else ", ".join(path.name for path in each.draft.attachments),
                    each.fault,
                )
                for each in due
            ]
            names = ("number", "candidate", "mailbox", "recipient", "subject", "attachments", "fault")
            if as_json:
                show_json([dict(zip(names, row, strict=True)) for row in rows])
                return
            titles = (
                say("no."),
                say("candidate"),
                say("mailbox"),
                say("to"),
                say("subject"),
                say("files"),
                say("fault"),
            )
            show_table(say("Would go now; nothing has left"), titles, rows)
            return
        outcomes = send_due(register, plan, folder, actor=actor, limit=limit, wait=time.sleep)
        show_outcomes(outcomes, as_json=as_json, more={})


def show_outcomes(outcomes: Iterable[Outcome], *, as_json: bool, more: Mapping[str, object]) -> None:
    """Show what became of each letter as it goes, and how many went."""
    counts = dict.fromkeys(_WORDS, 0)
    told = []
    for outcome in outcomes:
        counts[outcome.kind] += 1
        told.append({"number": outcome.due.number, "outcome": outcome.kind, "why": outcome.why})
        if not as_json:
            why = f": {outcome.why}" if outcome.why else ""
            show(f"{outcome.due.number:>6}  {outcome.due.candidate}  {say(_WORDS[outcome.kind])}{why}")
    if as_json:
        show_json({"counts": counts, "letters": told, **more})
    else:
        show(say_n("{count} letter sent.", "{count} letters sent.", counts["sent"]))
    if counts["unsettled"] or counts["refused"]:
        warn(say("Some letters were refused, or may be out: see `corrtest mail settle`."))
