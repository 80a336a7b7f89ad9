"""A register from its making to its pairs table."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import RegisterError
from corrtest.register import Register
from tests.register.conftest import AFTER, FIRST, SECOND, Make, a_plan, a_study, numbered, ready, sent_rows


def test_from_plan_to_pairs_table(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.mark_sent("P00001", "treated", SECOND)
    register.replies.record("P00001", "control", "automatic", "2027-01-11T09:05")
    register.replies.record("P00001", "control", "invitation", "2027-01-15T10:00", channel="telephone")
    table = numbered(register, register.oversight.export_pairs(as_of=AFTER))
    assert table["pair_id"].tolist() == ["P00001"]
    row = table.iloc[0]
    assert (row["control_reaction"], row["treated_reaction"]) == ("invitation", "none")
    assert (row["first_arm"], row["sent_on"]) == ("control", pd.Timestamp("2027-01-11"))
    assert table.attrs["progress"].not_sent == 3
    assert "simulated" not in table


def test_a_construction_study_takes_seconds(make: Make) -> None:
    study = a_study(pairs=600, simulated=True)
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
