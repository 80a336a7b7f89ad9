"""Random moves, legal and illegal, against a plain model that knows nothing of databases, events or chains."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from corrtest.register import Refusal, Register
from tests.register.conftest import a_plan, a_schema, a_study, ready

PAIRS, EMPLOYERS = 6, 3
TOTAL, WINDOW_DAYS = 2, 14
START = datetime(2027, 1, 11, 9, tzinfo=UTC)
PEOPLE = ("ann", "bob")
FAVOUR = ("none", "automatic", "negative", "request", "other_positive", "invitation")


@dataclass
class Application:
    state: str = "planned"
    owner: str | None = None
    until: datetime | None = None
    sent: datetime | None = None
    outcome: str = "none"
    positive: datetime | None = None
    withdrawn: datetime | None = None


@dataclass
class Model:
    """What the rules of DESIGN.md and the issue say, in the fewest words."""

    applications: dict[tuple[int, str], Application] = field(
        default_factory=lambda: {(pair, arm): Application() for pair in range(PAIRS) for arm in ("control", "treated")}
    )
    blocked: set[int] = field(default_factory=set)
    stopped: bool = False

    def first_arm(self, pair: int) -> str:
        return ("control", "treated")[pair % 2]

    def weighs(self, pair: int, now: datetime) -> date | None:
        first = self.applications[pair, self.first_arm(pair)]
        if first.sent is not None:
            return first.sent.date()
        if first.state == "claimed" and first.until is not None and first.until > now:
            return self.claimed_on[pair]
        return None

    claimed_on: dict[int, date] = field(default_factory=dict)

    def may_approach(self, pair: int, arm: str, now: datetime) -> bool:
        if self.stopped or pair % EMPLOYERS in self.blocked or now.date() > date(2027, 7, 9):
            return False
        if arm != self.first_arm(pair):
            first = self.applications[pair, self.first_arm(pair)]
            return first.sent is not None and now.date() > first.sent.date()
        others = [other for other in range(PAIRS) if other != pair and other % EMPLOYERS == pair % EMPLOYERS]
        days = [day for other in others if (day := self.weighs(other, now)) is not None]
        near = [day for day in days if abs((day - now.date()).days) < WINDOW_DAYS]
        return len(days) < TOTAL and not near

    def may_claim(self, pair: int, arm: str, who: str, now: datetime) -> bool:
        mine = self.applications[pair, arm]
        free = mine.state == "planned" or (
            mine.state == "claimed" and (mine.owner == who or (mine.until is not None and mine.until <= now))
        )
        return free and self.may_approach(pair, arm, now)

    def may_send(self, pair: int, arm: str, who: str, now: datetime) -> bool:
        mine = self.applications[pair, arm]
        if mine.state == "claimed" and mine.until is not None and mine.until > now:
            return mine.owner == who and self.may_approach(pair, arm, now)
        return self.may_claim(pair, arm, who, now)

    def may_react(self, pair: int, arm: str, at: datetime) -> bool:
        mine = self.applications[pair, arm]
        if mine.state not in ("sent", "withdrawn") or mine.sent is None or at < mine.sent:
            return False
        return mine.withdrawn is None or at <= mine.withdrawn

    def may_withdraw(self, pair: int, arm: str, now: datetime) -> bool:
        mine = self.applications[pair, arm]
        return mine.state == "sent" and mine.positive is not None and now >= mine.positive


pairs = st.integers(0, PAIRS - 1)
arms = st.sampled_from(["control", "treated"])
people = st.sampled_from(PEOPLE)


class Fieldwork(RuleBasedStateMachine):
    """The register beside the model: both are asked, and must say the same."""

    place: Callable[[Path], str | Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model = Model()
        self.now = START
        study = a_study(pairs=PAIRS, total=TOTAL, window=1, weeks=WINDOW_DAYS // 7)
        plan = a_plan(
            study,
            PAIRS,
            employers=EMPLOYERS,
            starts=lambda n: date(2027, 1, 11) + timedelta(days=WINDOW_DAYS * (n // EMPLOYERS)),
        )
        place = type(self).place(self.folder)
        key_file = self.folder / "key"
        self.register = ready(Register.create(place, study, key_file=key_file, clock=lambda: self.now), plan)
        for person in PEOPLE:
            self.register.people.add(person, "partner", partner=person)
        # Each works from a place of their own: what one remembers, another may have changed since.
        self.of = {who: Register.open(place, key_file=key_file, clock=lambda: self.now) for who in PEOPLE}

    def teardown(self) -> None:
        table = self.register.oversight.status().strata
        counted = {name: int(table[name].sum()) for name in table.columns[2:]}
        assert counted.pop("went_out") == sum(mine.sent is not None for mine in self.model.applications.values())
        states = [mine.state for mine in self.model.applications.values()]
        assert counted == {name: states.count(name) for name in counted}
        assert self.register.oversight.verify().passed
        for each in (self.register, *self.of.values()):
            each.close()
        shutil.rmtree(self.folder)

    def ask(self, allowed: bool, act: Callable[[], Any]) -> bool:
        try:
            act()
        except Refusal as refusal:
            assert not allowed, refusal
            return False
        assert allowed
        return True

    @initialize()
    def begin(self) -> None:
        assert self.register.sending.worklist(self.now)["pair_id"].tolist()

    @rule(hours=st.integers(1, 400))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(pair=pairs, arm=arms, who=people, hours=st.integers(1, 100))
    def claim(self, pair: int, arm: str, who: str, hours: int) -> None:
        allowed = self.model.may_claim(pair, arm, who, self.now)
        name = f"P{pair + 1:05d}"
        if self.ask(allowed, lambda: self.of[who].sending.claim(name, arm, self.now, hours=hours, actor=who)):
            mine = self.model.applications[pair, arm]
            mine.state, mine.owner, mine.until = "claimed", who, self.now + timedelta(hours=hours)
            if arm == self.model.first_arm(pair):
                self.model.claimed_on[pair] = self.now.date()

    @rule(pair=pairs, arm=arms, who=people)
    def release(self, pair: int, arm: str, who: str) -> None:
        mine = self.model.applications[pair, arm]
        allowed = mine.state == "claimed" and mine.owner == who
        name = f"P{pair + 1:05d}"
        if self.ask(allowed, lambda: self.of[who].sending.release(name, arm, self.now, actor=who)):
            mine.state = "planned"

    @rule(pair=pairs, arm=arms, who=people)
    def send(self, pair: int, arm: str, who: str) -> None:
        allowed = self.model.may_send(pair, arm, who, self.now)
        name = f"P{pair + 1:05d}"
        if self.ask(allowed, lambda: self.of[who].sending.mark_sent(name, arm, self.now, actor=who)):
            mine = self.model.applications[pair, arm]
            mine.state, mine.sent = "sent", self.now

    @rule(pair=pairs, arm=arms, who=people, word=st.sampled_from(FAVOUR[1:]), ago=st.integers(0, 48))
    def react(self, pair: int, arm: str, who: str, word: str, ago: int) -> None:
        at = self.now - timedelta(hours=ago)
        allowed = self.model.may_react(pair, arm, at)
        name = f"P{pair + 1:05d}"
        # Late answers come as well: whoever puts one on record has looked at its date.
        record = self.of[who].replies.record
        if self.ask(allowed, lambda: record(name, arm, word, at, confirmed=True, actor=who)):
            mine = self.model.applications[pair, arm]
            assert mine.sent is not None
            if at <= mine.sent + timedelta(days=30):
                mine.outcome = max(mine.outcome, word, key=FAVOUR.index)
            if word in ("invitation", "other_positive"):
                mine.positive = min(at, mine.positive or at)

    @rule(pair=pairs, arm=arms, who=people)
    def withdraw(self, pair: int, arm: str, who: str) -> None:
        allowed = self.model.may_withdraw(pair, arm, self.now)
        name = f"P{pair + 1:05d}"
        if self.ask(allowed, lambda: self.of[who].replies.withdraw(name, arm, self.now, actor=who)):
            mine = self.model.applications[pair, arm]
            mine.state, mine.withdrawn = "withdrawn", self.now

    @rule(pair=pairs, arm=arms, who=people)
    def skip(self, pair: int, arm: str, who: str) -> None:
        mine = self.model.applications[pair, arm]
        name = f"P{pair + 1:05d}"
        if self.ask(
            mine.state in ("planned", "claimed"),
            lambda: self.of[who].sending.skip(name, arm, "closed down", self.now, actor=who),
        ):
            for each in ("control", "treated"):
                if self.model.applications[pair, each].state in ("planned", "claimed"):
                    self.model.applications[pair, each].state = "skipped"

    @rule()
    def close(self) -> None:
        closed = self.register.replies.close_applications(self.now)
        due = [
            mine
            for mine in self.model.applications.values()
            if mine.sent is not None
            and mine.sent + timedelta(days=30) <= self.now
            and (mine.state == "withdrawn" or (mine.state == "sent" and mine.positive is None))
        ]
        assert closed == len(due)
        for mine in due:
            mine.state = "closed"

    @rule(pair=pairs)
    def block(self, pair: int) -> None:
        if len(self.model.blocked) < 1:
            self.register.employers.block(pair_id=f"P{pair + 1:05d}")
            self.model.blocked.add(pair % EMPLOYERS)

    @rule()
    def stop_or_resume(self) -> None:
        if self.model.stopped:
            self.register.supervision.resume()
        else:
            self.register.supervision.stop("complaint")
        self.model.stopped = not self.model.stopped

    @invariant()
    def no_cap_is_broken(self) -> None:
        for employer in range(EMPLOYERS):
            days = sorted(
                mine.sent.date()
                for (pair, arm), mine in self.model.applications.items()
                if mine.sent is not None and arm == self.model.first_arm(pair) and pair % EMPLOYERS == employer
            )
            assert len(days) <= TOTAL
            assert all((b - a).days >= WINDOW_DAYS for a, b in itertools.pairwise(days))

    @rule()
    def lists_agree(self) -> None:
        waiting = set(
            zip(
                *(self.register.replies.awaiting_withdrawal(self.now)[name] for name in ("pair_id", "arm")), strict=True
            )
        )
        assert waiting == {
            (f"P{pair + 1:05d}", arm)
            for (pair, arm), mine in self.model.applications.items()
            if mine.state == "sent" and mine.positive is not None
        }


def run(place: Callable[[Path], str | Path], examples: int) -> None:
    machine = type("Machine", (Fieldwork,), {"place": staticmethod(place)})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None, derandomize=True)
    )


@pytest.mark.parametrize("examples", [pytest.param(15), pytest.param(150, marks=pytest.mark.slow)])
def test_sqlite_keeps_to_the_model(examples: int) -> None:
    run(lambda folder: folder / "register.db", examples)


@pytest.mark.postgres
@pytest.mark.parametrize("examples", [pytest.param(5), pytest.param(60, marks=pytest.mark.slow)])
def test_postgresql_keeps_to_the_model(examples: int) -> None:
    server = os.environ.get("CORRTEST_POSTGRES_URL")
    if not server:
        pytest.skip('no PostgreSQL server: eval "$(.ci/postgres start)" gives one')
    schemas = []

    def place(_: Path) -> str:
        schemas.append(a_schema(server))
        return next(schemas[-1])

    try:
        run(place, examples)
    finally:
        for each in schemas:
            next(each, None)
