"""The thin line: a plan in, applications sent, reactions recorded, the pairs table out."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from corrtest.spec import read_table
from tests.register.conftest import Clock, Make, Reopen, a_plan, a_study, events, ready

FIRST = "2027-01-11T09:00"
SECOND = "2027-01-12T09:00"
AFTER = date(2027, 3, 1)


def sent_rows(pairs: int, start: date = date(2027, 1, 11)) -> pd.DataFrame:
    rows = []
    for index in range(pairs):
        arms = ("control", "treated") if index % 2 == 0 else ("treated", "control")
        for day, arm in enumerate(arms):
            rows.append((f"P{index + 1:05d}", arm, f"{start + timedelta(days=day)}T09:00"))
    return pd.DataFrame(rows, columns=["pair_id", "arm", "at"])


def test_from_plan_to_pairs_table(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.mark_sent("P00001", "treated", SECOND)
    register.replies.record("P00001", "control", "automatic", "2027-01-11T09:05")
    register.replies.record("P00001", "control", "invitation", "2027-01-15T10:00", channel="telephone")
    table = register.oversight.export_pairs(as_of=AFTER)
    assert table["pair_id"].tolist() == ["P00001"]
    row = table.iloc[0]
    assert (row["control_reaction"], row["treated_reaction"]) == ("invitation", "none")
    assert (row["first_arm"], row["sent_on"]) == ("control", pd.Timestamp("2027-01-11"))
    assert table.attrs["progress"].not_sent == 3
    assert "simulated" not in table


def test_the_table_names_no_employer(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    table = register.oversight.export_pairs(as_of=AFTER)
    text = table.to_csv()
    plan = a_plan(register.study).pairs
    for column in ("employer_id", "vacancy_id", "address"):
        assert not [value for value in plan[column] if value in text]
    assert table["employer"].nunique() == 4


def test_the_store_holds_no_employer(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "negative", "2027-01-13", text="Firma Janssens schrijft")
    with register.session.store.reading() as connection:
        content = str(
            [
                connection.execute(sa.text(f"SELECT * FROM {table}")).all()
                for table in sa.inspect(connection).get_table_names()
            ]
        )
    plan = a_plan(register.study).pairs
    for value in [*plan["employer_id"], *plan["vacancy_id"], *plan["address"], "Janssens"]:
        assert value not in content
    assert "P00001" in content
    if register.session.store.path is not None:
        register.close()
        stored = b"".join(file.read_bytes() for file in register.session.store.path.parent.glob("register.db*"))
        assert not [value for value in [*plan["employer_id"], "Janssens"] if value.encode() in stored]


def test_silence_is_derived_only_after_the_window(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    # sent on 11 and 12 January at 9; the window of the second ends on 11 February at 9
    with pytest.raises(RegisterError, match="1 within their reaction window"):
        register.oversight.export_pairs(as_of="2027-02-11T08:59")
    assert register.oversight.export_pairs(as_of="2027-02-11T09:00")["control_reaction"].tolist() == ["none"]


def test_a_reaction_after_the_window_is_kept_but_not_counted(register: Register) -> None:
    register.sending.import_sent(sent_rows(1))
    register.replies.record("P00001", "control", "invitation", "2027-02-20")
    assert register.oversight.export_pairs(as_of=AFTER)["control_reaction"].tolist() == ["none"]


def test_none_cannot_be_typed(register: Register) -> None:
    with pytest.raises(InputError, match="derives 'none'"):
        register.replies.record("P00001", "control", "none", FIRST)


@pytest.mark.parametrize(
    ("arm", "reaction", "at", "words"),
    [
        ("control", "invitaton", FIRST, "Did you mean 'invitation'"),
        ("kontrol", "invitation", FIRST, "Did you mean 'control'"),
        ("control", "invitation", "11/01/2027", "year, month, day"),
        ("control", "invitation", "0001-01-01T00:00+05:00", "year, month, day"),
    ],
)
def test_wrong_words_are_named(register: Register, arm: str, reaction: str, at: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        register.replies.record("P00001", arm, reaction, at)


def test_an_unknown_pair(register: Register) -> None:
    with pytest.raises(RegisterError, match="no pair 'P99999'"):
        register.sending.mark_sent("P99999", "control", FIRST)


def test_a_reaction_before_sending_is_refused(register: Register) -> None:
    with pytest.raises(Refusal, match="planned cannot be given a reaction"):
        register.replies.record("P00001", "control", "negative", FIRST)
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="earlier than the sending"):
        register.replies.record("P00001", "control", "negative", "2027-01-11T08:00")


def test_sending_twice_is_refused(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="sent cannot be sent"):
        register.sending.mark_sent("P00001", "control", FIRST)


def test_the_second_application_waits_for_the_first(register: Register) -> None:
    with pytest.raises(Refusal, match="goes first") as refused:
        register.sending.mark_sent("P00001", "treated", FIRST)
    assert refused.value.reason == "not_due"
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match=r"1 day\(s\) after the first"):
        register.sending.mark_sent("P00001", "treated", "2027-01-11T20:00")


def test_nothing_outside_the_approved_period(register: Register) -> None:
    with pytest.raises(Refusal, match="outside the approved period"):
        register.sending.mark_sent("P00001", "control", "2027-01-10T23:59")


def test_a_refusal_is_an_event(register: Register) -> None:
    with pytest.raises(Refusal):
        register.sending.mark_sent("P00001", "treated", FIRST)
    assert events(register, "refused") == ['{"action":"send","reason":"not_due"}']
    assert events(register, "claimed") == []


class TestGate:
    def test_no_plan_without_approval(self, make: Make) -> None:
        study = a_study(approved=False)
        register = make(study)
        with pytest.raises(Refusal, match="ethics committee, who authorised the study"):
            register.intake.import_plan(a_plan(study))
        register.supervision.approve("EC 12", "the board", date(2026, 12, 1))
        assert register.intake.import_plan(a_plan(study)) == 4

    def test_nothing_sent_without_audit(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        with pytest.raises(Refusal, match="no plan on record"):
            register.sending.mark_sent("P00001", "control", FIRST)
        register.intake.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="equivalence audit"):
            register.sending.mark_sent("P00001", "control", FIRST)

    @pytest.mark.parametrize(("pairs", "failures"), [(3, 0), (4, 1)])
    def test_an_audit_that_did_not_pass(self, make: Make, pairs: int, failures: int) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="Every pair must pass"):
            register.supervision.record_audit(pairs=pairs, failures=failures, manifest_sha256="0" * 64)

    def test_the_audit_of_a_documents_folder(self, make: Make, tmp_path: Path) -> None:
        study = a_study(pairs=2)
        register = make(study)
        register.intake.import_plan(a_plan(study, 2))
        with pytest.raises(RegisterError, match=r"manifest.json cannot be read"):
            register.supervision.record_audit_of(tmp_path)
        (tmp_path / "manifest.json").write_text("{}")
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,False\n")
        with pytest.raises(Refusal, match=r"2 pair\(s\) with 1 failure"):
            register.supervision.record_audit_of(tmp_path)
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,True\n")
        register.supervision.record_audit_of(tmp_path)
        register.sending.mark_sent("P00001", "control", FIRST)

    def test_a_second_plan_is_refused(self, register: Register) -> None:
        with pytest.raises(Refusal, match="has a plan already"):
            register.intake.import_plan(a_plan(register.study))

    def test_the_plan_of_another_study(self, make: Make) -> None:
        register = make(a_study())
        with pytest.raises(Refusal, match="another text of the study"):
            register.intake.import_plan(a_plan(a_study(total=9)))


class TestCaps:
    def test_a_plan_over_a_cap_is_refused(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        with pytest.raises(Refusal, match=r"1 employer\(s\) over their cap"):
            register.intake.import_plan(a_plan(study, 2, employers=1))

    def test_sending_earlier_than_planned_breaks_the_window(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda index: date(2027, 1, 11) + timedelta(days=56 * index))
        register = ready(make(study), plan)
        register.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="in any 56 days and would have more; free from 2027-03-08") as refused:
            register.sending.mark_sent("P00002", "treated", "2027-03-07T23:00")
        assert refused.value.reason == "cap_window"
        register.sending.mark_sent("P00002", "treated", "2027-03-08T00:00")

    def test_the_total_counts_over_all_studies(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first", total=1), a_study("second", total=5)
        earlier = ready(make(first), a_plan(first))
        reopen().supervision.add_study(second)
        with pytest.raises(RegisterError, match="Choose one with --study: first, second"):
            reopen()
        register = ready(reopen(study="second"), a_plan(second))
        # opened before the second study was there, and in need of its caps all the same
        register.sending.mark_sent("P00002", "treated", FIRST)
        with pytest.raises(Refusal, match="may have 1 in all"):
            earlier.sending.mark_sent("P00002", "treated", "2027-06-01")
        earlier.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="may have 1 in all"):
            register.sending.mark_sent("P00001", "control", "2027-06-01")

    def test_pseudonyms_differ_between_studies(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first"), a_study("second")
        register = ready(make(first), a_plan(first))
        register.sending.import_sent(sent_rows(4))
        one = register.oversight.export_pairs(as_of=AFTER)["employer"]
        register.supervision.add_study(second)
        register = ready(reopen(study="second"), a_plan(second))
        register.sending.import_sent(sent_rows(4, date(2027, 5, 3)))
        other = register.oversight.export_pairs(as_of=date(2027, 7, 1))["employer"]
        assert not set(one) & set(other)


class TestImports:
    def test_the_same_content_twice_does_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        assert register.sending.import_sent(table) == 8
        assert register.sending.import_sent(table.iloc[::-1]) == 0

    def test_all_or_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        table.loc[5, "pair_id"] = "P77777"
        table.loc[7, "at"] = "2027-01-11T10:00"
        with pytest.raises(Refusal) as refused:
            register.sending.import_sent(table)
        assert [fault.row for fault in refused.value.faults] == [7, 9]
        assert register.sending.import_sent(sent_rows(4)) == 8

    def test_every_bad_cell_is_named(self, register: Register) -> None:
        table = pd.DataFrame(
            [("P00001", "control", "ja", "2027-01-11"), ("", "treated", "negative", "morgen")],
            columns=["pair_id", "arm", "reaction", "at"],
        )
        with pytest.raises(InputError) as refused:
            register.replies.import_reactions(table)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [
            (2, "reaction"),
            (3, "pair_id"),
            (3, "at"),
        ]

    def test_a_missing_column(self, register: Register) -> None:
        with pytest.raises(InputError, match="column 'at'"):
            register.sending.import_sent(sent_rows(1).drop(columns="at"))

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
    def test_files_of_each_kind(self, register: Register, tmp_path: Path, suffix: str) -> None:
        table = sent_rows(2).assign(at=lambda t: pd.to_datetime(t["at"]) + timedelta(minutes=30))
        path = tmp_path / f"sent{suffix}"
        if suffix == ".csv":
            table.to_csv(path, index=False, sep=";")
        elif suffix == ".xlsx":
            table.to_excel(path, index=False)
        else:
            table.to_parquet(path)
        assert register.sending.import_sent(read_table(path)) == 4
        assert '"at":"2027-01-11T09:30:00.000Z"' in events(register, "sent")[0]
        answers = table.iloc[:1].assign(reaction="invitation", at="2027-01-14 10:00")
        register.replies.import_reactions(answers)
        withdrawn = answers[["pair_id", "arm"]].assign(at="2027-01-14T12:00")
        assert register.replies.import_withdrawals(withdrawn) == 1
        assert register.replies.awaiting_withdrawal("2027-01-15").empty

    def test_simulated_stays_visible(self, register: Register) -> None:
        register.sending.import_sent(sent_rows(4), simulated=True)
        table = register.oversight.export_pairs(as_of=AFTER)
        assert table["simulated"].all()
        assert table.attrs["simulated"] is True


def test_a_construction_study_takes_seconds(make: Make) -> None:
    study = a_study(pairs=600)
    started = time.perf_counter()
    register = ready(make(study), a_plan(study, 600))
    register.sending.import_sent(sent_rows(600), simulated=True)
    answers = pd.DataFrame(
        [(f"P{n:05d}", arm, "invitation", "2027-01-20") for n in range(1, 301) for arm in ("control", "treated")],
        columns=["pair_id", "arm", "reaction", "at"],
    )
    register.replies.import_reactions(answers, simulated=True)
    table = register.oversight.export_pairs(as_of=AFTER)
    assert time.perf_counter() - started < 10
    assert len(table) == 600
    assert (table["treated_reaction"] == "invitation").sum() == 300


def test_the_same_secret_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        study = a_study()
        register = ready(Register.create(tmp_path / name, study, secret=b"x" * 32), a_plan(study))
        register.sending.import_sent(sent_rows(4))
        texts.append(register.oversight.export_pairs(as_of=AFTER).to_csv())
    assert texts[0] == texts[1]


class TestRoles:
    def test_an_analyst_exports_and_does_nothing_else(self, register: Register) -> None:
        register.people.add("ann", "analyst")
        with pytest.raises(Refusal, match="ann has the role analyst"):
            register.sending.mark_sent("P00001", "control", FIRST, actor="ann")
        register.sending.import_sent(sent_rows(4))
        assert len(register.oversight.export_pairs(as_of=AFTER, actor="ann")) == 4

    def test_a_partner_sees_its_own_items_only(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study), partners={"P00001": "north", "P00002": "south"})
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.people.add("nora", "partner", partner="north")
        register.sending.mark_sent("P00001", "control", FIRST, actor="nora")
        with pytest.raises(Refusal, match="belongs to another partner"):
            register.sending.mark_sent("P00002", "treated", FIRST, actor="nora")

    def test_a_stranger(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="Nobody called 'eve'"):
            register.sending.mark_sent("P00001", "control", FIRST, actor="eve")


def test_an_event_must_follow_on_the_last(register: Register) -> None:
    copied = "INSERT INTO event SELECT seq + 100, recorded_at, actor, role, study_ref, kind, pair_id, arm, payload, "
    statement = copied + "previous, hash FROM event WHERE seq = 1"
    with (
        pytest.raises(RegisterError, match="must follow on the last one"),
        register.session.store.writing() as connection,
    ):
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_events_cannot_be_changed(register: Register, statement: str) -> None:
    with pytest.raises(RegisterError, match="keeps every event"), register.session.store.writing() as connection:
        connection.execute(sa.text(statement))


def test_the_key_file_is_private_and_needed(register: Register, reopen: Reopen, key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o077 == 0
    register.sending.import_sent(sent_rows(4))
    with pytest.raises(RegisterError, match=r"The key file .* is not there"):
        reopen(key_file=key_file.with_name("gone.key"))
    opened = reopen()
    opened.session.keys = None
    assert len(opened.oversight.export_pairs(as_of=AFTER)) == 4
    with pytest.raises(RegisterError, match="needs the register's key file"):
        opened.intake.import_plan(a_plan(opened.study))


@pytest.mark.parametrize("content", ["", "{}", '{"format": 3}', "[]", '{"format": "corrtest/register-key/1"}'])
@pytest.mark.usefixtures("register")
def test_a_wrong_key_file(reopen: Reopen, key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(RegisterError, match="not a key file"):
        reopen()


def test_what_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="There is no register"):
        Register.open(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("a text, " * 1000)
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(tmp_path / "other.db")


def test_an_existing_register_is_not_overwritten(register: Register, place: str | Path, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="exists already"):
        Register.create(place, a_study(), key_file=tmp_path / "register.key")
    with pytest.raises(RegisterError, match="already"):
        Register.create(place, a_study(), key_file=tmp_path / "other.key")
    assert not (tmp_path / "other.key").exists()
    register.sending.mark_sent("P00001", "control", FIRST)


def test_a_clock_set_back_does_not_turn_events_around(register: Register, clock: Clock) -> None:
    clock.at = datetime(2020, 1, 1, tzinfo=UTC)
    register.sending.mark_sent("P00001", "control", FIRST)
    assert register.oversight.audit_trail()["recorded_at"].is_monotonic_increasing
    assert '"clock_behind":true' in events(register, "sent")[0]
    assert register.oversight.verify().passed
