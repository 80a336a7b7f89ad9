"""Mistakes are taken back by an event; the first stays in the trail, and all that follows from it follows no more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import AFTER, FIRST, SECOND, Make, a_plan, a_study, events, numbered, ready, sent_rows

WHY = "typed on the wrong line"


def last_event(register: Register, pair: str, arm: str, what: str) -> int:
    table = register.corrections.events(pair, arm)
    return int(table.query("what == @what and not taken_back")["event"].iloc[-1])


def reactions(register: Register) -> list[tuple[str, str]]:
    table = numbered(register, register.oversight.export_pairs(as_of=AFTER))
    return list(zip(table["control_reaction"], table["treated_reaction"], strict=True))


def test_a_wrong_reaction_is_put_right(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "invitation", "2027-01-14", channel="email", text="Helaas")
    event = last_event(register, "P00001", "control", "reaction")
    done = register.corrections.correct_reaction(event, WHY, "2027-01-15", reaction="negative")
    assert (done.state, done.ended) == ("sent", False)
    assert reactions(register) == [("negative", "none")]
    assert register.replies.awaiting_withdrawal("2027-01-20").empty
    table = register.corrections.events("P00001", "control")
    assert table["what"].tolist() == ["claimed", "sent", "reaction", "taken_back", "reaction"]
    assert table["taken_back"].tolist() == [False, False, True, False, False]
    assert WHY in events(register, "taken_back")[0]
    assert register.oversight.verify().passed
    # The employer's words go with it, so that the second coder reads what stands.
    register.people.add("cas", "coder")
    waiting = register.coding.waiting(actor="cas")
    assert (waiting["messages"].tolist(), waiting["text"].tolist()) == ([1], ["Helaas"])


def test_a_reaction_on_the_wrong_application(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "invitation", "2027-01-14")
    event = last_event(register, "P00001", "control", "reaction")
    register.corrections.correct_reaction(event, WHY, "2027-01-15", onto=("P00001", "treated"))
    assert reactions(register) == [("none", "invitation")]
    assert register.replies.awaiting_withdrawal("2027-01-20")["arm"].tolist() == ["treated"]
    assert register.oversight.verify().passed


def test_the_same_reaction_twice_is_refused_and_two_of_one_are_undone(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "negative", "2027-01-14T10:00")
    with pytest.raises(Refusal, match="this reaction of 2027-01-14 10:00 is on record already"):
        register.replies.record("P00001", "control", "negative", "14/1/2027 10u00")
    register.replies.record("P00001", "control", "other_positive", "2027-01-14T10:30")
    register.corrections.take_back(last_event(register, "P00001", "control", "reaction"), WHY, "2027-01-15")
    assert reactions(register) == [("negative", "none")]


def test_a_sending_that_did_not_happen_frees_the_employer(make: Make) -> None:
    study = a_study(total=1)
    plan = a_plan(study, 2, employers=2, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * n))
    register = ready(make(study), plan)
    register.sending.mark_sent("P00001", "control", FIRST)
    assert register.oversight.status().caps["at_their_cap"].sum() == 1
    done = register.corrections.take_back(last_event(register, "P00001", "control", "sent"), WHY, SECOND)
    assert done.state == "planned"
    assert register.oversight.status().caps["at_their_cap"].sum() == 0
    with pytest.raises(Refusal, match="goes first and has not been sent"):
        register.sending.mark_sent("P00001", "treated", SECOND)
    register.sending.mark_sent("P00001", "control", SECOND)
    assert register.oversight.verify().passed


def test_what_stands_on_it_is_taken_back_first(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "invitation", "2027-01-14")
    register.replies.withdraw("P00001", "control", "2027-01-14T12:00")
    sent = last_event(register, "P00001", "control", "sent")
    with pytest.raises(Refusal, match="could not have happened: an application that is planned cannot be given"):
        register.corrections.take_back(sent, WHY, "2027-01-15")
    # A withdrawal stays where its reaction goes: the employer was told.
    reaction = last_event(register, "P00001", "control", "reaction")
    assert register.corrections.take_back(reaction, WHY, "2027-01-15").state == "withdrawn"
    register.corrections.take_back(last_event(register, "P00001", "control", "withdrawn"), WHY, "2027-01-15")
    done = register.corrections.take_back(sent, WHY, "2027-01-15")
    assert (done.state, done.ended) == ("skipped", True)  # the second letter is out: the pair's order is gone
    table = register.oversight.status().caps
    assert table["pairs_received"].tolist() == [0, 1]  # that letter weighs on its employer all the same
    assert register.oversight.verify().passed


def test_an_end_that_was_none_brings_both_letters_back(register: Register) -> None:
    register.sending.skip("P00001", "control", "closed down", FIRST)
    event = last_event(register, "P00001", "control", "skipped")
    assert register.corrections.take_back(event, WHY, FIRST).state == "planned"
    assert set(register.sending.worklist(FIRST)["pair_id"]) == {"P00001", "P00002", "P00003", "P00004"}
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.mark_sent("P00001", "treated", SECOND)
    assert register.oversight.verify().passed


def test_a_bounce_that_was_another_s(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.sending.fail("P00001", "control", "bounced", "2027-01-13")
    register.corrections.take_back(last_event(register, "P00001", "control", "failed"), WHY, "2027-01-14")
    table = register.oversight.export_pairs(as_of=AFTER)
    assert table["status"].tolist() == ["ok"]


@pytest.mark.parametrize("what", ["claimed", "taken_back"])
def test_what_cannot_be_taken_back(register: Register, what: str) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    register.corrections.take_back(last_event(register, "P00001", "control", "sent"), WHY, FIRST)
    event = int(register.corrections.events("P00001", "control").query("what == @what")["event"].iloc[0])
    with pytest.raises(RegisterError, match="none that can be taken back"):
        register.corrections.take_back(event, WHY, FIRST)


def test_once_and_with_a_reason(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    event = last_event(register, "P00001", "control", "sent")
    with pytest.raises(InputError, match="A reason is needed"):
        register.corrections.take_back(event, " ", FIRST)
    register.corrections.take_back(event, WHY, FIRST)
    with pytest.raises(Refusal, match="not one that can be taken back"):
        register.corrections.take_back(event, WHY, FIRST)
    with pytest.raises(RegisterError, match="is no reaction"):
        register.corrections.correct_reaction(event, WHY, FIRST, reaction="negative")


def test_another_firm_s_mistake_is_not_mine(make: Make) -> None:
    study = a_study()
    register = ready(make(study), a_plan(study, partner=["noord", "noord", "zuid", "zuid"]))
    register.people.add("nora", "partner", partner="noord")
    register.sending.mark_sent("P00003", "control", FIRST)
    event = last_event(register, "P00003", "control", "sent")
    with pytest.raises(Refusal, match="another partner"):
        register.corrections.take_back(event, WHY, FIRST, actor="nora")


def test_a_correction_changed_behind_the_register_s_back_is_named(register: Register) -> None:
    import sqlalchemy as sa

    register.sending.mark_sent("P00001", "control", FIRST)
    register.corrections.take_back(last_event(register, "P00001", "control", "sent"), WHY, FIRST)
    with register.session.store.writing() as connection:
        connection.execute(
            sa.text("UPDATE application SET state = 'sent', sent_at = '2027-01-11T08' WHERE application_ref = 1")
        )
    assert any("stands otherwise" in problem for problem in register.oversight.verify().problems)
