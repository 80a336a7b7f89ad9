"""An employer complains or finds out, the press or a lawyer calls."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import AFTER, FIRST, Make, Reopen, a_plan, a_study, numbered, ready, sent_rows

LATER = "2027-01-20T09:00"


def test_the_pair_is_marked_and_the_account_says_that_it_is_left_out(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    noted = register.incidents.record("discovery", "herkende beide brieven", LATER, pair_id="P00002")
    assert (noted.blocked, noted.employer and noted.employer.out) == (False, 1)
    table = register.oversight.export_pairs(as_of=AFTER)
    assert numbered(register, table)["status"].tolist() == ["ok", "incident", "ok", "ok"]
    (stratum,) = table.attrs["fieldwork"]
    assert (stratum["complete"], stratum["left_out"], stratum["incident"]) == (3, 1, 0)
    assert register.oversight.verify().passed


def test_a_study_that_flags_counts_it_among_the_complete(make: Make) -> None:
    study = a_study(more='\n[analysis]\nincidents = "flag"\n')
    register = ready(make(study), a_plan(study))
    register.sending.import_sent(sent_rows(2))
    register.sending.fail("P00001", "control", "mail came back", LATER)
    register.incidents.record("complaint", "te veel mails", LATER, pair_id="P00001")
    table = register.oversight.export_pairs(as_of=AFTER)
    assert numbered(register, table)["status"].tolist() == ["incident", "ok"], "an incident weighs more than a bounce"
    (stratum,) = table.attrs["fieldwork"]
    assert (stratum["complete"], stratum["left_out"], stratum["incident"], stratum["bounced"]) == (2, 0, 1, 0)


def test_of_an_employer_every_pair_is_marked_in_every_study(make: Make, reopen: Reopen) -> None:
    first, second = a_study("first"), a_study("second")
    register = ready(
        make(first),
        a_plan(first, employers=2, starts=lambda index: date(2027, 1, 11 + index) if index < 2 else date(2027, 4, 1)),
    )
    register.supervision.add_study(second)
    other = ready(reopen(study="second"), a_plan(second, first_number=400_000_000))
    register.sending.mark_sent("P00001", "control", FIRST)
    noted = register.incidents.record("complaint", "wil niet meer", LATER, employer_id="BE 0400.000.000", block=True)
    assert noted.blocked
    assert noted.employer is not None and (noted.employer.waiting, noted.employer.half_sent) == (2, 1)
    with pytest.raises(Refusal, match="left alone"):
        other.sending.mark_sent("P00001", "control", FIRST)
    assert register.oversight.status().incidents["pairs"].tolist() == [2]
    assert other.oversight.status().incidents["pairs"].tolist() == [1]
    assert register.oversight.verify().passed


def test_status_lists_it_without_its_words(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    number = register.incidents.record("press", "een krant belde over de meting", LATER).number
    register.incidents.record("legal", "brief van een advocaat", LATER, pair_id="P00001")
    listed = register.oversight.status().to_dict()["incidents"]
    assert [(each["incident"], each["pairs"]) for each in listed] == [("press", 0), ("legal", 1)]
    assert listed[0] == {
        "number": number,
        "day": "2027-01-20",
        "incident": "press",
        "pairs": 0,
        "person": "coordinator",
    }
    assert "krant" not in str(listed)
    assert "krant" in register.oversight.audit_trail()["payload"].str.cat()


def test_one_recorded_by_mistake_is_taken_back(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    number = register.incidents.record("complaint", "verkeerd verstaan", LATER, pair_id="P00001").number
    with pytest.raises(InputError, match="reason"):
        register.incidents.take_back(number, " ")
    with pytest.raises(RegisterError, match="no incident 3 "):
        register.incidents.take_back(3, "bestaat niet")
    register.people.add("an", "partner", partner="A")
    with pytest.raises(Refusal, match="role"):
        register.incidents.take_back(number, "geen klacht", actor="an")
    register.incidents.take_back(number, "geen klacht")
    assert register.oversight.export_pairs(as_of=AFTER)["status"].tolist() == ["ok"]
    assert register.oversight.status().incidents.empty
    with pytest.raises(RegisterError, match="no incident"):
        register.incidents.take_back(number, "nog eens")


def test_what_cannot_be_is_refused(register: Register) -> None:
    record = register.incidents.record
    with pytest.raises(InputError, match="Did you mean 'complaint'"):
        record("complaints", "x", LATER, pair_id="P00001")
    with pytest.raises(InputError, match="reason"):
        record("complaint", "", LATER, pair_id="P00001")
    with pytest.raises(InputError, match="whom"):
        record("complaint", "iemand klaagt", LATER)
    with pytest.raises(InputError, match="whom"):
        record("complaint", "iemand klaagt", LATER, pair_id="P00001", employer_id="0400000000")
    with pytest.raises(InputError, match="whom"):
        record("press", "een krant", LATER, block=True)
    with pytest.raises(Refusal, match="nothing of it is out"):
        record("complaint", "iemand klaagt", LATER, pair_id="P00001")
    with pytest.raises(InputError, match="names the employer"):
        record("complaint", "iemand klaagt", LATER, employer_id="0403019261")
    with pytest.raises(Refusal, match="still to come"):
        record("press", "een krant", datetime(2028, 6, 1, tzinfo=UTC))
    assert not register.oversight.status().incidents.size


def test_a_partner_notes_those_of_the_own_firm(make: Make) -> None:
    study = a_study(more='\n[[partner]]\nname = "A"\n\n[[partner]]\nname = "B"\n')
    register = ready(make(study), a_plan(study, partner=["A", "B"]))
    register.people.add("an", "partner", partner="A")
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.mark_sent("P00002", "treated", FIRST)
    register.incidents.record("complaint", "belde kwaad", LATER, pair_id="P00001", actor="an")
    with pytest.raises(Refusal, match="another partner"):
        register.incidents.record("complaint", "belde kwaad", LATER, pair_id="P00002", actor="an")
