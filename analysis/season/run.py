"""Seasons of field work, acted out at the command line with the mishaps of such seasons, beside a truth of their own.

`python analysis/season/run.py --seeds 1-50 --pairs 400 --weeks 26 [--postgresql ADDRESS] [--out DIR]` writes
`seasons.csv` (a row a seed), `mishaps.csv` (a row a kind of mishap) and `differences.csv` (nothing, one hopes).
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa
from keyboard import BRUSSELS, Keyboard, fill, last_event, rows_of, typed_time
from mishaps import MISHAPS, Mishap
from setting import PARTNERS, PEOPLE, START, STUDIES, open_office
from truth import DAY, HOUR, MINUTE, POSITIVE, WINDOW, Letter, Part, World

from corrtest.register import Register
from corrtest.register.oversight.pairs import key_in_the_table
from corrtest.register.store import schema
from corrtest.register.store.keys import read_pairs_key

HERE = Path(__file__).parent
WORDS, WEIGHTS = ("negative", "request", "other_positive", "invitation"), (0.45, 0.15, 0.12, 0.28)


@dataclass(order=True)
class Answer:
    """What an employer sends back, and to which letter."""

    at: datetime
    part: Part = field(compare=False)
    word: str = field(compare=False)


@dataclass
class Visit:
    """One person's list of a morning: the sheet, and what really happened to each letter on it."""

    who: str
    study: str
    path: Path
    sent: dict[str, tuple[Part, datetime]]

    @property
    def filled(self) -> dict[str, dict[str, str]]:
        """What is to be typed on the sheet."""
        return {number: {"result": "sent", "at": typed_time(at)} for number, (_, at) in self.sent.items()}


@dataclass(frozen=True)
class Named:
    """A mishap that happened, and what a person was told of it where."""

    mishap: str
    at: datetime
    where: str
    told: str
    named: bool


