"""The whole job on the construction design, and what its outputs may never hold."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corrtest.design import read_plan
from corrtest.spec import PLACES

# `make demo` is the same job; here its outputs are read.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [sys.executable, "-c", "from corrtest.cli import main; main()", "demo", "--out", str(out)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for name in ("report", "documents", "results/results.json"):
        assert str(out / name) in done.stdout
    return out


@pytest.fixture(scope="module")
def planned(demo) -> pd.DataFrame:
    return read_plan(demo / "plan" / "version-1").pairs


def test_six_hundred_pairs_and_no_cap_broken(demo, planned):
    """The caps of designs/construction.toml, checked without any of the planner's code: 2 in all, 1 in 8 weeks."""
    assert planned.groupby("criterion").size().to_dict() == {"origin": 200, "age": 200, "disability": 200}
    assert planned["vacancy_id"].is_unique
    vacancies = pd.read_csv(demo / "vacancies" / "vacancies.csv", dtype=str).set_index("vacancy_id")
    for _, pairs in planned.groupby("employer_id"):
        days = sorted(pd.to_datetime(pairs["send_first_on"]))
        assert len(days) <= 2
        assert all((later - earlier).days >= 56 for earlier, later in pairwise(days))
    for row in planned.itertuples():
        vacancy = vacancies.loc[row.vacancy_id]
        first, second = pd.Timestamp(row.send_first_on), pd.Timestamp(row.send_second_on)
        assert pd.Timestamp(vacancy["opens"]) <= first < second <= pd.Timestamp(vacancy["closes"])
        assert row.employer_id == vacancy["employer_id"]
    assert planned["send_second_on"].max() <= pd.Timestamp("2027-07-09")


def test_both_arms_get_every_place_equally_often(planned):
    for _, pairs in planned.groupby("criterion"):
        assert abs((pairs["first_arm"] == "control").sum() - len(pairs) / 2) <= 1
        counts = pairs["control_template"].value_counts()
        assert counts.max() - counts.min() <= 1
        assert (pairs["control_template"] != pairs["treated_template"]).all()


def test_every_application_has_its_document(demo, planned):
    documents = demo / "documents"
    assert len(list(documents.rglob("*.pdf"))) >= 2 * len(planned)
    assert (documents / "audit.csv").exists()
    assert (documents / "manifest.json").exists()


def test_no_identifier_leaves(demo):
    vacancies = pd.read_csv(demo / "vacancies" / "vacancies.csv", dtype=str)
    secrets = {value for name in ("vacancy_id", "employer_id", "employer_name", "address") for value in vacancies[name]}
    domains = {address.split("@")[1] for address in vacancies["address"]}
    leaving = [demo / "results" / "results.json", *(path for path in (demo / "report").rglob("*") if path.is_file())]
    assert len(leaving) >= 3
    for path in leaving:
        text = path.read_bytes().decode("utf-8", errors="replace")
        hits = [secret for secret in secrets | domains if secret in text]
        assert hits == [], f"{path.name} holds {hits[:3]}"


def tables_in(folder: Path) -> list[pd.DataFrame]:
    """Every table in a folder, as text, its days as days."""
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
    found = [read[path.suffix](path) for path in sorted(folder.rglob("*")) if path.suffix in read]
    return [table.astype(str).replace("NaT", "") for table in found]


def employers_reached(export: pd.DataFrame, held: list[pd.DataFrame], employers: set[str]) -> set[str]:
    """Which employers the rows of an exported table lead to, through every value or combination that few rows share.

    A row leads to another where both hold a value that at most two rows of a table do; and the sending day together
    with what else two tables have in common counts as such a value.
    """
    shared = ["first_arm", "control_template", "treated_template", "occupation", "province", "level", "criterion"]
    tables = [table.rename(columns={"send_first_on": "sent_on"}) for table in (export, *held)]
    columns = [name for name in shared if all(name in table for table in tables if "sent_on" in table)]
    rows: list[set[str]] = []
    for table in tables:
        values = [table[name] for name in table]
        if "sent_on" in table:
            values.append(table["sent_on"].str[:10].str.cat([table[name] for name in columns], sep="|"))
        each: list[set[str]] = [set() for _ in range(len(table))]
        for column in values:
            few = column.map(column.value_counts()) <= 2
            for number in np.flatnonzero(few & (column.str.len() > 4)):
                each[number].add(column.iloc[number])
        rows += each
    # Rows that hold a value in common are one; what is one with an exported row is reached.
    leader = list(range(len(rows)))

    def first(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    holder: dict[str, int] = {}
    for number, values_of in enumerate(rows):
        for value in values_of:
            leader[first(number)] = first(holder.setdefault(value, number))
    reached = {first(number) for number in range(len(export))}
    return {value for value, number in holder.items() if value in employers and first(number) in reached}


def test_nothing_that_an_analyst_holds_leads_from_an_answer_to_an_employer(demo, planned):
    """The join of the exported pairs with all that whoever analyses may have; with the secrets it would find them."""
    employers, addresses = set(planned["employer_id"]), set(planned["address"])
    held = [demo / place.path for place in PLACES if not place.names_employers and (demo / place.path).exists()]
    assert {path.name for path in held} >= {"study.toml", "plan", "results", "report"}
    files = [path for each in held for path in (each, *each.rglob("*")) if path.is_file()]
    files += [demo / "documents" / "manifest.json", demo / "documents" / "audit.csv"]
    for path in files:
        text = path.read_bytes().decode("latin-1")
        assert not [name for name in employers | addresses | set(planned["vacancy_id"]) if name in text], path
    export = pd.read_csv(demo / "results" / "pairs.csv").astype(str)
    assert len(export) == 600
    assert not set(export["pair_id"]) & set(planned["pair_id"])
    assert not set(export["employer"]) & set(planned["employer"])
    mine = [table for folder in held if folder.is_dir() for table in tables_in(folder)]
    mine.append(pd.read_csv(demo / "documents" / "audit.csv").astype(str))
    assert employers_reached(export, mine, employers) == set()
    # The attack works: who has the identities as well reaches most of them by the sending day alone.
    assert len(employers_reached(export, [*mine, *tables_in(demo / "secret")], employers)) > 300


def test_every_output_says_that_it_is_simulated(demo):
    results = json.loads((demo / "results" / "results.json").read_text(encoding="utf-8"))
    assert results["simulated"] is True
    assert (
        "SIMULATED" in json.loads((demo / "plan" / "version-1" / "manifest.json").read_text(encoding="utf-8"))["study"]
    )
    for page in (demo / "report").glob("*.html"):
        text = page.read_text(encoding="utf-8").lower()
        assert "gesimuleerd" in text or "simulated" in text
    assert "simulated" in pd.read_csv(demo / "results" / "pairs.csv").columns


def test_the_results_add_up(demo):
    groups = json.loads((demo / "results" / "results.json").read_text(encoding="utf-8"))["groups"]
    tops = [g for g in groups if g["outcome"] == "strict" and g["joint_committee"] is None and g["level"] is None]
    assert {g["criterion"] for g in tops} == {"origin", "age", "disability"}
    for group in tops:
        assert sum(group["counts"].values()) == group["pairs"] == 200
        parts = [
            g
            for g in groups
            if g["outcome"] == "strict"
            and g["joint_committee"] is None
            and g["criterion"] == group["criterion"]
            and g["level"] is not None
        ]
        for cell, count in group["counts"].items():
            assert sum(part["counts"][cell] for part in parts) == count
