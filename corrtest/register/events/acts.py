"""States of an application and the acts possible in each: the one table that commands, sheets, logs and docs read.

An act of a person is one event (two where something is sent that nobody had claimed). Which acts a state allows stands
here alone: `events.life` follows it when it derives a state, sheets take their drop-downs from it, the command line its
candidates, `docs/states-and-acts.md` its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corrtest.language import mark

State = Literal["planned", "claimed", "sent", "withdrawn", "closed", "failed", "replaced", "skipped"]

STATES: Mapping[State, str] = {
    "planned": mark("planned"),
    "claimed": mark("claimed"),
    "sent": mark("sent"),
    "withdrawn": mark("withdrawn"),
    "closed": mark("closed"),
    "failed": mark("failed"),
    "replaced": mark("replaced"),
    "skipped": mark("skipped"),
}
# Nothing was sent yet, and something may be.
WAITING: tuple[State, ...] = ("planned", "claimed")
OUT: tuple[State, ...] = ("sent", "withdrawn", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: the kind of its event, the states that allow it, and the roads by which it comes in.

    Attributes
    ----------
    move : str
        The kind of event that it leaves.
    states : tuple of str
        The states in which an application allows it.
    to : str
        The state after it; "" where that follows from what came before.
    done : str
        What a refusal says cannot be done ("an application that is closed cannot be …").
    permission : str
        What a person's role must permit.
    command : str
        How it is typed after `corrtest register`.
    sheet : str
        The sheet on which it can be filled in; "" where on none.
    in_log : bool
        Whether a partner's own log may tell it.
    claims : bool
        Whether an application that nobody claimed is claimed in the same breath.
    condition : str
        What must hold beside the state; "" for nothing.
    """

    move: str
    states: tuple[State, ...]
    to: State | Literal[""]
    done: str
    permission: str
    command: str
    sheet: str = ""
    in_log: bool = False
    claims: bool = False
    condition: str = ""


ACTS: tuple[Act, ...] = (
    Act(
        move="claimed",
        states=("planned", "claimed"),
        to="claimed",
        done=mark("claimed"),
        permission="claim",
        command="claim WHO",
        in_log=True,
        condition=mark("approved, not stopped, due, under the caps; nobody else's claim runs"),
    ),
    Act(
        move="released",
        states=("claimed",),
        to="planned",
        done=mark("released"),
        permission="claim",
        command="claim WHO --release",
        condition=mark("by who claimed it, or a coordinator"),
    ),
    Act(
        move="passed_on",
        states=("claimed",),
        to="claimed",
        done=mark("passed on"),
        permission="change_actor",
        command="person NAME --leaves --to OTHER",
        condition=mark("by a coordinator, to somebody who may send it"),
    ),
    Act(
        move="called",
        states=("planned", "claimed", "sent"),
        to="",
        done=mark("called"),
        permission="send",
        command="call WHO --outcome WORD",
        claims=True,
        condition=mark("a vacancy by telephone; as for a claim; no more attempts than the study allows"),
    ),
    Act(
        move="stage",
        states=("planned", "claimed"),
        to="",
        done=mark("taken further in a portal"),
        permission="send",
        command="stage WHO --stage WORD",
        claims=True,
        condition=mark("a vacancy by portal; as for a claim; no stage twice, none that lies before"),
    ),
    Act(
        move="sent",
        states=("planned", "claimed"),
        to="sent",
        done=mark("sent"),
        permission="send",
        command="sent WHO",
        sheet="worklist",
        in_log=True,
        claims=True,
        condition=mark("as for a claim, at the moment of sending; the second letter after the first and its lag"),
    ),
    Act(
        move="reaction",
        states=("sent", "withdrawn"),
        to="",
        done=mark("given a reaction"),
        permission="record_reaction",
        command="reaction WHO --reaction WORD",
        sheet="reactions",
        in_log=True,
        condition=mark(
            "not before it was sent, not after its withdrawal, not on record already; after its window where confirmed"
        ),
    ),
    Act(
        move="withdrawn",
        states=("sent",),
        to="withdrawn",
        done=mark("withdrawn"),
        permission="withdraw",
        command="withdraw WHO",
        in_log=True,
        condition=mark("a positive reaction is on record (else --unprompted); not before what it answers"),
    ),
    Act(
        move="failed",
        states=("claimed", "sent"),
        to="failed",
        done=mark("failed"),
        permission="send",
        command="end fail WHO",
        sheet="worklist",
        in_log=True,
        condition=mark("with a reason"),
    ),
    Act(
        move="skipped",
        states=("planned", "claimed"),
        to="skipped",
        done=mark("skipped"),
        permission="send",
        command="end skip WHO",
        sheet="worklist",
        in_log=True,
        condition=mark("with a reason"),
    ),
    Act(
        move="replaced",
        states=("planned", "claimed", "failed", "skipped"),
        to="replaced",
        done=mark("replaced"),
        permission="send",
        command="end replace WHO",
        condition=mark("the employer has seen neither letter, and a reserve is left"),
    ),
    Act(
        move="closed",
        states=("sent", "withdrawn"),
        to="closed",
        done=mark("closed"),
        permission="close",
        command="end close",
        condition=mark("its reaction window has passed and it owes nobody a withdrawal"),
    ),
    Act(
        move="taken_back",
        states=("claimed", "sent", "withdrawn", "closed", "failed", "skipped"),
        to="",
        done=mark("corrected"),
        permission="correct",
        command="correct WHO --event N --reason TEXT",
        condition=mark("what came after must have been possible without it"),
    ),
)

# What tells of something that happened outside the register, and so not after now.
HAPPENED: tuple[str, ...] = ("called", "stage", "sent", "reaction", "withdrawn", "failed", "skipped", "closed")

_BY_MOVE: Mapping[str, Act] = {act.move: act for act in ACTS}
MOVES: frozenset[str] = frozenset(_BY_MOVE)
# What can be taken back: what a person put on record by mistake. A claim is released, a replacement is another pair.
MISTAKES = ("called", "stage", "sent", "reaction", "withdrawn", "failed", "skipped", "closed")
# What a partner's log may tell, in the order in which it happens to an application when all of it bears one time.
LOGGED: tuple[str, ...] = ("claimed", "sent", "reaction", "withdrawn", "failed", "skipped")
assert set(LOGGED) == {act.move for act in ACTS if act.in_log}


def act_of(move: str) -> Act:
    """Return the act that leaves this kind of event."""
    return _BY_MOVE[move]


def allows(state: State, move: str) -> bool:
    """Say whether a person may do this to an application in that state."""
    return state in _BY_MOVE[move].states


def follows(state: State, move: str) -> bool:
    """Say whether an event of this kind may follow in that state: a sending has its claim before it."""
    act = _BY_MOVE[move]
    return state in act.states and not (act.claims and state == "planned")


def possible(state: State, *, sheet: str = "") -> tuple[str, ...]:
    """Return the acts that a state allows: all, or those of one sheet."""
    return tuple(act.move for act in ACTS if state in act.states and (not sheet or act.sheet == sheet))
