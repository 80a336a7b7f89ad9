from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from corrtest.design import read_plan
from corrtest.lab import simulate_vacancies, simulated_study


@pytest.fixture
def inputs(corrtest) -> tuple[str, str]:
    study = simulated_study("hairdressing")
    Path("hair.toml").write_text(study.source, encoding="utf-8")
    simulate_vacancies(study).to_csv("vacancies.csv", index=False)
    return "hair.toml", "vacancies.csv"


@pytest.mark.slow
def test_power_says_what_a_study_can_show_and_costs(corrtest, inputs):
    study, _ = inputs
    ran = corrtest("power", study, "--out", "curve.png")
    assert ran.code == 0, ran
    assert "200 pairs show a ratio of" in ran.out
    assert "85,000 euro buy" in ran.out
    assert "Advised: " in ran.out
    assert Path("curve.png").read_bytes().startswith(b"\x89PNG")
    stated = json.loads(corrtest("power", study, "--json").out)
    assert {row["criterion"] for row in stated["strata"]} == {"origin", "age", "disability"}
    assert len(stated["budget"]) == 3
    assert [row["advised"] for row in stated["budget"]].count(True) == 1
    assert "8 van de 10" in corrtest("power", study, "--language", "nl").out
    assert corrtest("power", study, "--language", "de").code == 2
    assert "does not pay the least" in corrtest("budget", study, "--total", 6000).err


def test_the_quotas_of_an_aim_go_into_the_study_file_and_a_page_to_the_board(corrtest, inputs):
    study, _ = inputs
    before = Path(study).read_text(encoding="utf-8")
    ran = corrtest("budget", study, "--total", 30000, "--page", "board.html", "--write", "sector")
    assert ran.code == 0, ran
    assert "Wat de meting kost" in Path("board.html").read_text(encoding="utf-8")
    after = Path(study).read_text(encoding="utf-8")
    assert before != after
    assert before.count("#") == after.count("#")
    assert corrtest("check", study).code == 0
    assert "no aim 'secter'" in corrtest("budget", study, "--write", "secter").err
    assert "no document format 'doc'" in corrtest("budget", study, "--page", "board.doc").err


def test_check_shows_what_the_vacancies_can_carry(corrtest, inputs):
    study, vacancies = inputs
    ran = corrtest("check", study, "--vacancies", vacancies)
    assert ran.code == 0, ran
    assert "What the vacancies can carry" in ran.out
    assert json.loads(corrtest("check", study, "--vacancies", vacancies, "--json").out)["ok"] is True


def test_a_plan_is_frozen_verified_and_amended(corrtest, inputs):
    study, vacancies = inputs
    table = pd.read_csv(vacancies, dtype=str)
    table[table["opens"] < "2027-05-01"].to_csv("early.csv", index=False)
    ran = corrtest(
        "plan", study, "--vacancies", "early.csv", "--out", "v1", "--allow-shortfall", "--frozen-by", "A. Person"
    )
    assert ran.code == 0, ran
    assert json.loads(Path("v1/manifest.json").read_text())["frozen"]["by"] == "A. Person"
    assert corrtest("verify", "v1", "--vacancies", "early.csv").code == 0
    other = corrtest("verify", "v1", "--vacancies", vacancies)
    assert other.code == 1
    assert "vacancies" in other.err

    ran = corrtest("amend", "v1", "--vacancies", vacancies, "--since", "2027-05-01", "--reason", "May", "--out", "v2")
    assert ran.code == 0, ran
    first, second = (read_plan(name).pairs for name in ("v1", "v2"))
    pd.testing.assert_frame_equal(second.head(len(first)), first)
    assert corrtest("verify", "v2", "--vacancies", vacancies, "--previous", "v1").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan",), "--out"),
        (("plan", "hair.toml", "--vacancies", "vacancies.csv"), "--out"),
        (("plan", "--vacancies", "vacancies.csv", "--out", "p"), "needs a study"),
        (("amend", "p", "--vacancies", "vacancies.csv", "--out", "q"), "--since"),
        (("verify", "p", "--vacancies", "vacancies.csv"), "not a plan"),
        (
            ("plan", "hair.toml", "hair.toml", "--vacancies", "vacancies.csv", "--out", "p"),
            "a different name for each study",
        ),
        (
            ("plan", "hair.toml", "--vacancies", "vacancies.csv", "--out", "p", "--frozen-on", "2027-01-01"),
            "--frozen-by",
        ),
    ],
)
def test_wrong_use_is_named(corrtest, inputs, arguments, message):
    ran = corrtest(*arguments)
    assert ran.code == 2
    assert message in ran.err
    assert not Path("p").exists()


