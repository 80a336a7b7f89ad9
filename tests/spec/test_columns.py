"""The pair's row: what the declaration must say, and the recipe for one more column."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import corrtest
from corrtest.cli.app import app
from corrtest.spec import (
    DICTIONARY_LANGUAGES,
    REACTIONS,
    Study,
    column_names,
    every_column,
    needed_columns,
    read_study_text,
    table_columns,
    table_schema,
)
from tests.register.conftest import APPROVAL, STUDY

PACKAGE = Path(corrtest.__file__).parent
IDENTITY = {"vacancy_id", "employer_id", "employer_name", "title", "address", "postal_code", "opens", "closes"}

COLUMN = """
[[column]]
name = "contract"
type = "string"
choices = ["permanent", "temporary"]
tables = ["vacancies?", "plan?", "register.vacancy?", "register.pair?", "pairs?", "applications?"]
seen_by = ["public"]
leaves = true
label = { en = "Contract", nl = "Contract", fr = "Contrat", de = "Vertrag" }
description = { en = "Kind of contract.", nl = "Soort contract.", fr = "Type de contrat.", de = "Art des Vertrags." }
"""

REVISION = '''"""The kind of contract."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    for table in ("vacancy", "pair"):
        op.add_column(table, sa.Column("contract", sa.Text, nullable=True))
