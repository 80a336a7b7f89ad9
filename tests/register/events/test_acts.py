"""The table of states and acts: what it allows goes through, what it does not is refused, by each road."""

from __future__ import annotations

import itertools
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from corrtest.errors import CorrtestError
from corrtest.register import Register
from corrtest.register.events.acts import ACTS, LOGGED, STATES, Act, allows, possible
from corrtest.register.people.roles import PERMITTED
from corrtest.register.sheets.words import heading_of, word
from tests.register.conftest import FIRST, Make, a_plan, a_study, ready, reserves
from tests.register.events.acts_page import PAGE, as_page

PLACE = ("P00001", "control")
# When each road says that it happened; a reaction after a withdrawal was heard before it.
SENT, HEARD, WITHDRAWN, NOW = FIRST, "2027-01-12T10:00", "2027-01-13T10:00", "2027-01-14T10:00"
LONG_AFTER = "2027-03-01T10:00"
# written out here once more, by hand: act → the states in which a person may do it
MAY = {
    "claimed": "planned claimed",
    "released": "claimed",
    "passed_on": "claimed",
    "called": "planned claimed sent",
    "stage": "planned claimed",
    "sent": "planned claimed",
    "reaction": "sent withdrawn",
    "withdrawn": "sent",
    "failed": "claimed sent",
    "skipped": "planned claimed",
    "replaced": "planned claimed failed skipped",
    "closed": "sent withdrawn",
    "taken_back": "sent withdrawn closed failed skipped",
}


def brought_to(register: Register, state: str) -> None:
    """Bring the first application of the first pair into a state, by acts of the coordinator."""
    pair, arm = PLACE
    if state == "planned":
        return
    if state in ("skipped", "replaced"):
        ends = {"skipped": lambda: register.sending.skip(pair, arm, "asked", SENT)}
        ends["replaced"] = lambda: register.sending.replace(pair, "gone", SENT)
        ends[state]()
        return
    register.sending.claim(pair, arm, SENT, hours=24 * 10)
    if state == "claimed":
        return
    if state == "failed":
        register.sending.fail(pair, arm, "the form is gone", SENT)
        return
    register.sending.mark_sent(pair, arm, SENT)
    if state == "withdrawn":
        register.replies.withdraw(pair, arm, WITHDRAWN, unprompted=True)
    if state == "closed":
        assert register.replies.close_applications(LONG_AFTER) == 1


def by_command(register: Register, act: Act) -> None:
    """Do the act as its verb does: through the part of the register that the verb calls."""
    pair, arm = PLACE
    if act.move == "closed":
        assert register.replies.close_applications(LONG_AFTER) == 1, "nothing was closed"
    elif act.move == "passed_on":
        left = register.people.leave("coordinator", to="nora", actor="cora")
        assert left.claims == 1, "nothing was passed on"
    elif act.move == "taken_back":
        table = register.corrections.events(pair, arm)
        mistakes = table[~table["what"].isin(["claimed", "released"])]
        assert len(mistakes), "nothing to take back"
        register.corrections.take_back(int(mistakes["event"].iloc[-1]), "a mistake", NOW)
    else:
        {
            "claimed": lambda: register.sending.claim(pair, arm, NOW),
            "released": lambda: register.sending.release(pair, arm, NOW),
            "called": lambda: register.reaching.call(pair, arm, "no_answer", NOW),
            "stage": lambda: register.reaching.stage(pair, arm, "form", NOW),
            "sent": lambda: register.sending.mark_sent(pair, arm, NOW),
            "reaction": lambda: register.replies.record(pair, arm, "negative", HEARD),
            "withdrawn": lambda: register.replies.withdraw(pair, arm, NOW, unprompted=True),
            "failed": lambda: register.sending.fail(pair, arm, "bounced", NOW),
            "skipped": lambda: register.sending.skip(pair, arm, "asked", NOW),
            "replaced": lambda: register.sending.replace(pair, "gone", NOW),
        }[act.move]()


