"""How fast the register is: against bare sqlite3 with the same synced writes, and at the size of a national wave.

    python benchmarks/bench_register.py            # SQLite; PostgreSQL as well where CORRTEST_POSTGRES_URL is set
    python benchmarks/bench_register.py --quick    # a tenth of the size

Exits 1 where a target is missed: claim + sent + reaction at 60 % of bare sqlite3 that inserts three rows into one plain
table (no chain, no state, no trigger); with 72,000 applications and 300,000 events a work list in 0.1 s, verify in
20 s, export in 10 s.

Two more figures tell where the time goes: bare sqlite3 that writes the same rows into the same tables, below which no
register with this schema can come; and what one sync of a page costs on this disk. Where a sync takes a tenth of a
millisecond, the work in memory is most of a transaction; where it takes a few milliseconds, all three come out alike.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.register import Register
from corrtest.spec import Study, read_study_text

STUDY = """
[study]
name = "benchmark"
sector = "construction"
wave = "baseline"
seed = 1
language = "nl"
period = { start = 2027-01-11, end = 2027-12-31 }
[approval]
ethics_reference = "none: a benchmark"
authorised_by = "nobody"
employers_informed_on = 2026-12-01
[[committee]]
number = "124"
pairs = { origin = 36000 }
[[criterion]]
name = "origin"
levels = [{ name = "maghrebi_name", share = 1.0 }]
[caps]
total = 4
window = { pairs = 2, weeks = 8 }
[outcomes]
strict = ["invitation"]
broad = ["invitation", "other_positive"]
"""
START = date(2027, 1, 11)
MORNING = "2027-01-11T09:00"
CLAIM = {"claimed_at": MORNING, "claimed_until": "2027-01-11T17:00"}


@dataclass
class BenchmarkPlan:
    study: Study
    pairs: pd.DataFrame
    manifest: dict[str, Any]


def a_plan(study: Study, pairs: int) -> BenchmarkPlan:
    employers = max(1, pairs // 2)
    rows = [
        {
            "pair_id": f"P{n + 1:05d}",
            "sector": study.sector,
            "wave": study.wave,
            "joint_committee": "124",
            "criterion": "origin",
            "level": "maghrebi_name",
            "occupation": "mason",
            "province": "Antwerpen",
            "postal_code": "2000",
            "vacancy_id": f"V{n}",
            "employer_id": f"{400_000_000 + n % employers:010d}",
            "channel": "email",
            "address": f"jobs@firm{n % employers}.example",
            "first_arm": "control",
            "control_template": "classic",
            "treated_template": "modern",
            "send_first_on": pd.Timestamp(START + timedelta(days=n % 120)),
            "send_second_on": pd.Timestamp(START + timedelta(days=n % 120 + 1)),
            "weight": 1.0,
            "level_probability": 1.0,
            "first_arm_probability": 0.5,
        }
        for n in range(pairs)
    ]
    return BenchmarkPlan(study, pd.DataFrame(rows), {"schema": "corrtest/plan/1"})


def a_register(place: str | Path, folder: Path, pairs: int) -> Register:
    study = read_study_text(STUDY, "benchmark.toml")
    register = Register.create(place, study, key_file=folder / f"{uuid.uuid4().hex}.key")
    count = register.intake.import_plan(a_plan(study, pairs))
    register.supervision.record_audit(pairs=count, failures=0, manifest_sha256="0" * 64)
    return register


EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
PAYLOAD = "x" * 75


def bare_connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


class PlainTable:
    """Three synced inserts a round by the standard library alone, of rows as large as the register's events."""

    def __init__(self, path: Path) -> None:
        self.connection = bare_connection(path)
        self.connection.execute(
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, recorded_at TEXT, actor TEXT, role TEXT, study_ref INTEGER, "
            "kind TEXT, pair_id TEXT, arm TEXT, payload TEXT, previous TEXT, hash TEXT) STRICT"
        )

    def round(self, number: int) -> None:
        who = ("coordinator", "coordinator", 1)
        for kind in ("claimed", "sent", "reaction"):
            row = (None, MORNING, *who, kind, f"P{number:05d}", "control", PAYLOAD, "0" * 64, "0" * 64)
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute(EVENT, row)
            self.connection.execute("COMMIT")