'''

# Runs in a process of its own, with the package that has one column more.
JOURNEY = """
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from corrtest.cli.app import app
from corrtest.design import make_plan, read_plan, write_plan
from corrtest.disclosure import default_policy, release
from corrtest.register.clock import another_clock
from corrtest.report import bundle
from corrtest.spec import read_study, read_vacancies


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None:
        raise SystemExit(f"{words}: {result.output} {result.exception}")
    return result.output


study = read_study("study.toml")
write_plan(make_plan(study, read_vacancies("vacancies.csv", study)), "plan")
planned = read_plan("plan").pairs
run("register", "import", "r.db", "plan")
documents = Path("documents")
documents.mkdir()
(documents / "manifest.json").write_text("{}")
(documents / "audit.csv").write_text("pair_id,passed\\n" + "".join(f"{name},True\\n" for name in planned["pair_id"]))
run("register", "approve", "r.db", "--documents", documents)
sent = [
    {"pair_id": row.pair_id, "arm": arm, "event": "sent", "at": f"{day.date()}T10:00"}
    for row in planned.itertuples()
    for arm, day in zip(
        ("control", "treated") if row.first_arm == "control" else ("treated", "control"),
        (row.send_first_on, row.send_second_on),
        strict=True,
    )
]
pd.DataFrame(sent).to_csv("sent.csv", index=False)
with another_clock(lambda: datetime(2027, 12, 1, tzinfo=UTC)):
    run("register", "import", "r.db", "--events", "sent.csv")
run("register", "export", "r.db", "--out", "pairs.csv", "--as-of", "2027-12-01")
run("analyse", "pairs.csv", "--by", "contract", "--out", "results.json")
dictionary = bundle._dictionary("paired")
print(json.dumps({
    "plan": planned["contract"].tolist(),
    "export": pd.read_csv("pairs.csv")["contract"].tolist(),
    "dictionary": {
        table: {code: [field["title"] for field in schema["fields"] if field["name"] == "contract"]
                for code, schema in languages.items()}
        for table, languages in dictionary.items()
    },
    "groups": sorted({word for group in json.loads(Path("results.json").read_text())["groups"]
                      for word in ("permanent", "temporary") if word in json.dumps(group)}),
}))
"""


class TestDeclaration:
    def test_each_column_says_everything_in_every_language(self) -> None:
        for column in every_column():
            for language in DICTIONARY_LANGUAGES:
                assert column.label[language]
                assert column.description[language].endswith("."), (column.name, language)
            assert column.tables
            assert set(column.seen_by) <= {"public", "analyst", "partner", "coordinator"}

    def test_a_name_stands_once_in_a_table(self) -> None:
        tables = {table for column in every_column() for table in column.tables}
        for table in tables:
            names = column_names(table)  # type: ignore[arg-type]
            assert len(set(names)) == len(names), table

    def test_what_names_an_employer_or_a_vacancy_is_sealed_and_not_exported(self) -> None:
        assert set(column_names("register.sealed")) == IDENTITY
        assert set(column_names("plan.identities")) >= IDENTITY - {"opens", "closes"}  # a plan keeps no such days
        for table in ("plan", "register.pair", "register.vacancy", "pairs", "applications"):
            assert not IDENTITY & set(column_names(table))  # type: ignore[arg-type]

    def test_the_analyst_may_see_what_the_register_exports(self) -> None:
        for table in ("pairs", "applications"):
            assert all(column.seen_by_role("analyst") for column in table_columns(table))  # type: ignore[arg-type]

    def test_what_leaves_is_public_and_what_is_published_leaves(self) -> None:
        assert all(column.seen_by == ("public",) for column in every_column() if column.leaves)
        for table in ("published.pairs", "published.cells"):
            assert all(column.leaves for column in table_columns(table))  # type: ignore[arg-type]

    def test_the_pairs_table_is_the_one_of_the_design(self) -> None:
        assert needed_columns("pairs") == (
            *("pair_id", "sector", "joint_committee", "criterion", "level", "employer"),
            *("control_reaction", "treated_reaction"),
        )

    def test_the_vacancy_file_as_published(self) -> None:
        fields = {field["name"]: field for field in table_schema("vacancies")["fields"]}
        assert list(fields) == [
            *("vacancy_id", "employer_id", "employer_name", "title", "joint_committee", "occupation", "postal_code"),
            *("opens", "closes", "channel", "address", "employees", "simulated"),
        ]
        assert fields["vacancy_id"]["constraints"] == {"required": True, "unique": True}
        assert fields["channel"]["constraints"]["enum"] == ["email", "letter", "portal", "telephone"]
        assert "constraints" not in fields["employees"]

    def test_a_dictionary_in_dutch_says_what_a_column_takes(self) -> None:
        schema = table_schema("pairs", "nl")
        field = next(field for field in schema["fields"] if field["name"] == "treated_reaction")
        assert field["title"] == "Reactie op de testkandidaat"
        assert field["constraints"]["enum"] == list(REACTIONS)
        assert not field["leaves"]


@pytest.fixture
def study() -> Study:
    return read_study_text(
        STUDY.format(name="small", approval=APPROVAL, pairs=4, total=2, window=1, weeks=8), "study.toml"
    )


def vacancies_with(contracts: list[str]) -> pd.DataFrame:
    numbers = [f"04{n:06d}" for n in range(len(contracts))]
    return pd.DataFrame(
        {
            "vacancy_id": [f"V{n}" for n in range(len(contracts))],
            "employer_id": [f"{number}{97 - int(number) % 97:02d}" for number in numbers],
            "joint_committee": "124",
            "occupation": "mason",
            "postal_code": "2000",
            "opens": "2027-01-11",
            "closes": "2027-03-31",
            "channel": "email",
            "address": [f"jobs@firm{n}.example" for n in range(len(contracts))],
            "contract": contracts,
        }
    )


def test_a_register_column_is_one_declaration_and_one_revision(
    tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("study.toml").write_text(study.source, encoding="utf-8")
    vacancies_with(["permanent", "temporary"] * 6).to_csv("vacancies.csv", index=False)
    made = CliRunner().invoke(app, ["register", "init", "r.db", "study.toml"])
    assert made.exit_code == 0, made.output

    house = tmp_path / "house"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, house / "corrtest", ignore=ignored)
    for folder in ("cv_templates", "designs"):
        if (PACKAGE.parent / folder).is_dir():
            shutil.copytree(PACKAGE.parent / folder, house / folder, ignore=ignored)
    # The two edits that a new column takes.
    declaration = house / "corrtest" / "spec" / "columns.toml"
    declaration.write_text(declaration.read_text(encoding="utf-8") + COLUMN, encoding="utf-8")
    versions = house / "corrtest" / "register" / "store" / "migrations" / "versions"
    before = max(path.stem[:4] for path in versions.glob("[0-9]*.py"))
    revision = f"{int(before) + 1:04d}"
    (versions / f"{revision}_contract.py").write_text(REVISION.format(revision=revision, before=before))

    told = subprocess.run(
        [sys.executable, "-c", JOURNEY],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(house)},
    )
    assert told.returncode == 0, told.stdout + told.stderr
    journey = json.loads(told.stdout.splitlines()[-1])
    assert len(journey["plan"]) == 4
    assert set(journey["plan"]) <= {"permanent", "temporary"}
    assert sorted(journey["export"]) == sorted(journey["plan"])
    assert journey["groups"] == sorted(set(journey["plan"]))
    for table in ("vacancies", "plan", "pairs"):
        assert journey["dictionary"][table]["fr"] == ["Contrat"]