@dataclass
class Season:
    """Everybody's days, one after another."""

    folder: Path
    keyboard: Keyboard
    world: World
    rng: np.random.Generator
    weeks: int
    tickets: list[tuple[date, Mishap]]
    inbox: list[Answer] = field(default_factory=list)
    later: list[tuple[datetime, int, object]] = field(default_factory=list)
    last_sheet: dict[tuple[str, str], Visit] = field(default_factory=dict)
    named: list[Named] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    sheets: int = 0
    backup: Path | None = None

    # -- who and when ----------------------------------------------------------------------------------------------

    def somebody(self, firm: str) -> str:
        """Return one of a firm's people."""
        return str(self.rng.choice(PEOPLE[firm]))

    def candidate(self, part: Part) -> str:
        """Return the name of who wrote a letter."""
        study, number, arm = part
        return self.world.pairs[study, number].candidates[arm]

    def of_candidate(self, study: str, name: str) -> Part:
        """Return the letter of a candidate that may still go: a replaced pair leaves its candidates to the next."""
        return next(
            (study, pair.number, arm)
            for pair in reversed(list(self.world.of_study(study)))
            for arm, who in pair.candidates.items()
            if who == name
        )

    def ticket(self, hook: str) -> Mishap | None:
        """Return the first mishap of a kind whose day has come."""
        today = self.keyboard.now.date()
        due = [each for on, each in self.tickets if on <= today and each.hook == hook]
        return due[int(self.rng.integers(len(due)))] if due else None

    def strike(self, mishap: Mishap, *about: object) -> bool:
        """Let a mishap happen, if there is an opportunity; keep what was told of it."""
        told = mishap.happens(self, *about)
        if told is None:
            return False
        self.tickets.remove(next(each for each in self.tickets if each[1] is mishap))
        if told:
            self.name(mishap.name, mishap.where, told, mishap.is_named(told))
        return True

    def name(self, mishap: str, where: str, told: str, named: bool) -> None:
        """Keep what was told of a mishap."""
        said = " ".join(told.replace(f"{self.folder}/", "").split())
        self.named.append(Named(mishap, self.keyboard.now, where, said, named))

    def plan_for(self, at: datetime, act: object) -> None:
        """Have something done later."""
        heapq.heappush(self.later, (at, len(self.later) + len(self.named) * 1000 + self.keyboard.typed * 10, act))

    # -- days ------------------------------------------------------------------------------------------------------

    def passes(self) -> None:
        """Let every day of the season pass, and the weeks until the last window is over."""
        last = START + timedelta(weeks=self.weeks)
        day = START
        while day <= last + timedelta(days=2 * WINDOW):
            if day.weekday() < 5:
                self.work(day, sending=day < last - 3 * DAY)
            day += DAY

    def work(self, day: date, *, sending: bool) -> None:
        """Let one working day pass: lists in the morning, answers as they come, the books on Friday."""
        morning = datetime(day.year, day.month, day.day, 9)
        if sending:
            self.keyboard.now = max(morning, self.keyboard.now)
            mishap = self.ticket("day")
            if mishap is not None:
                self.strike(mishap)
            for number, firm in enumerate(PARTNERS):
                if (day.weekday() - number) % 5 in (0, 2):
                    for study in STUDIES:
                        self.visit(firm, study, morning + 5 * number * MINUTE)
        self.catch_up(morning + 9 * HOUR)
        if day.weekday() == 4:
            self.keyboard.now = max(self.keyboard.now, morning + 9 * HOUR)
            self.books()

    def catch_up(self, until: datetime) -> None:
        """Do what waits until then: answers are noted within the hour, in the order in which they came."""
        while self.inbox or self.later:
            answer_at = self.inbox[0].at + HOUR if self.inbox else datetime.max
            later_at = self.later[0][0] if self.later else datetime.max
            if min(answer_at, later_at) > until:
                return
            self.keyboard.now = max(self.keyboard.now, min(answer_at, later_at))
            if later_at < answer_at:
                heapq.heappop(self.later)[2]()  # type: ignore[operator]
            else:
                self.answered(heapq.heappop(self.inbox))

    # -- letters ---------------------------------------------------------------------------------------------------

    def write_list(self, who: str, study: str) -> Path:
        """Write a work list as a sheet."""
        self.sheets += 1
        path = self.folder / "sheets" / f"list-{self.sheets}.xlsx"
        self.keyboard.acts(who, study, "worklist", "--at", typed_time(self.keyboard.now), "--out", str(path))
        return path

    def visit(self, firm: str, study: str, at: datetime) -> None:
        """Let somebody of a firm send what the list has, and hand the sheet in."""
        self.keyboard.now = max(at, self.keyboard.now)
        who = self.somebody(firm)
        visit = Visit(who, study, self.write_list(who, study), {})
        for row in rows_of(visit.path)[:6]:
            part = self.of_candidate(study, row["candidate"])
            minutes = int(self.rng.integers(5, 60))
            visit.sent[row["application"]] = (part, self.keyboard.now + minutes * MINUTE)
        if not visit.sent:
            return
        self.keyboard.now += HOUR
        mishap = self.ticket("sheet")
        if mishap is None or not self.strike(mishap, visit):
            self.hand_in(visit)
        self.last_sheet[who, study] = visit

    def hand_in(self, visit: Visit) -> None:
        """Fill in the sheet as it was, and hand it in."""
        self.post(visit)
        fill(visit.path, visit.filled)
        self.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(visit.path))

    def post(self, visit: Visit) -> None:
        """Let the letters of a list go out."""
        for part, at in visit.sent.values():
            self.send(part, at)

    def send(self, part: Part, at: datetime) -> None:
        """Let one letter go out, and let its employer answer in days to come, or never."""
        self.world.post(part, at)
        if self.rng.random() < 0.2:
            self.arrives(Answer(at + int(self.rng.integers(1, 4)) * MINUTE, part, "automatic"))
        if self.rng.random() < 0.45:
            days = 1 + self.rng.exponential(7) if self.rng.random() < 0.93 else self.rng.integers(32, 50)
            on = at.date() + int(days) * DAY
            while on.weekday() > 4:
                on += DAY
            minutes = int(self.rng.integers(0, 6 * 60))
            word = str(self.rng.choice(WORDS, p=WEIGHTS))
            self.arrives(Answer(datetime(on.year, on.month, on.day, 9) + minutes * MINUTE, part, word))

    def replaced(self, part: Part, number: str) -> None:
        """Let a pair's letters go to the vacancy of a reserve instead."""
        study, old, _ = part
        pair = self.world.pairs[study, old]
        for letter in pair.letters.values():
            letter.end = "replaced"
        with Register.open(self.keyboard.register, study=study) as register:
            found = register.finding.find(number)[0]
        letters = {arm: Letter() for arm in pair.letters}
        fresh = replace(pair, number=number, vacancy=found.vacancy_id, employer=found.employer_id, letters=letters)
        self.world.pairs[study, number] = fresh

    def arrives(self, answer: Answer) -> None:
        """Let an answer lie ready until its hour."""
        heapq.heappush(self.inbox, answer)

    # -- answers ---------------------------------------------------------------------------------------------------

    def answered(self, answer: Answer) -> None:
        """Let somebody note an answer, and tell the employer no where it is a yes."""
        letter = self.world.letter(answer.part)
        if letter.end or (letter.withdrawn and letter.withdrawn < answer.at):
            return
        study, number, _ = answer.part
        who = self.somebody(self.world.pairs[study, number].partner)
        letter.answers.append((answer.word, answer.at))
        mishap = self.ticket("answer")
        if mishap is None or not self.strike(mishap, answer, who):
            self.note(answer, who)
        if answer.word in POSITIVE and letter.withdrawn is None:
            mishap = self.ticket("withdrawal")
            if mishap is None or not self.strike(mishap, answer, who):
                self.withdraw(answer.part, who, self.keyboard.now + 10 * MINUTE)

    def note(self, answer: Answer, who: str, *more: str) -> None:
        """Note an answer; where it is late, as the register asks it."""
        study, name = answer.part[0], self.candidate(answer.part)
        words = (name, "--reaction", answer.word, "--at", typed_time(answer.at), *more)
        if self.world.letter(answer.part).counts(answer.at):
            self.keyboard.acts(who, study, "reaction", *words)
            return
        said = self.keyboard.types(who, study, "reaction", *words)
        # Books that are closed are opened first; only then is the late date to be confirmed.
        if "that is closed" in said.text:
            self.name(
                "an answer after the books were closed", "message", said.text, "Take the closing back" in said.text
            )
            event = last_event(self.keyboard.acts(who, study, "correct", name), "closed")
            self.keyboard.acts(who, study, "correct", "--event", event, "--reason", "an answer came after all")
            said = self.keyboard.types(who, study, "reaction", *words)
        self.name("an answer after its window", "message", said.text, not said.done and "after its window" in said.text)
        self.keyboard.acts(who, study, "reaction", *words, "--confirmed")

    def withdraw(self, part: Part, who: str, at: datetime) -> str:
        """Tell an employer that the candidate is no longer available."""
        self.keyboard.now = max(self.keyboard.now, at)
        self.world.letter(part).withdrawn = at
        return self.keyboard.acts(who, part[0], "withdraw", self.candidate(part), "--at", typed_time(at))

    # -- books -----------------------------------------------------------------------------------------------------

    def books(self) -> None:
        """Close what is over, and hold the progress against the truth."""
        for study in STUDIES:
            self.keyboard.acts("coordinator", study, "end", "close")
            found = self.keyboard.json("coordinator", study, "progress")["letters"]
            out = sum(
                letter.sent is not None for pair in self.world.of_study(study) for letter in pair.letters.values()
            )
            if found["sent"] != out:
                self.differences.append(f"{self.keyboard.now} {study}: progress {found['sent']}, truth {out}")

    def compare(self) -> None:
        """Hold all that the register says at the end against the truth."""
        self.differences += self.world.broken
        self.differences += [f"not named: {each}" for each in self.named if not each.named]
        for study in STUDIES:
            self.compare_exported(study)
            self.compare_states(study)
            late = sum(each.late_withdrawal for pair in self.world.of_study(study) for each in pair.letters.values())
            told = self.keyboard.json("coordinator", study, "status")["late_withdrawals"]
            if told != late:
                self.differences.append(f"{study}: {told} late withdrawals, truth {late}")
        said = self.keyboard.types("coordinator", next(iter(STUDIES)), "verify")
        if not said.done:
            self.differences.append(said.text)

    def compare_exported(self, study: str) -> None:
        """Compare every row of the export with the pair that it is about."""
        out = self.folder / f"pairs_{study}.csv"
        self.keyboard.acts("coordinator", study, "export", "--out", str(out))
        table = pd.read_csv(out).set_index("pair_id")
        with Register.open(self.keyboard.register, study=study) as register:
            key = read_pairs_key(register.session.pairs_key)
        expected = self.world.complete(study)
        of = {key_in_the_table(key, study, "pair", number): number for number in expected}
        for number in table.index.difference(list(of)):
            self.differences.append(f"{study}: {number} is exported and did not go out whole")
        for name, number in of.items():
            row = table.loc[name] if name in table.index else None
            columns = ("control_reaction", "treated_reaction", "status", "sent_on", "second_sent_on")
            found = None if row is None else tuple(str(row[column]) for column in columns)
            if found != tuple(map(str, expected[number])):
                self.differences.append(f"{study} {number}: exported {found}, truth {expected[number]}")

    def compare_states(self, study: str) -> None:
        """Compare the state of every letter, and when it went out."""
        today = self.keyboard.now.date()
        with Register.open(self.keyboard.register, study=study) as register:
            query = (
                sa.select(schema.pair.c.pair_id, *(schema.application.c[name] for name in ("arm", "state", "sent_at")))
                .join_from(schema.application, schema.pair, schema.application.c.pair_ref == schema.pair.c.pair_ref)
                .where(schema.pair.c.study_ref == register.session.study_ref)
            )
            with register.session.store.reading() as connection:
                rows = connection.execute(query).all()
        for row in rows:
            letter = self.world.pairs[study, row.pair_id].letters[row.arm]
            sent = row.sent_at and datetime.fromisoformat(row.sent_at).astimezone(BRUSSELS).replace(tzinfo=None)
            state = "planned" if row.state == "claimed" else row.state
            if (state, sent) != (letter.state(today), letter.sent):
                told = f"register {state} {sent}, truth {letter.state(today)} {letter.sent}"
                self.differences.append(f"{study} {row.pair_id} {row.arm}: {told}")