def test_a_plan_is_preregistered_and_its_balance_shown(corrtest, inputs):
    study, vacancies = inputs
    assert corrtest("plan", study, "--vacancies", vacancies, "--out", "plan").code == 0
    ran = corrtest("prereg", "plan", "--out", "prereg", "--dated", "2027-01-04")
    assert ran.code == 0, ran
    assert sorted(path.suffix for path in Path("prereg").iterdir()) == [".md", ".md", ".pdf", ".pdf"]
    assert "first_arm" in corrtest("balance", "plan").out
    assert json.loads(corrtest("balance", "plan", "--json").out)


def test_what_other_studies_sent_counts(corrtest, inputs):
    study, vacancies = inputs
    plain = corrtest("plan", study, "--vacancies", vacancies, "--out", "plain", "--json")
    first = read_plan("plain").pairs.head(50)
    sent = pd.concat([first, first])[["employer_id", "send_first_on"]]
    sent.to_csv("sent.csv", index=False)
    more = ("--vacancies", vacancies, "--allow-shortfall", "--already-sent")
    ran = corrtest("plan", study, "--out", "after", *more, "sent.csv")
    assert (plain.code, ran.code) == (0, 0), ran
    assert not set(read_plan("after").pairs["employer_id"]) & set(first["employer_id"])
    ran = corrtest("plan", study, "--out", "beside", *more, "plain")
    assert ran.code == 0, ran
    twice = pd.concat([read_plan(name).pairs for name in ("plain", "beside")])
    assert twice["employer_id"].value_counts().max() == 2


@pytest.mark.slow
def test_power_takes_shares_and_clustering(corrtest, inputs):
    study, _ = inputs
    assert corrtest("power", study, "--employer-correlation", 0, "--pairs-per-employer", 1).code == 0
    assert corrtest("budget", study, "--share", "314=1").code == 0
    assert "no joint committee" in corrtest("budget", study, "--share", "315=1").err
    assert corrtest("budget", study, "--share", "314").code == 2


@pytest.mark.slow
def test_a_shortfall_is_explained_in_the_readers_language(corrtest, inputs):
    study, vacancies = inputs
    pd.read_csv(vacancies, dtype=str).head(150).to_csv("few.csv", index=False)
    assert corrtest("plan", study, "--vacancies", "few.csv", "--out", "plan", "--allow-shortfall").code == 0
    planned = pd.read_parquet("plan/plan.parquet")
    pairs = planned[["pair_id", "sector", "joint_committee", "criterion", "level", "employer"]]
    reactions = {"control_reaction": "none", "treated_reaction": "invitation", "simulated": True}
    pairs.assign(**reactions).to_csv("pairs.csv", index=False)
    assert corrtest("analyse", "pairs.csv", "--plan", "plan").code == 0
    assert corrtest("report", "results.json", "--out", "report").code == 0
    assert "Te weinig vacatures" in Path("report/SIMULATED_report_nl.html").read_text(encoding="utf-8")
    assert "Too few vacancies" in Path("report/SIMULATED_report_en.html").read_text(encoding="utf-8")


