"""A small study, a plan for it, and a register: what most tests of this room begin with."""

from __future__ import annotations

import itertools
import os
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from corrtest.register import Register
from corrtest.register.clock import another_clock
from corrtest.register.oversight.pairs import key_in_the_table
from corrtest.register.store import schema
from corrtest.register.store.keys import read_pairs_key
from corrtest.spec import Study, read_study_text

APPROVAL = """
[approval]
ethics_reference = "EC-2027-01"
authorised_by = "the committee"
employers_informed_on = 2026-12-01
"""

STUDY = """
[study]
name = "{name}"
sector = "construction"
wave = "baseline"
seed = 1
language = "nl"
period = {{ start = 2027-01-11, end = 2027-07-09 }}
{approval}
[[committee]]
number = "124"
pairs = {{ origin = {pairs} }}

[[criterion]]
name = "origin"
levels = [{{ name = "maghrebi_name", share = 1.0 }}]

[[occupation]]
code = "mason"
title = "metselaar"
committees = ["124"]

[caps]
total = {total}
window = {{ pairs = {window}, weeks = {weeks} }}

[outcomes]
strict = ["invitation"]
broad = ["invitation", "other_positive"]
"""

# Two mornings, a day apart; and a day on which every reaction window has passed.
FIRST, SECOND, AFTER = "2027-01-11T09:00", "2027-01-12T09:00", date(2027, 3, 1)
NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)
# What the clock shows unless a test sets it: all that tests tell of has happened.
LONG_AFTER = datetime(2028, 1, 1, 12, tzinfo=UTC)


def a_study(
    name: str = "small",
    *,
    approved: bool = True,
    pairs: int = 4,
    total: int = 2,
    window: int = 1,
    weeks: int = 8,
    more: str = "",
    unpaired: bool = False,
    simulated: bool = False,
) -> Study:
    text = STUDY.format(
        name=name, approval=APPROVAL if approved else "", pairs=pairs, total=total, window=window, weeks=weeks
    )
    if unpaired:
        text = text.replace("seed = 1", 'seed = 1\npairing = "unpaired"')
    if simulated:
        text = text.replace("seed = 1", "seed = 1\nsimulated = true")
    return read_study_text(text + more, f"{name}.toml")


@dataclass
class SmallPlan:
    study: Study
    pairs: pd.DataFrame
    manifest: dict[str, Any]


def a_plan(
    study: Study,
    pairs: int = 4,
    *,
    employers: int | None = None,
    first_number: int = 400_000_000,
    starts: Callable[[int], date] = lambda index: date(2027, 1, 11),
    **columns: Any,
) -> SmallPlan:
    """`pairs` pairs over as many employers, all of which start on the first day unless told otherwise."""
    rows = []
    for index in range(pairs):
        start = starts(index)
        rows.append(
            {
                "pair_id": f"P{index + 1:05d}",
                "sector": study.sector,
                "wave": study.wave,
                "joint_committee": "124",
                "criterion": "origin",
                "level": "maghrebi_name",
                "occupation": "mason",
                "province": "Antwerpen",
                "postal_code": "2000",
                "vacancy_id": f"V{index + 1:06d}",
                "employer_id": f"{first_number + index % (employers or pairs):010d}",
                "channel": "email",
                "address": f"jobs@firm{first_number + index % (employers or pairs)}.example",
                "first_arm": ("control", "treated")[index % 2],
                "control_template": "classic",
                "treated_template": "modern",
                "send_first_on": pd.Timestamp(start),
                "send_second_on": pd.Timestamp(start) + timedelta(days=1),
                "weight": 1.0,
                "level_probability": 1.0,
                "first_arm_probability": 0.5,
            }
        )
    table = pd.DataFrame(rows)
    for name, values in columns.items():
        table[name] = list(itertools.islice(itertools.cycle(values), pairs))
    return SmallPlan(study, table, {"schema": "corrtest/plan/1", "seed": study.seed})


# Who the candidates of the first four pairs are: name, mailbox, telephone.
PEOPLE = {
    ("P00001", "control"): ("Jan Claes", "jan.claes@post.example", "0470 11 11 11"),
    ("P00001", "treated"): ("Yassine El Amrani", "yassine@post.example", "0470 22 22 22"),
    ("P00002", "control"): ("Pieter De Smet", "pieter@post.example", "0470 33 33 33"),
    ("P00002", "treated"): ("Ayşe Yılmaz", "ayse@post.example", "0470 44 44 44"),
    ("P00003", "control"): ("Jan Peeters", "jan.peeters@post.example", "0470 55 55 55"),
    ("P00003", "treated"): ("Mohamed Bouazza", "mohamed@post.example", "0470 66 66 66"),
    ("P00004", "control"): ("Wim Claeys", "wim@post.example", "0470 77 77 77"),
    ("P00004", "treated"): ("Fatima Ben Ali", "fatima@post.example", "0470 88 88 88"),
}