class SameRows:
    """The rows that the register writes for claim, sent and reaction, written by the standard library alone.

    Into a register's own file, so with its chain, triggers and indexes; nothing is read, checked or hashed.
    """

    def __init__(self, path: Path) -> None:
        self.connection = bare_connection(path)
        self.seq, self.head = self.connection.execute(
            "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        rows = self.connection.execute(
            "SELECT application_ref FROM application WHERE arm = 'control' ORDER BY pair_ref"
        )
        self.applications = [ref for (ref,) in rows]

    def round(self, number: int) -> None:
        self._act(number, "claimed", {"state": "claimed", "claimed_by": "coordinator", **CLAIM})
        self._act(number, "sent", {"state": "sent", "claimed_at": None, "claimed_until": None, "sent_at": MORNING})
        self._act(number, "reaction", {"reaction": "negative"})

    def _act(self, number: int, kind: str, changed: dict[str, str | None]) -> None:
        seq, previous = self.seq + 1, self.head
        self.head = f"{seq:064x}"
        row = (seq, MORNING, "coordinator", "coordinator", 1, kind, f"P{number:05d}", "control", PAYLOAD, previous)
        columns = ", ".join(f"{name} = ?" for name in changed)
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(EVENT, (*row, self.head))
        self.connection.execute(
            f"UPDATE application SET {columns}, last_seq = ? WHERE application_ref = ?",
            (*changed.values(), seq, self.applications[number - 1]),
        )
        self.connection.execute("COMMIT")
        self.seq = seq


def three_acts(register: Register, number: int) -> None:
    """Claim, send and react as three durable transactions."""
    pair = f"P{number:05d}"
    register.sending.claim(pair, "control", MORNING)
    register.sending.mark_sent(pair, "control", MORNING)
    register.replies.record(pair, "control", "negative", MORNING)


def sync_cost(path: Path, times: int = 500) -> float:
    """Return what writing a page at the end of a file and syncing it takes, in seconds."""
    with path.open("wb", buffering=0) as file:
        started = time.perf_counter()
        for _ in range(times):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return (time.perf_counter() - started) / times


