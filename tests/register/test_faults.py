"""What a register survives: kill -9, eight claimers at once, full disks, read-only files, imports cut short."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import stat
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.errors import InputError, RegisterError
from corrtest.register import Register
from corrtest.register.sheets.entries import check_entries
from corrtest.spec import ARMS, REACTIONS
from tests.register.conftest import FIRST, Clock, Make, Reopen, a_plan, a_study, in_child, ready, said, sent_rows

SLOW = pytest.mark.slow


def acknowledged(register: Register) -> set[str]:
    with register.session.store.reading() as connection:
        rows = connection.execute(sa.text("SELECT pair_id, kind FROM event WHERE pair_id IS NOT NULL"))
        return {f"{row.pair_id} {row.kind}" for row in rows}


@pytest.mark.parametrize("moments", [pytest.param(8), pytest.param(200, marks=SLOW)])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(
    make: Make, reopen: Reopen, place: str | Path, key_file: Path, moments: int
) -> None:
    study = a_study(pairs=6000)
    with ready(make(study), a_plan(study, 6000, first_arm=["control"])):
        pass
    rng = random.Random(5)
    next_pair = 0
    told: set[str] = set()

    def load(pipe: int) -> None:
        with Register.open(place, key_file=key_file) as register:
            for number in range(next_pair + 1, 6001):
                pair = f"P{number:05d}"
                register.sending.claim(pair, "control", FIRST)
                if number == next_pair + 1:
                    os.write(pipe, b"open!\n")
                os.write(pipe, f"{pair} claimed\n".encode())
                register.sending.mark_sent(pair, "control", FIRST)
                os.write(pipe, f"{pair} sent\n".encode())
                register.replies.record(pair, "control", "negative", FIRST, text="Helaas")
                os.write(pipe, f"{pair} reaction\n".encode())

    for moment in range(moments):
        child, reading = in_child(load)
        assert os.read(reading, 6) == b"open!\n"  # however busy the machine: the kill falls into the work
        time.sleep(rng.uniform(0.005, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        fresh = said(reading)
        told.update(fresh)
        if moment % 20 == 0 or moment == moments - 1:
            with reopen() as register:
                assert told <= acknowledged(register)
                assert register.oversight.verify().passed
        # one act may be on record that was never acknowledged: the next life begins behind it
        next_pair = max([next_pair, *(int(line[1:6]) for line in fresh)]) + 1
    assert len(told) > moments


@pytest.mark.parametrize("items", [pytest.param(400), pytest.param(10_000, marks=SLOW)])
def test_eight_claim_at_once(
    make: Make, reopen: Reopen, place: str | Path, key_file: Path, items: int, clock: Clock
) -> None:
    study = a_study(pairs=items)
    employers = items - items // 50
    # some employers have two pairs, planned eight weeks apart and all due by now: only one of them may go
    plan = a_plan(
        study,
        items,
        employers=employers,
        first_arm=["control"],
        starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * (n // employers)),
    )
    at = "2027-03-09T09:00"
    with ready(make(study), plan) as register:
        for number in range(8):
            register.people.add(f"p{number}", "partner", partner=f"firm {number}")

    def claimer(number: int) -> Callable[[int], None]:
        def claim(pipe: int) -> None:
            with Register.open(place, key_file=key_file) as mine:
                together.wait(60)  # all at once, however long each took to open
                while len(table := mine.sending.claim_next(at, count=20, hours=48, actor=f"p{number}")):
                    os.write(pipe, "".join(f"{pair} {number}\n" for pair in table["pair_id"]).encode())
                    time.sleep(0.02)  # the others' turn: SQLite lets who asks again at once go first

        return claim

    together = get_context("fork").Barrier(8)
    children = [in_child(claimer(number)) for number in range(8)]
    lines = [line for _, reading in children for line in said(reading)]
    assert [os.waitpid(child, 0)[1] for child, _ in children] == [0] * 8
    pairs = [line.split()[0] for line in lines]
    assert len(set(pairs)) == len(pairs) == employers
    assert len({line.split()[1] for line in lines}) > 1
    # caps, counted from the plan and from what the claimers were told, by nothing of the register
    employer = plan.pairs.set_index("pair_id")["employer_id"]
    assert max(Counter(employer[pair] for pair in pairs).values()) == 1
    with reopen() as register:
        assert register.oversight.verify().passed
        kinds = Counter(register.oversight.audit_trail()["kind"])
    assert kinds["claimed"] == employers


@pytest.mark.parametrize("kills", [pytest.param(4), pytest.param(30, marks=SLOW)])
def test_an_import_killed_in_the_middle(
    make: Make, reopen: Reopen, place: str | Path, key_file: Path, kills: int
) -> None:
    study = a_study(pairs=1500)
    with ready(make(study), a_plan(study, 1500)) as register:
        before = len(register.oversight.audit_trail())
    rng = random.Random(6)

    def take_in(pipe: int) -> None:
        with Register.open(place, key_file=key_file) as mine:
            os.write(pipe, b"begun\n")
            mine.sending.import_sent(sent_rows(1500))
            os.write(pipe, b"done\n")

    cut = 0
    for _ in range(kills):
        child, reading = in_child(take_in)
        assert os.read(reading, 6) == b"begun\n"
        time.sleep(rng.uniform(0.01, 0.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = said(reading)
        with reopen() as register:
            events = len(register.oversight.audit_trail())
            if "done" in lines:
                assert events == before + 6001
            else:
                cut += 1
                assert events in (before, before + 6001)
            assert register.oversight.verify().passed
    assert cut > 0
    with reopen() as register:
        register.sending.import_sent(sent_rows(1500))
        assert len(register.oversight.audit_trail()) == before + 6001


def test_a_full_disk_loses_nothing(make: Make, place: str | Path, reopen: Reopen) -> None:
    if not isinstance(place, Path):
        pytest.skip("a server's disk is the server's")
    study = a_study(pairs=400)
    register = ready(make(study), a_plan(study, 400))
    register.sending.mark_sent("P00001", "control", FIRST)
    before = len(register.oversight.audit_trail())

    # SQLite itself then says what it says on a full disk (SQLITE_FULL).
    with register.session.store.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
    with pytest.raises(RegisterError, match="lies on a full disk: nothing was written"):
        register.sending.import_sent(sent_rows(400).iloc[2:])
    full = len(register.oversight.audit_trail())
    assert full == before
    assert register.oversight.verify().passed
    register.close()
    with reopen() as again:
        assert len(again.oversight.audit_trail()) == before
        again.sending.import_sent(sent_rows(400).iloc[2:])
        assert again.oversight.verify().passed


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk to fill")
def test_a_disk_that_is_really_full(tmp_path: Path, clock: Clock) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", disk], check=False).returncode:
        pytest.skip("this machine does not let root mount")
    try:
        study = a_study(pairs=300)
        register = ready(Register.create(disk / "r.db", study, clock=clock), a_plan(study, 300, first_arm=["control"]))
        acknowledged_sendings = 0
        with pytest.raises(RegisterError, match=r"full disk|cannot be written to disk"):
            for number in range(1, 301):
                register.sending.mark_sent(f"P{number:05d}", "control", FIRST)
                acknowledged_sendings += 1
                with contextlib.suppress(OSError):  # the ballast may be what does not fit
                    (disk / f"ballast{number}").write_bytes(b"x" * 20_000)
        assert acknowledged_sendings > 5
        register.close()
        for ballast in disk.glob("ballast*"):
            ballast.unlink()
        with Register.open(disk / "r.db", clock=clock) as again:
            assert again.oversight.verify().passed
            assert Counter(again.oversight.audit_trail()["kind"])["sent"] == acknowledged_sendings
            again.sending.mark_sent("P00300", "control", FIRST)
    finally:
        # Lazily: a file that a failed assertion left open must not hide it behind a busy disk.
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_file_that_may_only_be_read(register: Register, place: str | Path, key_file: Path) -> None:
    if not isinstance(place, Path):
        with pytest.raises(RegisterError, match="may only be read"), register.session.store.reading() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.execute(sa.text("UPDATE chain SET events = 0"))
        return
    register.close()

    def write(pipe: int) -> None:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            with Register.open(place, key_file=key_file) as mine:
                mine.sending.mark_sent("P00001", "control", FIRST)
        except RegisterError as error:
            os.write(pipe, f"{error.message}\n".encode())

    for folder in (place.parent, *place.parent.parents):
        # pytest keeps its folders to their owner; the reader must get as far as the file
        if folder.stat().st_uid == os.geteuid() and folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    for file in place.parent.glob("register*"):
        file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    child, reading = in_child(write)
    os.waitpid(child, 0)
    (message,) = said(reading)
    assert "may only be read" in message or "cannot be opened" in message
    place.chmod(0o600)
    with Register.open(place, key_file=key_file) as again:
        assert again.oversight.verify().passed


ROWS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(["P00001", ""]), st.text(max_size=12)),
        st.one_of(st.sampled_from([*ARMS, ""]), st.text(max_size=8)),
        st.one_of(st.sampled_from([*REACTIONS, ""]), st.text(max_size=12)),
        st.one_of(st.sampled_from([FIRST, "", "31/02/2027", "2027-02-30"]), st.text(max_size=20), st.none()),
        st.one_of(st.text(max_size=10), st.floats(), st.none()),
    ),
    min_size=50,
    max_size=50,
)


@settings(max_examples=100)
@given(rows=ROWS)
def test_five_thousand_malformed_rows_give_an_error_each(
    rows: list[tuple[object, ...]],
) -> None:
    table = pd.DataFrame(rows, columns=["pair_id", "arm", "reaction", "at", "text"], dtype=object)
    try:
        entries = check_entries(table, "reactions")
    except InputError as error:
        bad = {fault.row for fault in error.faults}
        assert bad
        assert all(fault.expected and fault.action for fault in error.faults)
        assert "Traceback" not in error.text()
    else:
        assert len(entries) == len(rows)
