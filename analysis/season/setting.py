"""Two studies of one sector in one register: their files, vacancies, plan and candidates, and the people who work."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from keyboard import Keyboard
from truth import Letter, Pair, World

from corrtest.design import read_plan

START = date(2026, 10, 5)  # 26 weeks from here meet both days on which the clock is set
PARTNERS = ("Noord", "Oost", "Zuid", "West", "Midden")
PEOPLE = {firm: (f"{firm.lower()}_an", f"{firm.lower()}_bo") for firm in PARTNERS}
STUDIES = {"afkomst": ("origin", "maghrebi_name"), "leeftijd": ("age", "age_50")}
COORDINATORS = ("coordinator", "tweede")
_STUDY = """
[study]
name = "{name}"
sector = "construction"
wave = "baseline"
seed = {seed}
language = "nl"
period = {{ start = {start}, end = {end} }}
[[committee]]
number = "124"
pairs = {{ {criterion} = {pairs} }}
[[criterion]]
name = "{criterion}"
levels = [{{ name = "{level}", share = 1.0 }}]
[[occupation]]
code = "mason"
title = "metselaar"
committees = ["124"]
[caps]
total = 2
window = {{ pairs = 1, weeks = 8 }}
[outcomes]
strict = ["invitation"]
broad = ["invitation", "other_positive"]
"""
_FIRST = "Jan Piet Wim Bart Tom Koen Luc Jef Rik Stijn Yassine Karim Mehmet Omar Bilal Samir Rachid Hassan Emre Amine"
_LAST = (
    "Claes Peeters Maes Wouters Goossens Mertens Janssens Aerts Willems Hermans Amrani Bouzid Yilmaz Haddad Benali "
    "Ziani Kaya Idrissi Demir Tahiri Smet Wauters Pauwels Michiels Verhoeven Vermeulen Dewit Lambrecht Segers Nijs "
    "Cools Stevens Daems Coppens Baert Thijs Bogaert Jacobs Lemmens Vos"
)


def vacancies(rng: np.random.Generator, count: int, weeks: int, *, first: int = 4_000_000) -> pd.DataFrame:
    """Return made-up vacancies of masons; three employers of four have one, the others two."""
    firms = max(1, round(0.75 * count))
    numbers = [f"{first + n:08d}" for n in range(firms)]
    employers = [f"{number}{97 - int(number) % 97:02d}" for number in numbers]
    opens = [START + timedelta(weeks=int(week)) for week in rng.integers(0, max(1, weeks - 2), count)]
    return pd.DataFrame(
        {
            "vacancy_id": [f"V{first + n}" for n in range(count)],
            "employer_id": [employers[n % firms] for n in range(count)],
            "employer_name": [f"Bouwwerken {first + n % firms}" for n in range(count)],
            "title": "Metselaar (m/v/x)",
            "joint_committee": "124",
            "occupation": "mason",
            "postal_code": "2000",
            "opens": [day.isoformat() for day in opens],
            "closes": [(day + timedelta(weeks=10)).isoformat() for day in opens],
            "channel": "email",
            "address": [f"jobs@firm{first + n % firms}.example" for n in range(count)],
        }
    )


def study_files(folder: Path, seed: int, pairs: int, weeks: int) -> None:
    """Write both study files, not yet approved."""
    for n, (name, (criterion, level)) in enumerate(STUDIES.items()):
        text = _STUDY.format(
            name=name,
            seed=seed * 10 + n,
            start=START,
            end=START + timedelta(weeks=weeks, days=-3),
            criterion=criterion,
            level=level,
            pairs=pairs // 2,
        )
        partners = "".join(f'[[partner]]\nname = "{firm}"\n' for firm in PARTNERS)
        (folder / f"{name}.toml").write_text(text + partners, encoding="utf-8")


def documents(folder: Path, plan: Path, names: list[str]) -> dict[tuple[str, str], str]:
    """Write what `corrtest render` leaves that the register reads; return who each candidate is."""
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    numbers = list(read_plan(plan).pairs["pair_id"])
    (folder / "audit.csv").write_text("pair_id,passed\n" + "".join(f"{one},True\n" for one in numbers), "utf-8")
    people = {(number, arm): names.pop() for number in numbers for arm in ("control", "treated")}
    with (folder / "candidates.csv").open("w", newline="", encoding="utf-8") as stream:
        write = csv.writer(stream)
        write.writerow(("pair_id", "arm", "name", "mailbox", "telephone"))
        for n, ((number, arm), name) in enumerate(people.items()):
            mailbox = f"{name.lower().replace(' ', '.')}.{number.lower()}@post.example"
            write.writerow((number, arm, name, mailbox, f"0470 {n // 10000:02d} {n // 100 % 100:02d} {n % 100:02d}"))
    return people


def candidate_names(rng: np.random.Generator) -> list[str]:
    """Return names, each once, in a drawn order."""
    every = [f"{first} {last}" for first in _FIRST.split() for last in _LAST.split()]
    every += [f"{first} Van {last}" for first in _FIRST.split() for last in _LAST.split()]
    return [str(name) for name in rng.permutation(every)]


def world_of(folder: Path, people: dict[str, dict[tuple[str, str], str]]) -> World:
    """Return the world before the first letter: what the plans say, and who the candidates are."""
    world = World()
    for study in STUDIES:
        for row in read_plan(folder / "plan" / study).pairs.itertuples():
            arms = ("control", "treated")
            world.pairs[study, row.pair_id] = Pair(
                study=study,
                number=row.pair_id,
                vacancy=row.vacancy_id,
                employer=row.employer_id,
                first_arm=row.first_arm,
                partner=row.partner,
                lag=(row.send_second_on - row.send_first_on).days,
                letters={arm: Letter() for arm in arms},
                candidates={arm: people[study][row.pair_id, arm] for arm in arms},
            )
    return world


def open_office(keyboard: Keyboard, folder: Path, seed: int, pairs: int, weeks: int) -> World:
    """Plan both studies, make the register, approve, and let everybody in."""
    rng = np.random.default_rng([seed, 1])
    study_files(folder, seed, pairs, weeks)
    vacancies(rng, 2 * pairs, weeks).to_csv(folder / "vacancies.csv", index=False)
    reserves = vacancies(rng, max(4, pairs // 5), weeks, first=6_000_000)
    reserves.assign(opens=START.isoformat(), closes=(START + timedelta(weeks=weeks + 8)).isoformat()).to_csv(
        folder / "reserves.csv", index=False
    )
    files = [str(folder / f"{name}.toml") for name in STUDIES]
    made = keyboard.command(
        "coordinator",
        "plan",
        *files,
        "--vacancies",
        str(folder / "vacancies.csv"),
        "--out",
        str(folder / "plan"),
        "--allow-shortfall",
    )
    assert made.done, made.text
    made = keyboard.command("coordinator", "register", "init", keyboard.register, files[0])
    assert made.done, made.text
    keyboard.acts("coordinator", "", "study", files[1])
    names = candidate_names(rng)
    people = {}
    for study in STUDIES:
        approval = ("--ethics-reference", "EC-1", "--authorised-by", "the board", "--employers-informed-on")
        keyboard.acts("coordinator", study, "approve", *approval, "2026-09-01")
        people[study] = documents(folder / f"documents_{study}", folder / "plan" / study, names)
        plan = (str(folder / "plan" / study), "--documents", str(folder / f"documents_{study}"))
        keyboard.acts("coordinator", study, "import", *plan)
    keyboard.acts("coordinator", "afkomst", "import", "--vacancies", str(folder / "reserves.csv"))
    study = next(iter(STUDIES))
    keyboard.acts("coordinator", study, "person", COORDINATORS[1], "--role", "coordinator")
    keyboard.acts("coordinator", study, "person", "codeur", "--role", "coder")
    for firm, staff in PEOPLE.items():
        for name in staff:
            keyboard.acts("coordinator", study, "person", name, "--role", "partner", "--partner", firm)
    return world_of(folder, people)