def a_documents_folder(folder: Path) -> Path:
    """What `corrtest render` leaves that the register reads: manifest, audit, candidates."""
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    pairs = sorted({pair for pair, _ in PEOPLE})
    (folder / "audit.csv").write_text("pair_id,passed\n" + "".join(f"{pair},True\n" for pair in pairs))
    rows = [(*place, *person) for place, person in PEOPLE.items()]
    columns = ["pair_id", "arm", "name", "mailbox", "telephone"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "candidates.csv", index=False)
    return folder


@pytest.fixture(autouse=True)
def a_later_clock() -> Iterator[None]:
    """All that tests tell of has happened, whatever the day on which they run."""
    with another_clock(lambda: LONG_AFTER):
        yield


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: datetime = LONG_AFTER) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def ready(register: Register, plan: SmallPlan) -> Register:
    """Import the plan and record its audit, so that the fieldwork can begin."""
    count = register.intake.import_plan(plan)
    register.supervision.record_audit(pairs=count, failures=0, manifest_sha256="0" * 64)
    return register


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where a test's register lives: a file, and then again a schema of its own on a PostgreSQL server."""
    if request.param == "sqlite":
        yield tmp_path / "register.db"
        return
    server = os.environ.get("CORRTEST_POSTGRES_URL")
    if not server:
        pytest.skip('no PostgreSQL server: eval "$(.ci/postgres start)" gives one')
    yield from a_schema(server)


@pytest.fixture
def other_place(place: str | Path, tmp_path: Path) -> Iterator[str | Path]:
    """Where a second register lives, in the same kind of store."""
    if isinstance(place, Path):
        yield tmp_path / "other.db"
        return
    yield from a_schema(place.split("?", maxsplit=1)[0])


def a_schema(server: str) -> Iterator[str]:
    # No pool: a test that makes many schemas must not hold a connection for each.
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), poolclass=sa.pool.NullPool)
    name = f"test_{uuid.uuid4().hex}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    yield f"{server}?options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "register.key"


Make = Callable[..., Register]


@pytest.fixture
def make(place: str | Path, key_file: Path, clock: Clock) -> Iterator[Make]:
    """Make a register for a study at `place`; closed at the end."""
    made: list[Register] = []

    def create(study: Study, **options: Any) -> Register:
        made.append(Register.create(place, study, key_file=key_file, clock=clock, secret=b"s" * 32, **options))
        return made[-1]

    yield create
    for each in made:
        each.close()


Reopen = Callable[..., Register]


@pytest.fixture
def reopen(place: str | Path, key_file: Path, clock: Clock) -> Iterator[Reopen]:
    """Open the register at `place` once more, as another process would."""
    opened: list[Register] = []

    def again(**options: Any) -> Register:
        opened.append(Register.open(place, **{"key_file": key_file, "clock": clock, **options}))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


def events(register: Register, kind: str) -> list[str]:
    """The payloads of all events of a kind."""
    with register.session.store.reading() as connection:
        return list(
            connection.execute(
                sa.text("SELECT payload FROM event WHERE kind = :kind ORDER BY seq"), {"kind": kind}
            ).scalars()
        )


@pytest.fixture
def register(make: Make) -> Register:
    """A register with four pairs at four employers, approved and audited."""
    study = a_study()
    return ready(make(study), a_plan(study))


@pytest.fixture
def simulated_register(make: Make) -> Register:
    """A register like that, of a study that says that it is a simulation."""
    study = a_study(simulated=True)
    return ready(make(study), a_plan(study))


def numbered(register: Register, table: pd.DataFrame) -> pd.DataFrame:
    """Return an exported table in the order of the plan's numbers, which replace its keys: for who has all keys."""
    key, study = read_pairs_key(register.session.pairs_key), register.study.name
    with register.session.store.reading() as connection:
        numbers = connection.execute(sa.select(schema.pair.c.pair_id)).scalars().all()
    of = {key_in_the_table(key, study, "pair", number): number for number in numbers}
    return table.assign(pair_id=table["pair_id"].map(of)).sort_values("pair_id", ignore_index=True)


def sent_rows(pairs: int, start: date = date(2027, 1, 11)) -> pd.DataFrame:
    rows = []
    for index in range(pairs):
        arms = ("control", "treated") if index % 2 == 0 else ("treated", "control")
        for day, arm in enumerate(arms):
            rows.append((f"P{index + 1:05d}", arm, f"{start + timedelta(days=day)}T09:00"))
    return pd.DataFrame(rows, columns=["pair_id", "arm", "at"])


def reserves(count: int, first_number: int = 500_000_000, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "vacancy_id": [f"R{n:04d}" for n in range(count)],
            "employer_id": [f"{first_number + n:010d}" for n in range(count)],
            "joint_committee": "124",
            "occupation": "mason",
            "province": "Antwerpen",
            "postal_code": "2000",
            "opens": pd.Timestamp("2027-01-01"),
            "closes": pd.Timestamp("2027-06-30"),
            "channel": "email",
            "address": [f"hr@reserve{first_number + n}.example" for n in range(count)],
        }
    )
    return table.assign(**columns)


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work` in a forked process, which gets a pipe to write on; return its number and the pipe's other end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            work(writing)
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    os.close(writing)
    return child, reading


def said(reading: int) -> list[str]:
    with os.fdopen(reading) as stream:
        return stream.read().split("\n")[:-1]
