"""The application that a request is about: which one, when it happened, what is said of it."""

from __future__ import annotations

from corrtest.register import Found, Register
from corrtest.web.visit import Visit


def asked(visit: Visit, register: Register) -> Found:
    """Return the application of the address, where this person may see it."""
    return register.finding.numbered(visit.request.path_params["number"], actor=visit.actor)


def when(visit: Visit, register: Register) -> str:
    """Return when it happened: what was filled in, on the Belgian clock, else now."""
    return visit.form.get("at", "").strip() or register.now().isoformat()


def say_done(visit: Visit, register: Register, found: Found, text: str) -> None:
    """Say on the next page what was done, so that it can be undone there for a minute."""
    events = register.corrections.events(found.pair_id, found.arm, actor=visit.actor)
    visit.did(text, event=int(events["event"].iloc[-1]), application=found.number)
