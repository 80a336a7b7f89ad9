"""Field work: what is due, one application, and what was done with it."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

import pandas as pd
from starlette.responses import FileResponse, Response

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.register import (
    CHANNELS,
    INCIDENTS,
    STATES,
    TYPED_REACTIONS,
    Found,
    Register,
    channel_word,
    local_time,
    possible,
    shown_day,
)
from corrtest.web.asked import asked, say_done, when
from corrtest.web.reaching import ways
from corrtest.web.visit import Visit

SHOWN = 50


def today(visit: Visit) -> Response:
    """Return what is to be withdrawn and what can be sent, the most urgent first."""
    with visit.register() as register:
        now = register.now().isoformat()
        due = register.sending.worklist(now, limit=SHOWN, actor=visit.actor)
        waiting = register.replies.awaiting_withdrawal(now, actor=visit.actor)
        stopped = due.attrs["stopped"]
    return visit.show(
        "today",
        stopped=stopped,
        due=[_line(row, late=row["overdue_days"] > 0) for row in rows_of(due)],
        waiting=[_line(row, late=row["late"], until=local_time(row["withdraw_by"])) for row in rows_of(waiting)],
        full=len(due) == SHOWN,
    )


def search(visit: Visit) -> Response:
    """Return the applications that fit what somebody knows of them."""
    words = visit.request.query_params.get("q", "").strip()
    found: list[Found] = []
    if words:
        with visit.register() as register:
            found = register.finding.find(words, actor=visit.actor)
    return visit.show("search", words=words, found=found[:SHOWN], more=max(0, len(found) - SHOWN), states=STATES)


def application(visit: Visit) -> Response:
    """Return one application: where it goes, its documents, what can be done with it, what is on record."""
    with visit.register() as register:
        found = asked(visit, register)
        events = register.corrections.events_for_people(found.pair_id, found.arm, actor=visit.actor)
        files = visit.workplace.documents(found.documents, found.arm)
        reactions = typed_reactions(register)
        way = ways(register, found)
    return visit.show(
        "application",
        found=found,
        state=say(STATES[found.state]),
        due_on=shown_day(found.due_on),
        sent_at="" if found.sent_at is None else local_time(found.sent_at),
        acts=possible(found.state),
        files=[path.name for path in files],
        letters=[_read(path) for path in files if path.suffix == ".txt"],
        reactions=reactions,
        channels=CHANNELS,
        way=way,
        incidents=INCIDENTS,
        events=events,
    )


def document(visit: Visit) -> Response:
    """Return one of the documents of an application."""
    with visit.register() as register:
        found = asked(visit, register)
    files = visit.workplace.documents(found.documents, found.arm)
    place = visit.request.path_params["place"]
    if place >= len(files):
        return visit.show("refused", 404, text=say("There is no such page."))
    path = files[place]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=kind, filename=path.name)


def sent(visit: Visit) -> str:
    """Put on record that an application went out."""
    with visit.register() as register:
        found = asked(visit, register)
        register.sending.mark_sent(found.pair_id, found.arm, when(visit, register), actor=visit.actor)
        say_done(visit, register, found, " ".join((say("{who}: sent.", who=found.name), *register.remarks)))
    return "/today"


def reaction(visit: Visit) -> str:
    """Put on record what an employer did."""
    with visit.register() as register:
        found = asked(visit, register)
        register.replies.record(
            found.pair_id,
            found.arm,
            visit.form.get("reaction", ""),
            when(visit, register),
            channel=visit.form.get("channel", ""),
            text=visit.form.get("text", "").strip(),
            confirmed=visit.form.get("confirmed") == "yes",
            actor=visit.actor,
        )
        say_done(visit, register, found, say("{who}: reaction on record.", who=found.name))
    return f"/application/{found.number}"


def withdrawn(visit: Visit) -> str:
    """Put on record that the employer was told that the candidate is no longer available."""
    with visit.register() as register:
        found = asked(visit, register)
        unprompted = visit.form.get("unprompted") == "yes"
        register.replies.withdraw(
            found.pair_id, found.arm, when(visit, register), unprompted=unprompted, actor=visit.actor
        )
        say_done(visit, register, found, " ".join((say("{who}: withdrawn.", who=found.name), *register.remarks)))
    return "/today"


def ended(visit: Visit) -> str:
    """Put on record that an application did not arrive, or is not sent, and why."""
    how, reason = visit.form.get("how", ""), visit.form.get("reason", "")
    with visit.register() as register:
        found = asked(visit, register)
        at = when(visit, register)
        if how == "failed":
            register.sending.fail(found.pair_id, found.arm, reason, at, actor=visit.actor)
        elif how == "skipped":
            register.sending.skip(found.pair_id, found.arm, reason, at, actor=visit.actor)
        else:
            raise CorrtestError(say("Say how it ended."))
        say_done(visit, register, found, say("{who}: on record.", who=found.name))
    return "/today"


def incident(visit: Visit) -> str:
    """Put on record that the employer complains or finds out, or that the press or a lawyer calls."""
    form = visit.form
    with visit.register() as register:
        found = asked(visit, register)
        noted = register.incidents.record(
            form.get("kind", ""),
            form.get("reason", ""),
            when(visit, register),
            employer_of=found.pair_id,
            block=form.get("block") == "yes",
            actor=visit.actor,
        )
    visit.did(say("Incident {number} is on record.", number=noted.number))
    return f"/application/{found.number}"


def undone(visit: Visit) -> str:
    """Take back what was done a moment ago."""
    done = visit.session.done
    if done is None or done.event is None or visit.sessions.clock() >= done.until:
        raise CorrtestError(
            say("That was more than a minute ago. Open the application and correct the event there, with a reason.")
        )
    with visit.register() as register:
        register.corrections.take_back(
            done.event, say("undone within a minute"), register.now().isoformat(), actor=visit.actor
        )
    number = done.application
    visit.did(say("Taken back; it stays in the trail."))
    return f"/application/{number}"


def corrected(visit: Visit) -> str:
    """Take back an event of an application, with a reason; a reaction may be put right instead."""
    with visit.register() as register:
        found = asked(visit, register)
        event, reason = visit.form.get("event", ""), visit.form.get("reason", "")
        if not event.isdigit():
            raise CorrtestError(say("Say which event was a mistake."))
        mine = register.corrections.events(found.pair_id, found.arm, actor=visit.actor)
        if int(event) not in set(mine["event"]):
            raise CorrtestError(say("Say which event was a mistake."))
        now, word = register.now().isoformat(), visit.form.get("reaction", "")
        if word:
            register.corrections.correct_reaction(int(event), reason, now, reaction=word, actor=visit.actor)
        else:
            register.corrections.take_back(int(event), reason, now, actor=visit.actor)
    visit.did(say("Corrected; the first stays in the trail."))
    return f"/application/{found.number}"


def typed_reactions(register: Register) -> list[str]:
    """Return the reactions that somebody may put on record: silence follows from the clock."""
    return [each for each in register.study.reactions if each in TYPED_REACTIONS]


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as a page reads them."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _line(row: dict[str, Any], *, late: bool, until: str = "") -> dict[str, Any]:
    """Return an application as the list shows it; nothing in it tells which arm it is."""
    shown = {name: row.get(name) or "" for name in ("application", "candidate", "title", "state")}
    return shown | {
        "channel": channel_word(row["channel"]),
        "due_on": shown_day(row["due_on"]) if row.get("due_on") else "",
        "employer": row.get("employer_name") or row.get("employer_id") or "",
        "letter": row.get("position", ""),
        "late": bool(late),
        "until": until,
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