def against_bare(folder: Path, rounds: int) -> float:
    """Return the register's speed as a part of bare sqlite3's: whole times, with checkpoints, ten rounds in turn."""
    a_register(folder / "same.db", folder, 3 * rounds).close()
    register = a_register(folder / "small.db", folder, 3 * rounds)
    ways: dict[str, Callable[[int], None]] = {
        "bare sqlite3, one plain table": PlainTable(folder / "bare.db").round,
        "bare sqlite3, the same rows": SameRows(folder / "same.db").round,
        "register": lambda number: three_acts(register, number),
    }
    for number in range(1, rounds // 2):  # statements compiled, caches warm, all logs grown to their full length
        for act in ways.values():
            act(number)
    # As timeit does: what the imported modules left in memory is not gone through by the garbage collector again and
    # again while the clock runs, in any of them.
    gc.collect()
    gc.freeze()
    took = dict.fromkeys(ways, 0.0)
    for first in range(rounds, 2 * rounds, 10):
        for name, act in ways.items():
            started = time.perf_counter()
            for number in range(first, first + 10):
                act(number)
            took[name] += time.perf_counter() - started
    gc.unfreeze()
    register.close()
    for name, seconds in took.items():
        print(f"  {name:<30} {1e3 * seconds / rounds:6.2f} ms a round, {3 * rounds / seconds:6.0f} transactions/s")
    plain, same, own = took.values()
    print(f"  one sync of a page: {1e3 * sync_cost(folder / 'sync'):.2f} ms")
    print(f"  {plain / own:.0%} of bare sqlite3 with one plain table (target 60 %)")
    print(f"  {same / own:.0%} of bare sqlite3 with the same rows")
    return plain / own


def timed(what: str, limit: float | None, act: Callable[[], object]) -> bool:
    started = time.perf_counter()
    act()
    took = time.perf_counter() - started
    missed = limit is not None and took > limit
    print(f"  {what:<42} {took:8.3f} s" + (f"   (target {limit:g} s{': MISSED' if missed else ''})" if limit else ""))
    return not missed


def national(place: str | Path, folder: Path, pairs: int) -> bool:
    """A national wave, ten weeks in: all sent but the last days, answers in, several events an application."""
    made: list[Register] = []
    timed(f"import of {pairs} pairs", None, lambda: made.append(a_register(place, folder, pairs)))
    register = made[0]
    sent, reactions = [], []
    for n in range(pairs):
        if n % 120 >= 115:
            continue
        day = START + timedelta(days=n % 120)
        for lag, arm in enumerate(("control", "treated")):
            at = f"{day + timedelta(days=lag)}T09:00"
            sent.append((f"P{n + 1:05d}", arm, at))
            for hours, word in ((1, "automatic"), (80, "request"), (200, "negative")):
                moment = datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(hours=hours)
                if hours == 1 or n % 3:
                    reactions.append((f"P{n + 1:05d}", arm, word, moment.isoformat()))
    ok = timed(
        f"import of {len(sent)} sendings",
        None,
        lambda: register.sending.import_sent(pd.DataFrame(sent, columns=["pair_id", "arm", "at"])),
    )
    timed(
        f"import of {len(reactions)} reactions",
        None,
        lambda: register.replies.import_reactions(
            pd.DataFrame(reactions, columns=["pair_id", "arm", "reaction", "at"])
        ),
    )
    late = START + timedelta(days=117)
    register.sending.worklist(late, limit=200)
    ok &= timed("work list of the day (200 items)", 0.1, lambda: register.sending.worklist(late, limit=200))
    ok &= timed("claim of the next 20", None, lambda: register.sending.claim_next(late, count=20))
    ok &= timed("awaiting withdrawal", None, lambda: register.replies.awaiting_withdrawal(late))
    ok &= timed("export of the pairs table", 10, lambda: register.oversight.export_pairs(as_of="2027-12-31"))
    ok &= timed("status", None, register.oversight.status)
    found = []
    ok &= timed("verify", 20, lambda: found.append(register.oversight.verify()))
    print(f"  {2 * pairs} applications, {found[0].events} events, verified: {found[0].passed}")
    ok &= timed("backup", None, lambda: register.oversight.backup(folder / f"{uuid.uuid4().hex}.backup"))
    register.close()
    return ok and found[0].passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    quick = parser.parse_args().quick
    pairs = 3600 if quick else 36_000
    folder = Path(tempfile.mkdtemp())
    try:
        print("Claim + sent + reaction, each a durable transaction, in one run:")
        ratio = against_bare(folder, 100 if quick else 500)
        print(f"SQLite, {2 * pairs} applications:")
        ok = national(folder / "national.db", folder, pairs)
        server = os.environ.get("CORRTEST_POSTGRES_URL")
        if server:
            print(f"PostgreSQL, {2 * pairs} applications:")
            name = f"bench_{uuid.uuid4().hex}"
            engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"))
            with engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            place = f"{server}?options=-csearch_path%3D{name}"
            ok &= national(place, folder, pairs)
            with engine.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
            engine.dispose()
        else:
            print("PostgreSQL: not measured, CORRTEST_POSTGRES_URL is not set")
    finally:
        shutil.rmtree(folder)
    return 0 if ok and ratio >= 0.6 else 1


if __name__ == "__main__":
    sys.exit(main())
