"""The table that analysis receives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError, StudyError
from corrtest.register import Register
from corrtest.register.store import schema
from tests.register.conftest import AFTER, Make, a_plan, a_study, numbered, ready, sent_rows


def test_the_table_names_no_employer(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    table = register.oversight.export_pairs(as_of=AFTER)
    text = table.to_csv()
    plan = a_plan(register.study).pairs
    for column in ("employer_id", "vacancy_id", "address"):
        assert not [value for value in plan[column] if value in text]
    assert table["employer"].nunique() == 4


def test_pairs_and_employers_go_by_keys_of_the_tables_own(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    table = register.oversight.export_pairs(as_of=AFTER)
    with register.session.store.reading() as connection:
        kept = connection.execute(sa.select(schema.pair.c.pair_id, schema.pair.c.employer)).all()
    assert not {*table["pair_id"], *table["employer"]} & {value for row in kept for value in row}
    later = register.oversight.export_pairs(as_of=AFTER)
    assert later.equals(table)
    assert table["pair_id"].is_monotonic_increasing, "the order of the rows would tell the plan's"


def test_the_key_of_the_table_is_needed(register: Register, key_file: Path) -> None:
    register.sending.import_sent(sent_rows(4))
    key = key_file.with_name("register.pairs.key")
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    with pytest.raises(StudyError, match=r"register.pairs.key is not there. Put it back from the backup"):
        register.oversight.export_pairs(as_of=AFTER)


def test_silence_is_derived_only_after_the_window(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    # sent on 11 and 12 January; the window of the second ends with 11 February, a Belgian day
    with pytest.raises(RegisterError, match="1 within their reaction window"):
        register.oversight.export_pairs(as_of="2027-02-11T23:59")
    assert register.oversight.export_pairs(as_of="2027-02-12")["control_reaction"].tolist() == ["none"]


def test_both_days_of_a_pair_are_in_the_export(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", "2027-01-11T23:30")
    register.sending.mark_sent("P00001", "treated", "2027-02-15T00:10")
    table = register.oversight.export_pairs(as_of="2027-04-01")
    assert [str(table[name].iloc[0].date()) for name in ("sent_on", "second_sent_on")] == ["2027-01-11", "2027-02-15"]
    assert table["lag_days"].tolist() == [35]


def test_a_second_letter_beyond_the_tolerance_is_said_marked_and_counted(make: Make) -> None:
    study = a_study(more="\n[fieldwork]\nlag_tolerance_days = 3\n")
    register = ready(make(study), a_plan(study))
    register.sending.mark_sent("P00001", "control", "2027-01-11T09:00")
    register.sending.mark_sent("P00001", "treated", "2027-01-15T09:00")
    assert not register.remarks, "planned a day later, and three more are tolerated"
    late = pd.DataFrame(
        [("P00002", "treated", "2027-01-11T09:00"), ("P00002", "control", "2027-01-16T00:10")],
        columns=["pair_id", "arm", "at"],
    )
    register.sending.import_sent(late)
    (remark,) = register.remarks
    assert "4 day(s) later than planned" in remark
    assert "tolerates 3" in remark
    assert register.oversight.status().late_seconds == 1
    table = register.oversight.export_pairs(as_of=AFTER)
    assert numbered(register, table)["status"].tolist() == ["ok", "second_late"]
    (stratum,) = table.attrs["fieldwork"]
    assert (stratum["complete"], stratum["second_late"]) == (2, 1)
    register.replies.record("P00002", "control", "invitation", date(2027, 2, 26), confirmed=True)
    assert not register.remarks
    marked = numbered(register, register.oversight.export_pairs(as_of=AFTER))["status"].tolist()
    assert marked == ["ok", "late_answer"], "what an employer did weighs more"


def test_a_reaction_after_the_window_is_kept_but_not_counted(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "invitation", "2027-02-20", confirmed=True)
    assert register.oversight.export_pairs(as_of=AFTER)["control_reaction"].tolist() == ["none"]


def test_what_went_wrong_is_in_the_export(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "invitation", date(2027, 2, 20), confirmed=True)
    register.replies.record("P00002", "control", "negative", date(2027, 1, 20))
    register.replies.record("P00002", "control", "automatic", date(2027, 2, 20), confirmed=True)
    register.sending.fail("P00003", "control", "mail came back", date(2027, 1, 13))
    register.sending.fail("P00004", "treated", "no longer hiring", date(2027, 1, 13), cause="vacancy_withdrawn")
    table = numbered(register, register.oversight.export_pairs(as_of=AFTER))
    assert table["status"].tolist() == ["late_answer", "ok", "bounced", "vacancy_withdrawn"]
    assert table["control_reaction"].tolist() == ["none", "negative", "none", "none"]
    assert register.oversight.verify().passed


def test_every_planned_test_has_one_fate_in_the_account(register: Register) -> None:
    register.sending.import_sent(sent_rows(2))
    register.sending.fail("P00001", "control", "mail came back", date(2027, 1, 13))
    register.sending.skip("P00003", "control", "the form is gone", "2027-01-11T10:00")
    (stratum,) = register.oversight.export_pairs(as_of=AFTER).attrs["fieldwork"]
    assert stratum == {
        "joint_committee": "124",
        "criterion": "origin",
        "complete": 2,
        "left_out": 0,
        "replaced": 0,
        "given_up": 1,
        "not_sent": 1,
        "awaiting_reactions": 0,
        "awaiting_adjudication": 0,
        "bounced": 1,
        "vacancy_withdrawn": 0,
        "late_answer": 0,
        "second_late": 0,
        "incident": 0,
    }