def tickets(rng: np.random.Generator, weeks: int) -> list[tuple[date, Mishap]]:
    """Draw when each mishap is to happen: each at least once, in a long season more often."""
    drawn = [
        (START + timedelta(days=int(day)), mishap)
        for mishap in MISHAPS
        for day in rng.integers(mishap.from_day, max(mishap.from_day + 1, 7 * weeks - 14), 1 + rng.poisson(weeks / 26))
    ]
    return [drawn[n] for n in sorted(range(len(drawn)), key=lambda n: drawn[n][0])]


def a_season(seed: int, pairs: int, weeks: int, language: str, register: str | None = None) -> Season:
    """Act out one season, and compare it with the truth."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sheets").mkdir()
        keyboard = Keyboard(register or str(folder / "register.db"), language)
        with contextlib.chdir(folder), keyboard.clock():
            world = open_office(keyboard, folder, seed, pairs, weeks)
            rng = np.random.default_rng([seed, 2])
            season = Season(folder, keyboard, world, rng, weeks, tickets(rng, weeks))
            season.passes()
            season.compare()
    return season


@contextlib.contextmanager
def a_place(server: str | None) -> Iterator[str | None]:
    """Give a schema of its own on a server, or nothing, where a file is used."""
    if server is None:
        yield None
        return
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), poolclass=sa.pool.NullPool)
    name = f"season_{uuid.uuid4().hex}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        yield f"{server}?options=-csearch_path%3D{name}"
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


def of_seeds(text: str) -> range:
    """Return the seeds that `A-B` names."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def summary(seed: int, season: Season, seconds: float) -> dict[str, object]:
    """Return what a season came to in one row."""
    letters = [letter for pair in season.world.pairs.values() for letter in pair.letters.values()]
    return {
        "seed": seed,
        "pairs": len(season.world.pairs),
        "letters_sent": sum(letter.sent is not None for letter in letters),
        "pairs_out": sum(pair.out for pair in season.world.pairs.values()),
        "answers": sum(len(letter.answers) for letter in letters),
        "commands": season.keyboard.typed,
        "mishaps": len(season.named),
        "not_met": len(season.tickets),
        "not_named": sum(not each.named for each in season.named),
        "broken_rules": len(season.world.broken),
        "differences": len(season.differences),
        "seconds": round(seconds),
    }


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    """Run the seasons, write what came of them, and return a row a season."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=of_seeds, default=range(1, 2))
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--language", default="en", choices=("en", "nl"))
    parser.add_argument("--postgresql", metavar="ADDRESS")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    given = parser.parse_args(arguments)
    rows, named, differences = [], [], []
    for seed in given.seeds:
        begun = time.monotonic()
        with a_place(given.postgresql) as place:
            season = a_season(seed, given.pairs, given.weeks, given.language, place)
        rows.append(summary(seed, season, time.monotonic() - begun))
        named += [(seed, each.mishap, each.where, each.told[:300], each.named) for each in season.named]
        differences += [(seed, told) for told in season.differences]
        print(rows[-1], flush=True)
        write(given.out, rows, named, differences)
    return pd.DataFrame(rows)


def write(out: Path, rows: list[dict[str, object]], named: list[tuple[object, ...]], differences: list[object]) -> None:
    """Write all three tables, after each season anew."""
    out.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(out / "seasons.csv", index=False)
    pd.DataFrame(differences, columns=["seed", "difference"]).to_csv(out / "differences.csv", index=False)
    every = pd.DataFrame(named, columns=["seed", "mishap", "where", "told", "named"])
    by_kind = every.groupby("mishap", as_index=False).agg(
        times=("named", "size"), named=("named", "sum"), where=("where", "first"), told=("told", "first")
    )
    by_kind.to_csv(out / "mishaps.csv", index=False)


if __name__ == "__main__":
    main()
