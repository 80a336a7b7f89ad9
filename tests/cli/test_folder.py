"""A study is a folder: made, asked how far it is, and gone through from the first verb to the last without a path."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import typer

from corrtest.cli.app import app
from corrtest.design import read_plan
from corrtest.lab import simulate_reactions, simulate_vacancies, simulated_study
from corrtest.spec import PLACES, read_study

OPTIONS_AT_MOST = 14
TOP = typer.main.get_command(app)
VERBS = {name: verb for name, verb in TOP.commands.items() if not hasattr(verb, "commands")}
NESTED = {
    f"{room} {name}": verb
    for room, group in TOP.commands.items()
    if hasattr(group, "commands")
    for name, verb in group.commands.items()
}


def test_each_verb_has_a_file_of_its_name():
    assert len(VERBS) > 25
    for name, verb in VERBS.items():
        assert verb.callback.__module__ == f"corrtest.cli.{name.replace('-', '_')}"


@pytest.mark.parametrize(("name", "verb"), (VERBS | NESTED).items(), ids=[*VERBS, *NESTED])
def test_no_verb_has_more_than_about_a_dozen_options(name, verb):
    options = [parameter for parameter in verb.params if parameter.param_type_name == "option"]
    assert len(options) <= OPTIONS_AT_MOST, f"{name}: {[option.name for option in options]}"


def test_the_docs_have_the_table_of_places():
    text = (Path(__file__).parents[2] / "docs" / "folder.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|$", text, flags=re.MULTILINE)
    assert rows == [
        (
            place.path,
            place.what,
            place.handling,
            ", ".join("you" if verb == "you" else f"`{verb}`" for verb in place.made_by.split(", ")),
        )
        for place in PLACES
    ]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_makes_a_study_folder(corrtest):
    ran = corrtest("new", "construction")
    assert ran.code == 0, ran
    folder = Path("construction")
    assert {path.name for path in folder.iterdir()} == {
        "study.toml",
        "vacancies",
        "secret",
        ".gitignore",
        "LEESMIJ.txt",
    }
    assert mode(folder / "secret") == 0o700
    assert (folder / ".gitignore").read_text().endswith("secret/\n")
    study = read_study(folder / "study.toml")
    assert corrtest("new", "construction", "--out", "second").code == 0
    assert read_study("second/study.toml").seed != study.seed
    assert corrtest("check", "construction").code == 0
    assert corrtest("new", "construction", "--out", "second").code == 2


def test_the_template_is_explained_and_counts_once_it_is_filled_in(corrtest, monkeypatch):
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    template = Path("vacancies/template.xlsx")
    book = openpyxl.load_workbook(template)
    sheet, explained = book.worksheets
    names = [cell.value for cell in sheet[1]]
    assert {"vacancy_id", "employer_id", "joint_committee", "address"} <= set(names)
    assert [row[0].value for row in explained.iter_rows(min_row=2)] == names
    assert len(sheet.data_validations.dataValidation) == 5
    assert "There are no vacancies" in corrtest("plan").err
    row = simulate_vacancies(read_study("study.toml")).astype(str).iloc[0]
    for column, name in enumerate(names, start=1):
        sheet.cell(row=2, column=column, value=row.get(name, ""))
    book.save(template)
    assert "asks for more than vacancies can give" in corrtest("check").err


def test_tables_of_vacancies_are_put_together(corrtest, monkeypatch):
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    table = simulate_vacancies(read_study("study.toml"))
    table.head(900).to_csv("vacancies/week_1.csv", index=False)
    table.tail(len(table) - 890).to_parquet("vacancies/week_2.parquet", index=False)
    ran = corrtest("check")
    assert ran.code == 0, ran
    other = table.head(3).assign(postal_code="9000", closes="no day")
    other.to_csv("vacancies/week_3.csv", index=False)
    refused = corrtest("check").err
    assert "week_3.csv, row 2, column 'vacancy_id'" in refused
    assert "week_3.csv, row 2, column 'closes': got 'no day' (and 2 rows more of this kind)" in refused


def test_what_is_not_made_yet_is_said_with_the_verb_that_makes_it(corrtest, monkeypatch):
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    assert "no plan yet. Make it with: corrtest plan" in corrtest("render").err
    assert "no pairs table yet. Make it with: corrtest register export" in corrtest("analyse").err


def test_status_asks_for_approvals_until_the_register_has_them(corrtest, monkeypatch):
    """A frozen study file stays as it is; what is approved later stands in the register."""
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    assert corrtest("register", "init").code == 0
    told = json.loads(corrtest("status", "--json").out)["steps"]
    waits = {step["command"].removeprefix("corrtest "): step["waits_for"] for step in told}
    assert waits["register import"] == ["corrtest plan", "corrtest register approve"]
    assert waits["register approve --documents documents"] == ["corrtest render", "corrtest register import"]
    assert waits["register worklist"] == ["corrtest register approve --documents documents"]
    assert waits["register init"] == []
    order = list(waits)
    assert all(
        order.index(each.removeprefix("corrtest ")) < order.index(verb) for verb in waits for each in waits[verb]
    )
    assert "waits for" in corrtest("status").out
    steps = {step["command"]: step["done"] for step in told}
    assert steps["corrtest register init"]
    assert not steps["corrtest register approve"]
    assert "Nothing can be sent before these are on record" in corrtest("status").out
    refused = corrtest("register", "approve", "--ethics-reference", "EC-1")
    assert refused.code == 2
    approval = ("--ethics-reference", "EC-1", "--authorised-by", "X", "--employers-informed-on", "2026-12-20")
    assert corrtest("register", "approve", *approval).code == 0
    steps = {step["command"]: step["done"] for step in json.loads(corrtest("status", "--json").out)["steps"]}
    assert steps["corrtest register approve"]
    assert "Nothing can be sent" not in corrtest("status").out


def test_the_audit_trail_can_be_read(corrtest, monkeypatch):
    """An event with a long payload, such as the study itself, takes no room from the other columns."""
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    assert corrtest("register", "init").code == 0
    said = corrtest("register", "audit").out
    assert "register_created" in said
    assert max(map(len, said.splitlines())) < 250
    assert "[[committee]]" in corrtest("register", "audit", "--json").out


def test_in_dutch_status_names_verbs_as_they_are_typed(corrtest, monkeypatch):
    monkeypatch.setenv("CORRTEST_LANGUAGE", "nl")
    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    assert corrtest("employers", "--format", "html").code == 0
    said = corrtest("status").out
    assert re.search(r"letters/ .* employers *$", said, flags=re.MULTILINE)
    assert "(openbaar)" in said
    assert "(public)" not in said


def test_status_is_for_a_study_folder(corrtest):
    ran = corrtest("status")
    assert ran.code == 2
    assert "no study folder" in ran.err


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.slow
@pytest.mark.usefixtures("open_umask")
def test_a_study_from_first_to_last_without_a_path(corrtest, monkeypatch):
    """Nine pairs, simulated; the partner's log alone is named, for it comes from elsewhere."""

    def does(*arguments: object) -> str:
        ran = corrtest(*arguments)
        assert ran.code == 0, (arguments, ran)
        return ran.out

    def following() -> str | None:
        return json.loads(does("status", "--json"))["next"]

    assert corrtest("new", "hairdressing").code == 0
    monkeypatch.chdir("hairdressing")
    approved = simulated_study("hairdressing").source.replace("= 200", "= 3")
    Path("study.toml").write_text(approved, encoding="utf-8")
    assert following() == "corrtest check"
    simulate_vacancies(read_study("study.toml")).head(300).to_csv("vacancies/week_1.csv", index=False)
    for verb in ("check", "power", "budget", "power-of-change"):
        does(verb)
    assert following() == "corrtest plan"
    does("plan")
    assert "frozen already" in corrtest("plan").err
    does("verify")
    does("balance")
    assert following() == "corrtest prereg"
    does("prereg")
    does("employers", "--format", "html")
    assert following() == "corrtest render"
    does("render", "--format", "txt", "--workers", 1)
    does("preview", "--count", 1)
    assert following() == "corrtest register init"
    does("register", "init")
    assert following() == "corrtest register import"
    does("register", "import")
    assert following() == "corrtest register worklist"
    _carry_out(does)
    assert following() == "corrtest register export"
    does("register", "export", "--as-of", "2028-01-01")
    for verb in ("analyse", "summary", "sensitivity"):
        does(verb)
    assert following() == "corrtest report"
    does("report", "--language", "en", "--bundle")
    assert following() is None
    assert "SIMULATED" in does("register", "status")
    _nothing_secret_lies_elsewhere()
    _what_is_not_public_is_closed(does)


