"""How fast the register is: eight people at once, and a day of field work at the size of a national wave.

    python benchmarks/bench_register.py            # SQLite; PostgreSQL as well where CORRTEST_POSTGRES_URL is set
    python benchmarks/bench_register.py --quick    # a tenth of the size

Exits 1 where a target is missed. Eight processes claim, send and note reactions, each act a durable transaction: of
those acknowledged none is lost, and 200 or more a second get through. With 72,000 applications and 300,000 events a
work list takes 0.1 s, verify 20 s, export 10 s. A slow disk shows in "one sync of a page": no act is faster than that.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
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
pairs = { origin = 18000 }
[[committee]]
number = "330"
pairs = { origin = 18000 }
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
WORKERS = 8


def at_work() -> datetime:
    """Return the moment that the register takes for now: all that is put on record lies before it."""
    return datetime(2027, 12, 30, tzinfo=UTC)


ACTS_A_SECOND = 200


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
            "joint_committee": ("124", "330")[n % 2],
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
    register = Register.create(place, study, key_file=folder / f"{uuid.uuid4().hex}.key", clock=at_work)
    count = register.intake.import_plan(a_plan(study, pairs))
    register.supervision.record_audit(pairs=count, failures=0, manifest_sha256="0" * 64)
    return register


def work_through(place: str | Path, key_file: Path, numbers: range, start: Barrier, told: Connection) -> None:
    """Do a person's part: claim, send and note a reaction for each pair; tell what was acknowledged."""
    with Register.open(place, key_file=key_file, clock=at_work) as register:
        start.wait()
        acts = []
        for number in numbers:
            pair = f"P{number:05d}"
            register.sending.claim(pair, "control", MORNING)
            acts.append((pair, "claimed"))
            register.sending.mark_sent(pair, "control", MORNING)
            acts.append((pair, "sent"))
            register.replies.record(pair, "control", "negative", MORNING)
            acts.append((pair, "reaction"))
    told.send(acts)


def eight_at_once(place: str | Path, folder: Path, rounds: int) -> bool:
    """Let eight processes work at once; say how many acts a second got through, and whether one was lost."""
    with a_register(place, folder, WORKERS * rounds) as register:
        key_file = register.keys.path
    start = get_context().Barrier(WORKERS + 1)
    pipes, people = [], []
    for number in range(WORKERS):
        ours, theirs = get_context().Pipe(duplex=False)
        numbers = range(number * rounds + 1, (number + 1) * rounds + 1)
        person = get_context().Process(target=work_through, args=(place, key_file, numbers, start, theirs))
        person.start()
        pipes.append(ours)
        people.append(person)
    start.wait()
    started = time.perf_counter()
    acknowledged = {act for pipe in pipes for act in pipe.recv()}
    took = time.perf_counter() - started
    for person in people:
        person.join()
    with Register.open(place, key_file=key_file, clock=at_work) as register:
        trail = register.oversight.audit_trail()
        kept = set(zip(trail["pair_id"], trail["kind"], strict=True))
        whole = register.oversight.verify().passed
    lost, speed = len(acknowledged - kept), len(acknowledged) / took
    print(f"  {WORKERS} people at once: {len(acknowledged)} acts, {lost} lost, {speed:.0f} acts a second (target 200)")
    return whole and not lost and len(acknowledged) == 3 * WORKERS * rounds and speed >= ACTS_A_SECOND


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


def sync_cost(path: Path, times: int = 200) -> float:
    """Return what writing a page at the end of a file and syncing it takes, in seconds."""
    with path.open("wb", buffering=0) as file:
        started = time.perf_counter()
        for _ in range(times):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return (time.perf_counter() - started) / times


@contextmanager
def a_schema(server: str) -> Iterator[str]:
    """Give a register's place on the server: a schema of its own, dropped at the end."""
    name = f"bench_{uuid.uuid4().hex}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    yield f"{server}?options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    quick = parser.parse_args().quick
    pairs, rounds = (3600, 25) if quick else (36_000, 250)
    folder = Path(tempfile.mkdtemp())
    try:
        print(f"One sync of a page: {1e3 * sync_cost(folder / 'sync'):.2f} ms")
        print(f"SQLite, {2 * pairs} applications:")
        ok = eight_at_once(folder / "eight.db", folder, rounds)
        ok &= national(folder / "national.db", folder, pairs)
        server = os.environ.get("CORRTEST_POSTGRES_URL")
        if server:
            print(f"PostgreSQL, {2 * pairs} applications:")
            with a_schema(server) as place:
                ok &= eight_at_once(place, folder, rounds)
            with a_schema(server) as place:
                ok &= national(place, folder, pairs)
        else:
            print("PostgreSQL: not measured, CORRTEST_POSTGRES_URL is not set")
    finally:
        shutil.rmtree(folder)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