def test_power_answers_without_a_study(corrtest):
    rates = ("--control-rate", 0.2, "--ratio", 0.7)
    ran = corrtest(
        *("power-of-pairs", 200, *rates, "--association", 0.5, "--width", 0.3),
        *("--out", "curve.csv", "--out", "curve.svg"),
    )
    assert ran.code == 0, ran
    assert "200 pairs show a ratio of 0.63 or lower in 8 of 10" in ran.out
    assert "no wider than 0.3 takes 441 pairs" in ran.out
    assert len(pd.read_csv("curve.csv")) == 200
    assert Path("curve.svg").stat().st_size > 5000
    change = ("power-of-change", "--pairs", 200, *rates, "--second-ratio", 0.9)
    assert "first of 37 comparisons" in corrtest(*change, "--association", 0.5, "--comparisons", 37).out
    apart = corrtest("power-of-pairs", 400, "--unpaired", "--criterion", "origin", "--language", "nl")
    assert "400 sollicitaties, 200 van elke kandidaat, tonen een ratio van 0," in apart.out
    stated = json.loads(corrtest(*change, "--json").out)
    assert stated["changes"][0]["needed"] > 200


def test_a_study_is_told_apart_from_its_follow_up(corrtest, inputs):
    study, _ = inputs
    ran = corrtest("power-of-change", study, "--second-ratio", 0.9, "--second-pairs", 300)
    assert ran.code == 0, ran
    assert "and 300 at 0.90 are told apart in" in ran.out
    assert len(json.loads(corrtest("power-of-change", study, "--json").out)["changes"]) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("power",), "needs a study"),
        (("power-of-pairs", 200), "--control-rate and --ratio, or a --criterion"),
        (("power-of-pairs", 200, "--criterion", "ages"), "Did you mean 'age'?"),
        (("power-of-pairs", 200, "--control-rate", 1.3, "--ratio", 0.7), "a rate above 0 and below 1"),
        (("power-of-pairs", 200, "--criterion", "age", "--alpha", 0), "a level between 0 and 1"),
        (("power-of-pairs", 200, "--criterion", "age", "--clustering", "2,1.5"), "as in 2,0.1"),
        (("power-of-pairs", 200, "--criterion", "age", "--out", "c.xlsx"), "ends in .csv"),
        (("power-of-pairs", 200, "--criterion", "age", "--out", "c.gif"), ".png, .svg, .pdf"),
        (("power-of-change", "study.toml", "--pairs", 200), "goes without a study file"),
        (("power-of-change", "--criterion", "age"), "go with --pairs"),
    ],
)
def test_what_power_cannot_answer_is_named(corrtest, arguments, message):
    ran = corrtest(*arguments)
    assert ran.code == 2
    assert message in ran.err


def test_own_rates_go_before_the_published_ones(corrtest, inputs):
    ran = corrtest("power", inputs[0], "--control-rate", 0.3, "--ratio", 0.5, "--cluster-size", 1)
    assert ran.code == 0, ran
    assert "At the given ratio of 0.50" in ran.out
    assert "published for Belgium" not in ran.out


def test_a_small_committee_is_warned_of(corrtest, inputs):
    study, vacancies = inputs
    text = Path(study).read_text(encoding="utf-8")
    Path(study).write_text(text.replace("age = 200", "age = 12"), encoding="utf-8")
    ran = corrtest("plan", study, "--vacancies", vacancies, "--out", "plan")
    assert ran.code == 0, ran
    assert "! age: will not be shown by itself: 314 (12 planned)" in ran.out


@pytest.mark.slow
def test_an_unpaired_study_with_partners_is_planned_verified_and_preregistered(corrtest, inputs):
    study, vacancies = inputs
    text = Path(study).read_text(encoding="utf-8").replace("[study]", '[study]\npairing = "unpaired"', 1)
    text += '\n[[partner]]\nname = "north"\npairs_per_day = 2\n'
    Path(study).write_text(text, encoding="utf-8")
    ran = corrtest("plan", study, "--vacancies", vacancies, "--out", "plan", "--allow-shortfall")
    assert ran.code == 0, ran
    assert "of 1200 applications" in ran.out
    made = pd.read_parquet("plan/plan.parquet")
    assert made["send_first_on"].value_counts().max() <= 2
    assert set(made["partner"]) == {"north"}
    assert corrtest("verify", "plan", "--vacancies", vacancies).code == 0
    assert corrtest("prereg", "plan", "--out", "prereg").code == 0
    assert "Unpaired correspondence tests" in Path("prereg/preregistration-en.md").read_text(encoding="utf-8")
