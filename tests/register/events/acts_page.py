"""The page of states and acts in the docs, written from the table that the code reads.

Write it again with `python -m tests.register.events.acts_page`.
"""

from __future__ import annotations

from pathlib import Path

from corrtest.register import INCIDENTS
from corrtest.register.events.acts import ACTS, MISTAKES, State

PAGE = Path(__file__).resolve().parents[3] / "docs" / "states-and-acts.md"
IN_ORDER: tuple[State, ...] = ("planned", "claimed", "sent", "withdrawn", "closed", "failed", "skipped", "replaced")
_TEXT = """# States and acts

What may be done to an application in each state, and by which road it comes in. This page is written from the table
that commands, sheets, logs and refusals read (`corrtest/register/events/acts.py`); the tests bring an application into
each state and try each act by each road. An application begins *planned*; what a state does not allow is refused, and
the refusal names the state. WHO is whatever is known of the application: `docs/register.md`, "Finding an application".

| act | {states} |
|---|{lines}
{acts}

| act | typed (`corrtest register …`) | sheet | log | becomes | besides |
|---|---|---|---|---|---|
{roads}

A mistake is taken back (`correct`) as long as what came after could have happened without it; so can be undone:
{mistakes}. Taking a sending back drops the claim on which it rested; where the other letter of the pair is out, this
one ends as skipped.

What the employer or others do about a pair as a whole is no act on an application: an incident ({incidents};
`incident WHO --kind WORD`) may be put on record in any state once a letter of the pair went out, changes no state, and
is taken back with `incident --take-back NUMBER`.
"""


def as_page() -> str:
    acts = [
        f"| {act.done} | " + " | ".join("x" if state in act.states else "" for state in IN_ORDER) + " |" for act in ACTS
    ]
    roads = [
        f"| {act.done} | `{act.command}` | {act.sheet or '–'} | {'`' + act.move + '`' if act.in_log else '–'} | "
        f"{act.to or 'what follows'} | {act.condition or '–'} |"
        for act in ACTS
    ]
    return _TEXT.format(
        states=" | ".join(IN_ORDER),
        lines="---|" * len(IN_ORDER),
        acts="\n".join(acts),
        roads="\n".join(roads),
        incidents=", ".join(INCIDENTS),
        mistakes=", ".join(act.done for act in ACTS if act.move in MISTAKES),
    )


if __name__ == "__main__":
    PAGE.write_text(as_page(), encoding="utf-8", newline="\n")
