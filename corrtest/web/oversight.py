"""Oversight: progress, the use of caps, people and tokens, the stop switch, the audit trail."""

from __future__ import annotations

from starlette.responses import Response

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.register import ROLES
from corrtest.web.visit import Visit

PAGE = 100


def progress(visit: Visit) -> Response:
    """Return progress per stratum, the use of caps, and the response so far with both arms together."""
    with visit.register() as register:
        found = register.oversight.status(actor=visit.actor)
        stopped = register.supervision.stopped(actor=visit.actor)
    return visit.show("progress", found=found, stopped=stopped, tables=(found.strata, found.caps, found.reactions))


def stopped(visit: Visit) -> str:
    """Stop the study, or let it go on."""
    with visit.register() as register:
        if visit.form.get("do") == "resume":
            register.supervision.resume(actor=visit.actor)
            visit.did(say("The study goes on."))
        else:
            register.supervision.stop(visit.form.get("reason", ""), actor=visit.actor)
            visit.did(say("The study is stopped: nothing goes out any more."))
    return "/progress"


def people(visit: Visit, token: str = "") -> Response:
    """Return who works with the register, in which role."""
    with visit.register() as register:
        found = register.people.everybody(actor=visit.actor)
    return visit.show("people", people=found, roles=ROLES, token=token)


def added(visit: Visit) -> str:
    """Let a person work with the register."""
    name, role = visit.form.get("name", "").strip(), visit.form.get("role", "")
    if not name:
        raise CorrtestError(say("Give the person's name."))
    with visit.register() as register:
        register.people.add(name, role, partner=visit.form.get("partner", "").strip() or None, actor=visit.actor)
    visit.did(say("{name} can work with the register.", name=name))
    return "/people"


def token_given(visit: Visit) -> Response:
    """Give a person a token and show it this once."""
    name = visit.form.get("name", "")
    with visit.register() as register:
        token = register.people.give_token(name, actor=visit.actor)
    if name == visit.actor:
        visit.session.token = token
    return people(visit, token=f"{name}: {token}")


def trail(visit: Visit) -> Response:
    """Return the last events, or those of one pair."""
    pair = visit.request.query_params.get("pair", "").strip()
    with visit.register() as register:
        events = register.oversight.audit_trail(pair_id=pair or None, limit=PAGE, actor=visit.actor)
    columns = ("seq", "recorded_at", "actor", "role", "kind", "pair_id", "payload")
    rows = [[str(row[name] or "") for name in columns] for row in events.iloc[::-1].to_dict("records")]
    return visit.show("trail", pair=pair, columns=columns, rows=rows)


def verified(visit: Visit) -> str:
    """Prove that nothing was altered or dropped."""
    with visit.register() as register:
        found = register.oversight.verify(actor=visit.actor)
    if not found.passed:
        raise CorrtestError("\n".join(found.problems))
    visit.did(say("{events} events: nothing was altered or dropped.", events=found.events))
    return "/trail"
