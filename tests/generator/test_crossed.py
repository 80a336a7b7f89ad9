"""Crossed signals: both arms carry one, alike, and the other one alone differs."""

from __future__ import annotations

from datetime import date

import pytest

from corrtest.generator import audit_pair, draw_pair
from corrtest.generator.documents import DocumentMaker
from tests.generator.pairs import SETS, make_pair

# Level → (origin, gender or None, age or None) of the control and of the treated persona.
CROSSED = {
    ("origin", "maghrebi_name_man"): (("flemish", "man", None), ("maghrebi", "man", None)),
    ("origin", "maghrebi_name_woman"): (("flemish", "woman", None), ("maghrebi", "woman", None)),
    ("gender", "woman_maghrebi_name"): (("maghrebi", "man", None), ("maghrebi", "woman", None)),
    ("origin", "maghrebi_name_35"): (("flemish", None, 35), ("maghrebi", None, 35)),
    ("origin", "maghrebi_name_50"): (("flemish", None, 50), ("maghrebi", None, 50)),
    ("age", "age_50_maghrebi_name"): (("maghrebi", None, 35), ("maghrebi", None, 50)),
}


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@pytest.mark.parametrize(("level", "cells"), CROSSED.items(), ids=lambda each: each[1] if each in CROSSED else "")
def test_both_arms_carry_what_is_shared_and_pass_the_audit(level, cells):
    maker = DocumentMaker(SETS, "nl", ("html",))
    for number in range(6):
        pair = make_pair(number, criterion=level[0], level=level[1])
        # As in a study, a pair that comes out too unequal in length is drawn again.
        for attempt in range(4):
            people = draw_pair(7, pair, attempt=attempt)
            made = [maker.make(pair, person) for person in people]
            faults = audit_pair(pair, people, (made[0], made[1])).faults
            if not any("length" in fault for fault in faults):
                break
        assert faults == ()
        for person, (origin, gender, age) in zip(people, cells, strict=True):
            assert (person.origin, person.gender) == (origin, gender or pair.gender)
            if age is not None:
                assert age_on(person.born, pair.send_first_on) == age


def test_an_arm_that_lacks_what_is_shared_is_found():
    pair = make_pair(1, criterion="origin", level="maghrebi_name_50")
    young = make_pair(1, criterion="origin", level="maghrebi_name_35")
    maker = DocumentMaker(SETS, "nl", ("html",))
    people = (draw_pair(7, young)[0], draw_pair(7, pair)[1])
    made = [maker.make(pair, person) for person in people]
    assert {"age", "signal_in_control"} <= set(audit_pair(pair, people, (made[0], made[1])).faults)