def by_log(register: Register, act: Act) -> None:
    rows = [(*PLACE, act.move, HEARD if act.move == "reaction" else NOW, "negative", "why")]
    if act.move == "withdrawn":  # a log tells what was withdrawn
        rows.insert(0, (*PLACE, "reaction", HEARD, "invitation", ""))
    columns = ["pair_id", "arm", "event", "at", "reaction", "reason"]
    register.intake.import_events(pd.DataFrame(rows, columns=columns))


@pytest.fixture
def staffed(make: Make, request: pytest.FixtureRequest) -> Register:
    study = a_study()
    act = getattr(request.node, "callspec", None) and request.node.callspec.params.get("act")
    channel = {"called": "telephone", "stage": "portal"}.get(act.move if act else "", "email")
    register = ready(make(study), a_plan(study, channel=[channel]))
    register.people.add("cora", "coordinator")
    register.people.add("nora", "partner", partner="noord")
    register.intake.import_vacancies(reserves(3))
    return register


def came_through(register: Register, road: object, act: Act) -> bool:
    try:
        road(register, act)  # type: ignore[operator]
    except (CorrtestError, AssertionError):
        return False
    return True


@pytest.mark.parametrize(("state", "act"), list(itertools.product(STATES, ACTS)), ids=str)
def test_the_command_does_what_the_table_allows(staffed: Register, state: str, act: Act) -> None:
    brought_to(staffed, state)
    allowed = state in MAY[act.move].split()
    # A claim can be released, not taken back: of an application that is only claimed, there is no other event.
    assert allows(state, act.move) == (allowed or (state, act.move) == ("claimed", "taken_back"))  # type: ignore[arg-type]
    assert came_through(staffed, by_command, act) == allowed
    assert staffed.oversight.verify(actor="cora").passed


@pytest.mark.parametrize(
    ("state", "act"), list(itertools.product(STATES, [act for act in ACTS if act.in_log])), ids=str
)
def test_a_log_does_what_the_table_allows(staffed: Register, state: str, act: Act) -> None:
    brought_to(staffed, state)
    assert came_through(staffed, by_log, act) == (state in MAY[act.move].split())


def test_a_sheet_offers_what_the_table_allows_and_takes_nothing_else(staffed: Register, tmp_path: Path) -> None:
    """Rows of both states that a work list holds: each choice of the form is tried, offered or not."""
    words = [act.move for act in ACTS if act.sheet == "worklist"]
    for number, state in enumerate(("planned", "claimed")):
        for choice in words:
            path = tmp_path / f"{number}-{choice}.xlsx"
            pair = f"P0000{number + 1}"
            arm = "control" if number == 0 else "treated"
            if state == "claimed":
                staffed.sending.claim(pair, arm, SENT, hours=100)
            staffed.sheets.write_worklist(path, SENT)
            book = openpyxl.load_workbook(path)
            page = book.worksheets[0]
            header = {heading_of(str(cell.value)): cell.column for cell in page[1]}
            row = next(
                each
                for each in range(2, page.max_row + 1)
                if page.cell(each, header["vacancy_id"]).value == f"V00000{number + 1}"
            )
            cell = page.cell(row, header["result"]).coordinate
            (rule,) = [rule for rule in page.data_validations.dataValidation if cell in rule.cells]
            offered = str(rule.formula1).strip('"').split(",")
            assert offered == [word(move) for move in possible(state, sheet="worklist")]  # type: ignore[arg-type]
            for name, value in (("result", word(choice)), ("at", SENT), ("reason", "why")):
                page.cell(row, header[name]).value = value
            book.save(path)
            before = staffed.corrections.events(pair, arm)
            try:
                taken = staffed.sheets.read_worklist(path).rows == 1
            except CorrtestError:
                taken = False
            assert taken == (state in MAY[choice].split()), (state, choice)
            after = staffed.corrections.events(pair, arm)
            if len(after) > len(before):
                staffed.corrections.take_back(int(after["event"].iloc[-1]), "tried out", SENT)


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_page(), "write it again: python -m tests.register.events.acts_page"


def test_every_act_is_complete() -> None:
    assert set(LOGGED) == {act.move for act in ACTS if act.in_log}
    assert {act.permission for act in ACTS} <= PERMITTED.keys()
    assert {state for act in ACTS for state in act.states} == set(STATES) - {"replaced"}