def _carry_out(does) -> None:
    """Take in the log of a partner who sent everything, and close what is over."""
    plan = read_plan("plan/version-1")
    pairs = plan.pairs
    sent = pd.concat(
        pd.DataFrame({"pair_id": pairs["pair_id"], "arm": arm, "at": day.dt.strftime("%Y-%m-%dT09:00:00Z")})
        for arm in ("control", "treated")
        for day in [pairs["send_first_on"].where(pairs["first_arm"] == arm, pairs["send_second_on"])]
    ).sort_values("at")
    sent.to_csv("sent.csv", index=False)
    does("register", "sent", "--file", "sent.csv", "--simulated")
    reactions = simulate_reactions(plan)
    reactions.assign(at=reactions["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv("reactions.csv", index=False)
    does("register", "reaction", "--file", "reactions.csv", "--simulated")
    positive = reactions[reactions["reaction"].isin(["invitation", "other_positive"])].drop_duplicates(
        ["pair_id", "arm"]
    )
    positive.assign(at="2027-12-01T09:00:00Z")[["pair_id", "arm", "at"]].to_csv("withdrawn.csv", index=False)
    does("register", "withdraw", "--file", "withdrawn.csv")
    does("register", "end", "close", "--at", "2028-01-01T00:00")


def _what_is_not_public_is_closed(does) -> None:
    """Every file that corrtest made in a place that is not public is its owner's alone, and so is its folder."""
    of_the_user = {Path("vacancies/week_1.csv")}
    seen = set()
    for place in PLACES:
        root = Path(place.path)
        if place.handling == "public" or not root.exists():
            continue
        for path in (root, *root.rglob("*")) if place.is_folder else (root,):
            if path not in of_the_user:
                assert mode(path) == (0o700 if path.is_dir() else 0o600), path
                seen.add(place.name)
    assert seen == {"vacancies", "plan", "documents", "register", "results", "secret"}
    assert mode(Path("preview.html")) == 0o600
    assert json.loads(does("status", "--json"))["open_to_others"] == []
    Path("vacancies").chmod(0o755)
    Path("register.sqlite").chmod(0o640)
    assert json.loads(does("status", "--json"))["open_to_others"] == ["vacancies/", "register.sqlite"]
    assert "chmod 700 vacancies/ && chmod 600 register.sqlite" in does("status").replace("\n", " ")


def _nothing_secret_lies_elsewhere() -> None:
    """Only secret/ holds keys, and it is closed; no other file holds a piece of one."""
    secrets: set[bytes] = set()
    for path in Path("secret").rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path
        if path.is_file():
            secrets.update(re.findall(rb"[0-9A-Za-z+/]{40,}={0,2}", path.read_bytes()))
    assert mode(Path("secret")) == 0o700
    assert len(secrets) >= 2
    for folder, names, files in os.walk("."):
        names[:] = [name for name in names if name != "secret"]
        for path in (Path(folder, file) for file in files):
            assert path.suffix != ".key", path
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret in content], path
