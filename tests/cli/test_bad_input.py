"""One clear message for each bad input, exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from corrtest.lab import simulate_vacancies, simulated_study
from corrtest.resources import designs_folder

HEADER = "pair_id,sector,joint_committee,criterion,level,employer,control_reaction,treated_reaction\n"
ROW = "P{n},construction,124,origin,maghrebi_name,E{n},invitation,none\n"
GOOD = HEADER + "".join(ROW.format(n=n) for n in range(40))


def refused(ran, *messages: str) -> None:
    assert ran.code == 2, ran
    for message in messages:
        assert message in ran.err
    assert "Traceback" not in ran.err
    assert list(Path.cwd().glob("results*")) == []


def test_no_file(corrtest):
    refused(corrtest("analyse", "pairs.csv"), "no file", "pairs.csv")


def test_an_empty_file(corrtest):
    Path("pairs.csv").write_text("")
    refused(corrtest("analyse", "pairs.csv"), "is empty")


def test_semicolons_and_decimal_commas_are_accepted(corrtest):
    rows = [line.replace(",", ";") for line in GOOD.splitlines()]
    text = "\n".join([rows[0] + ";weight", *(row + ";1,0" for row in rows[1:])])
    Path("pairs.csv").write_text(text, encoding="utf-8-sig")
    ran = corrtest("analyse", "pairs.csv")
    assert ran.code == 0, ran
    assert Path("results.json").exists()


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("control_reaction", "control_raection", ("control_reaction", "column")),
        ("E3,invitation", "E3,invitatoin", ("invitatoin", "row 5", "Did you mean 'invitation'?")),
        ("P3,", "P4,", ("P4", "pair_id")),
        ("construction,124,origin,maghrebi_name,E3,invitation,none", "construction,124", ("row 5", "cells")),
    ],
)
def test_a_fault_in_the_pairs_is_named(corrtest, old, new, messages):
    assert old in GOOD
    Path("pairs.csv").write_text(GOOD.replace(old, new, 1))
    refused(corrtest("analyse", "pairs.csv"), *messages)


def test_a_committee_written_as_a_number(corrtest):
    Path("pairs.csv").write_text(GOOD)
    frame = pd.read_csv("pairs.csv")
    frame.to_excel("pairs.xlsx", index=False)
    refused(corrtest("analyse", "pairs.xlsx"), "written as a number", "joint_committee")
    study = (
        (designs_folder() / "construction.toml").read_text(encoding="utf-8").replace('number = "124"', "number = 124")
    )
    Path("study.toml").write_text(study, encoding="utf-8")
    refused(corrtest("check", "study.toml"), "the number 124", 'Write number = "124"')


def test_an_enterprise_number_that_fails_its_check_digits(corrtest):
    study = simulated_study("construction")
    vacancies = simulate_vacancies(study)
    vacancies.loc[3, "employer_id"] = "0403170702"
    vacancies.to_csv("vacancies.csv", index=False)
    Path("study.toml").write_text(study.source, encoding="utf-8")
    ran = corrtest("plan", "study.toml", "--vacancies", "vacancies.csv", "--out", "plan")
    refused(ran, "row 5", "employer_id", "check digits")
    assert not Path("plan").exists()


def test_quotas_that_exceed_the_vacancies(corrtest):
    study = simulated_study("construction")
    simulate_vacancies(study).head(100).to_csv("vacancies.csv", index=False)
    Path("study.toml").write_text(study.source, encoding="utf-8")
    refused(corrtest("check", "study.toml", "--vacancies", "vacancies.csv"), "124")
    refused(corrtest("plan", "study.toml", "--vacancies", "vacancies.csv", "--out", "plan"), "124")
    assert not Path("plan").exists()


def test_wrong_use_of_options(corrtest):
    Path("pairs.csv").write_text(GOOD)
    refused(corrtest("analyse", "pairs.csv", "--long"), "--vacancy, --candidate, --positive")
    refused(corrtest("analyse", "pairs.csv", "--reference", "F"), "--long")
    refused(corrtest("two-by-two", 1, 2, 3))
    refused(corrtest("two-by-two", 1, 2, 3, -4))
    refused(corrtest("report", "results.json", "--out", "report"), "results.json")
    Path("results.json").write_text("{}")
    ran = corrtest("report", "results.json", "--out", "report")
    assert ran.code == 2
    assert not Path("report").exists()


def test_new_copies_a_design_once(corrtest):
    assert corrtest("new", "construction").code == 0
    assert corrtest("check", "construction").code == 0
    ran = corrtest("new", "construction")
    assert ran.code == 2
    assert "exists already" in ran.err
    assert "Did you mean 'construction'?" in corrtest("new", "constuction").err


def test_committees(corrtest):
    assert "124" in corrtest("committees", "bouwbedrijf").out
    assert corrtest("committees", "zzz").code == 1
