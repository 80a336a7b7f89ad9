"""Second coding, adjudication and Cohen's kappa."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corrtest.register import Refusal, Register
from corrtest.register.finding.candidates import Candidate, take_in
from corrtest.register.people.agreement import kappa
from tests.register.conftest import AFTER, PEOPLE, Make, a_plan, a_study, numbered, ready, sent_rows


@pytest.fixture
def answered(register: Register) -> Register:
    register.sending.import_sent(sent_rows(4))
    register.people.add("cas", "coder")
    register.people.add("cora", "coder")
    register.replies.record("P00001", "control", "invitation", "2027-01-13", text="Komt u langs?")
    register.replies.record("P00002", "treated", "negative", "2027-01-13", text='=HYPERLINK("x")')
    return register


def test_the_coder_sees_words_and_nothing_else(answered: Register) -> None:
    waiting = answered.coding.waiting(actor="cas")
    assert list(waiting.columns) == ["item", "messages", "text"]
    assert waiting["text"].tolist() == ["Komt u langs?", '=HYPERLINK("x")']
    assert answered.coding.waiting(actor="coordinator").empty  # who coded first cannot code again


def test_the_words_do_not_tell_whose_they_are_and_blank_ones_are_left_out(register: Register) -> None:
    keys = register.session.required_keys()
    people = {
        place: Candidate(name=name, mailbox=mailbox, telephone=telephone)
        for place, (name, mailbox, telephone) in PEOPLE.items()
    }
    with register.session.writing("record_audit", "coordinator") as work:
        take_in(work, keys, people)
    register.sending.import_sent(sent_rows(4))
    register.people.add("cas", "coder")
    register.replies.record("P00001", "treated", "invitation", "2027-01-13", text="Dag Yassine, kom langs. Groeten")
    register.replies.record("P00002", "treated", "negative", "2027-01-13")
    waiting = register.coding.waiting(actor="cas")
    assert waiting["text"].tolist() == ["Dag […], kom langs. Groeten"]
    assert waiting.attrs["without_words"] == 1
    register.coding.code(waiting["item"][0], "other_positive", actor="cas")
    assert register.coding.disagreements()["text"].tolist() == ["Dag […], kom langs. Groeten"]


def test_two_codes_that_differ_keep_the_pair_back_until_a_third_decides(answered: Register) -> None:
    item, other = answered.coding.waiting(actor="cas")["item"]
    answered.coding.code(item, "other_positive", actor="cas")
    answered.coding.code(other, "negative", actor="cas")
    assert answered.coding.waiting(actor="cora").empty
    assert answered.coding.disagreements().values.tolist() == [[item, "invitation", "other_positive", "Komt u langs?"]]
    table = numbered(answered, answered.oversight.export_pairs(as_of=AFTER))
    assert "P00001" not in set(table["pair_id"])
    assert table.attrs["progress"].awaiting_adjudication == 1
    with pytest.raises(Refusal, match="role coder"):
        answered.coding.adjudicate(item, "other_positive", actor="cora")
    answered.coding.adjudicate(item, "other_positive")
    table = numbered(answered, answered.oversight.export_pairs(as_of=AFTER))
    assert table.loc[table["pair_id"] == "P00001", "control_reaction"].tolist() == ["other_positive"]
    assert answered.coding.disagreements().empty
    assert answered.oversight.verify().passed


def test_a_later_better_reaction_asks_for_a_new_code(answered: Register) -> None:
    item = answered.coding.waiting(actor="cas")["item"][1]
    answered.coding.code(item, "request", actor="cas")
    answered.replies.record("P00002", "treated", "invitation", "2027-01-20")
    assert item in set(answered.coding.waiting(actor="cas")["item"])
    table = numbered(answered, answered.oversight.export_pairs(as_of=AFTER))
    assert table.loc[table["pair_id"] == "P00002", "treated_reaction"].tolist() == ["invitation"]
    answered.coding.code(item, "invitation", actor="cora")
    assert answered.coding.disagreements().empty


@pytest.mark.parametrize(
    ("who", "words"), [("coordinator", "gave the first code"), ("cas", "has its second code already")]
)
def test_who_may_not_code(answered: Register, who: str, words: str) -> None:
    item = int(answered.coding.waiting(actor="cas")["item"][0])
    if who == "cas":
        answered.coding.code(item, "invitation", actor="cas")
    with pytest.raises(Refusal, match=words):
        answered.coding.code(item, "invitation", actor=who)


def test_neither_coder_decides(register: Register) -> None:
    register.people.add("co", "coordinator")
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "negative", "2027-01-13", text="Later misschien.")
    item = int(register.coding.waiting(actor="co")["item"][0])
    register.coding.code(item, "request", actor="co")
    with pytest.raises(Refusal, match="another must decide"):
        register.coding.adjudicate(item, "request", actor="co")
    register.coding.adjudicate(item, "negative")
    with pytest.raises(Refusal, match="not one on which two coders disagree"):
        register.coding.adjudicate(item, "negative")


def test_agreement_of_the_register(make: Make) -> None:
    study = a_study(pairs=4)
    register = ready(make(study), a_plan(study))
    register.sending.import_sent(sent_rows(4))
    register.people.add("cas", "coder")
    assert "no item was coded twice" in register.coding.agreement().sentence()
    for pair, arm, first, second in (
        ("P00001", "control", "invitation", "invitation"),
        ("P00002", "treated", "negative", "negative"),
        ("P00003", "control", "negative", "request"),
        ("P00004", "treated", "invitation", "invitation"),
    ):
        register.replies.record(pair, arm, first, "2027-01-13", text="Dag")
        register.coding.code(int(register.coding.waiting(actor="cas")["item"][0]), second, actor="cas")
    found = register.coding.agreement()
    assert (found.items, found.agreed) == (4, 3)
    # by hand: agreement 3/4, expected (2·2 + 2·1 + 0·1)/16 = 6/16, kappa (12 - 6)/(16 - 6)
    assert found.kappa == pytest.approx(0.6)
    assert found.lower < 0.6 < found.upper


def test_kappa_by_its_definition() -> None:
    counts = np.array([[53, 5, 2], [11, 14, 5], [1, 6, 3]], dtype=float)
    full = np.zeros((6, 6))
    full[:3, :3] = counts
    observed = (53 + 14 + 3) / 100
    expected = (60 * 65 + 30 * 25 + 10 * 10) / 100**2
    found = kappa(full, 0.95)
    assert found.kappa == pytest.approx((observed - expected) / (1 - expected))
    # standard error of Fleiss, Cohen and Everitt (1969), written out
    p = counts / 100
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    diagonal = sum(p[i, i] * ((1 - expected) - (rows[i] + columns[i]) * (1 - observed)) ** 2 for i in range(3))
    others = (1 - observed) ** 2 * sum(
        p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(3) for j in range(3) if i != j
    )
    last = (observed * expected - 2 * expected + observed) ** 2
    error = math.sqrt((diagonal + others - last) / 100) / (1 - expected) ** 2
    assert found.upper - found.lower == pytest.approx(2 * 1.959964 * error, rel=1e-6)


def test_kappa_is_undefined_where_one_word_is_used() -> None:
    counts = np.zeros((6, 6))
    counts[0, 0] = 9
    found = kappa(counts, 0.95)
    assert math.isnan(found.kappa)
    assert found.sentence() == (
        "9 of 9 items coded alike; kappa is undefined: both coders used one and the same word throughout."
    )
