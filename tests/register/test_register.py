"""The thin line: a plan in, applications sent, reactions recorded, the pairs table out."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import Clock, a_plan, a_study, ready

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


def events(path: Path, kind: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT payload FROM event WHERE kind = ?", (kind,)).fetchall()


def test_from_plan_to_pairs_table(register: Register) -> None:
    register.mark_sent("P00001", "control", FIRST)
    register.mark_sent("P00001", "treated", SECOND)
    register.record_reaction("P00001", "control", "automatic", "2027-01-11T09:05")
    register.record_reaction("P00001", "control", "invitation", "2027-01-15T10:00", channel="telephone")
    table = register.export_pairs(as_of=AFTER)
    assert table["pair_id"].tolist() == ["P00001"]
    row = table.iloc[0]
    assert (row["control_reaction"], row["treated_reaction"]) == ("invitation", "none")
    assert (row["first_arm"], row["sent_on"]) == ("control", pd.Timestamp("2027-01-11"))
    assert table.attrs["progress"].not_sent == 3
    assert "simulated" not in table


def test_the_table_names_no_employer(register: Register) -> None:
    register.import_sent(sent_rows(4))
    table = register.export_pairs(as_of=AFTER)
    text = table.to_csv()
    plan = a_plan(register.study).pairs
    for column in ("employer_id", "vacancy_id", "address"):
        assert not [value for value in plan[column] if value in text]
    assert table["employer"].nunique() == 4


def test_the_file_holds_no_employer(register: Register) -> None:
    path = register.store.path
    assert path is not None
    register.import_sent(sent_rows(4))
    register.import_reactions(
        pd.DataFrame([("P00001", "control", "negative", "2027-01-13", "Firma Janssens schrijft")]).set_axis(
            ["pair_id", "arm", "reaction", "at", "text"], axis=1
        )
    )
    register.close()
    content = b"".join(part.read_bytes() for part in path.parent.glob("register.db*") if part.suffix != ".key")
    plan = a_plan(register.study).pairs
    for value in [*plan["employer_id"], *plan["vacancy_id"], *plan["address"], "Janssens"]:
        assert value.encode() not in content
    assert b"P00001" in content


def test_silence_is_derived_only_after_the_window(register: Register) -> None:
    register.import_sent(sent_rows(1))
    # sent on 11 and 12 January at 9; the window of the second ends on 11 February at 9
    with pytest.raises(RegisterError, match="1 within their reaction window"):
        register.export_pairs(as_of="2027-02-11T08:59")
    assert register.export_pairs(as_of="2027-02-11T09:00")["control_reaction"].tolist() == ["none"]


def test_a_reaction_after_the_window_is_kept_but_not_counted(register: Register) -> None:
    register.import_sent(sent_rows(1))
    register.record_reaction("P00001", "control", "invitation", "2027-02-20")
    assert register.export_pairs(as_of=AFTER)["control_reaction"].tolist() == ["none"]


def test_none_cannot_be_typed(register: Register) -> None:
    with pytest.raises(InputError, match="derives 'none'"):
        register.record_reaction("P00001", "control", "none", FIRST)


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
        register.record_reaction("P00001", arm, reaction, at)


def test_an_unknown_pair(register: Register) -> None:
    with pytest.raises(RegisterError, match="no pair 'P99999'"):
        register.mark_sent("P99999", "control", FIRST)


def test_a_reaction_before_sending_is_refused(register: Register) -> None:
    with pytest.raises(Refusal, match="planned cannot be given a reaction"):
        register.record_reaction("P00001", "control", "negative", FIRST)
    register.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="earlier than the sending"):
        register.record_reaction("P00001", "control", "negative", "2027-01-11T08:00")


def test_sending_twice_is_refused(register: Register) -> None:
    register.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="sent cannot be sent"):
        register.mark_sent("P00001", "control", FIRST)


def test_the_second_application_waits_for_the_first(register: Register) -> None:
    with pytest.raises(Refusal, match="goes first") as refused:
        register.mark_sent("P00001", "treated", FIRST)
    assert refused.value.reason == "not_due"
    register.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match=r"1 day\(s\) after the first"):
        register.mark_sent("P00001", "treated", "2027-01-11T20:00")


def test_nothing_outside_the_approved_period(register: Register) -> None:
    with pytest.raises(Refusal, match="outside the approved period"):
        register.mark_sent("P00001", "control", "2027-01-10T23:59")


def test_a_refusal_is_an_event(register: Register) -> None:
    path = register.store.path
    assert path is not None
    with pytest.raises(Refusal):
        register.mark_sent("P00001", "treated", FIRST)
    assert events(path, "refused") == [('{"action":"send","reason":"not_due"}',)]
    assert events(path, "claimed") == []


class TestGate:
    def test_no_plan_without_approval(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study(approved=False)
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        with pytest.raises(Refusal, match="ethics committee, who authorised the study"):
            register.import_plan(a_plan(study))
        register.approve("EC 12", "the board", date(2026, 12, 1))
        assert register.import_plan(a_plan(study)) == 4

    def test_nothing_sent_without_audit(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study()
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        with pytest.raises(Refusal, match="no plan on record"):
            register.mark_sent("P00001", "control", FIRST)
        register.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="equivalence audit"):
            register.mark_sent("P00001", "control", FIRST)

    @pytest.mark.parametrize(("pairs", "failures"), [(3, 0), (4, 1)])
    def test_an_audit_that_did_not_pass(self, tmp_path: Path, clock: Clock, pairs: int, failures: int) -> None:
        study = a_study()
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        register.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="Every pair must pass"):
            register.record_audit(pairs=pairs, failures=failures, manifest_sha256="0" * 64)

    def test_the_audit_of_a_documents_folder(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study(pairs=2)
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        register.import_plan(a_plan(study, 2))
        with pytest.raises(RegisterError, match=r"manifest.json cannot be read"):
            register.record_audit_of(tmp_path)
        (tmp_path / "manifest.json").write_text("{}")
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,False\n")
        with pytest.raises(Refusal, match=r"2 pair\(s\) with 1 failure"):
            register.record_audit_of(tmp_path)
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,True\n")
        register.record_audit_of(tmp_path)
        register.mark_sent("P00001", "control", FIRST)

    def test_a_second_plan_is_refused(self, register: Register) -> None:
        with pytest.raises(Refusal, match="has a plan already"):
            register.import_plan(a_plan(register.study))

    def test_the_plan_of_another_study(self, tmp_path: Path, clock: Clock) -> None:
        register = Register.create(tmp_path / "r.db", a_study(), clock=clock)
        with pytest.raises(Refusal, match="another text of the study"):
            register.import_plan(a_plan(a_study(total=9)))


class TestCaps:
    def test_a_plan_over_a_cap_is_refused(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study()
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        with pytest.raises(Refusal, match=r"1 employer\(s\) over their cap"):
            register.import_plan(a_plan(study, 2, employers=1))

    def test_sending_earlier_than_planned_breaks_the_window(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda index: date(2027, 1, 11) + timedelta(days=56 * index))
        register = ready(Register.create(tmp_path / "r.db", study, clock=clock), plan)
        register.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="in any 56 days and would have more; free from 2027-03-08") as refused:
            register.mark_sent("P00002", "treated", "2027-03-07T23:00")
        assert refused.value.reason == "cap_window"
        register.mark_sent("P00002", "treated", "2027-03-08T00:00")

    def test_the_total_counts_over_all_studies(self, tmp_path: Path, clock: Clock) -> None:
        first, second = a_study("first", total=1), a_study("second", total=5)
        ready(Register.create(tmp_path / "r.db", first, clock=clock), a_plan(first)).mark_sent(
            "P00001", "control", FIRST
        )
        with Register.open(tmp_path / "r.db", clock=clock) as opened:
            opened.add_study(second)
        with pytest.raises(RegisterError, match="Choose one with --study: first, second"):
            Register.open(tmp_path / "r.db")
        register = ready(Register.open(tmp_path / "r.db", study="second", clock=clock), a_plan(second))
        with pytest.raises(Refusal, match="may have 1 in all"):
            register.mark_sent("P00001", "control", "2027-06-01")

    def test_pseudonyms_differ_between_studies(self, tmp_path: Path, clock: Clock) -> None:
        first, second = a_study("first"), a_study("second")
        with ready(Register.create(tmp_path / "r.db", first, clock=clock), a_plan(first)) as register:
            register.import_sent(sent_rows(4))
            one = register.export_pairs(as_of=AFTER)["employer"]
            register.add_study(second)
        with ready(Register.open(tmp_path / "r.db", study="second", clock=clock), a_plan(second)) as register:
            register.import_sent(sent_rows(4, date(2027, 5, 3)))
            other = register.export_pairs(as_of=date(2027, 7, 1))["employer"]
        assert not set(one) & set(other)


class TestImports:
    def test_the_same_content_twice_does_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        assert register.import_sent(table) == 8
        assert register.import_sent(table.iloc[::-1]) == 0

    def test_all_or_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        table.loc[5, "pair_id"] = "P77777"
        table.loc[7, "at"] = "2027-01-11T10:00"
        with pytest.raises(Refusal) as refused:
            register.import_sent(table)
        assert [fault.row for fault in refused.value.faults] == [7, 9]
        assert register.import_sent(sent_rows(4)) == 8

    def test_every_bad_cell_is_named(self, register: Register) -> None:
        table = pd.DataFrame(
            [("P00001", "control", "ja", "2027-01-11"), ("", "treated", "negative", "morgen")],
            columns=["pair_id", "arm", "reaction", "at"],
        )
        with pytest.raises(InputError) as refused:
            register.import_reactions(table)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [
            (2, "reaction"),
            (3, "pair_id"),
            (3, "at"),
        ]

    def test_a_missing_column(self, register: Register) -> None:
        with pytest.raises(InputError, match="column 'at'"):
            register.import_sent(sent_rows(1).drop(columns="at"))

    def test_simulated_stays_visible(self, register: Register) -> None:
        register.import_sent(sent_rows(4), simulated=True)
        table = register.export_pairs(as_of=AFTER)
        assert table["simulated"].all()
        assert table.attrs["simulated"] is True


def test_a_construction_study_takes_seconds(tmp_path: Path) -> None:
    study = a_study(pairs=600)
    started = time.perf_counter()
    register = ready(Register.create(tmp_path / "r.db", study), a_plan(study, 600))
    register.import_sent(sent_rows(600), simulated=True)
    answers = pd.DataFrame(
        [(f"P{n:05d}", arm, "invitation", "2027-01-20") for n in range(1, 301) for arm in ("control", "treated")],
        columns=["pair_id", "arm", "reaction", "at"],
    )
    register.import_reactions(answers, simulated=True)
    table = register.export_pairs(as_of=AFTER)
    assert time.perf_counter() - started < 10
    assert len(table) == 600
    assert (table["treated_reaction"] == "invitation").sum() == 300


def test_the_same_secret_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        study = a_study()
        register = ready(Register.create(tmp_path / name, study, secret=b"x" * 32), a_plan(study))
        register.import_sent(sent_rows(4))
        texts.append(register.export_pairs(as_of=AFTER).to_csv())
    assert texts[0] == texts[1]


class TestRoles:
    def test_an_analyst_exports_and_does_nothing_else(self, register: Register) -> None:
        register.add_actor("ann", "analyst")
        with pytest.raises(Refusal, match="ann has the role analyst"):
            register.mark_sent("P00001", "control", FIRST, actor="ann")
        register.import_sent(sent_rows(4))
        assert len(register.export_pairs(as_of=AFTER, actor="ann")) == 4

    def test_a_partner_sees_its_own_items_only(self, tmp_path: Path, clock: Clock) -> None:
        study = a_study()
        register = Register.create(tmp_path / "r.db", study, clock=clock)
        register.import_plan(a_plan(study), partners={"P00001": "north", "P00002": "south"})
        register.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.add_actor("nora", "partner", partner="north")
        register.mark_sent("P00001", "control", FIRST, actor="nora")
        with pytest.raises(Refusal, match="belongs to another partner"):
            register.mark_sent("P00002", "treated", FIRST, actor="nora")

    def test_a_stranger(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="Nobody called 'eve'"):
            register.mark_sent("P00001", "control", FIRST, actor="eve")


def test_events_cannot_be_changed(register: Register) -> None:
    path = register.store.path
    assert path is not None
    with sqlite3.connect(path) as connection:
        for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_the_key_file_is_private_and_needed(register: Register) -> None:
    assert register.keys is not None
    assert register.keys.path.stat().st_mode & 0o077 == 0
    register.import_sent(sent_rows(4))
    register.close()
    assert register.store.path is not None
    register.keys.path.rename(register.keys.path.with_suffix(".away"))
    with Register.open(register.store.path) as opened:
        assert len(opened.export_pairs(as_of=AFTER)) == 4
        with pytest.raises(RegisterError, match="key file"):
            opened.import_plan(a_plan(opened.study))


@pytest.mark.parametrize("content", ["", "{}", '{"format": 3}', "[]", '{"format": "corrtest/register-key/1"}'])
def test_a_wrong_key_file(register: Register, content: str) -> None:
    assert register.keys is not None
    assert register.store.path is not None
    register.keys.path.write_text(content)
    with pytest.raises(RegisterError, match="not a key file"):
        Register.open(register.store.path)


def test_what_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="There is no register"):
        Register.open(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("a text, " * 1000)
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(tmp_path / "other.db")


def test_an_existing_register_is_not_overwritten(register: Register) -> None:
    assert register.store.path is not None
    with pytest.raises(RegisterError, match="exists already"):
        Register.create(register.store.path, a_study())
    with pytest.raises(RegisterError, match="exists already"):
        Register.create(register.store.path, a_study(), key_file=register.store.path.with_name("other.key"))
    assert not register.store.path.with_name("other.key").exists()


def test_a_clock_set_back_does_not_turn_events_around(register: Register, clock: Clock) -> None:
    clock.at = datetime(2020, 1, 1, tzinfo=UTC)
    register.mark_sent("P00001", "control", FIRST)
    path = register.store.path
    assert path is not None
    with sqlite3.connect(path) as connection:
        times = [row[0] for row in connection.execute("SELECT recorded_at FROM event ORDER BY seq")]
    assert times == sorted(times)
    assert '"clock_behind":true' in str(events(path, "sent"))
