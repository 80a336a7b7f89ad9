"""The analysis from the command line: every verb and option does what its help says, or says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corrtest.cli.app import MEASURED, PUBLISHED
from corrtest.design import make_plan, write_plan
from corrtest.lab import simulate_vacancies, simulated_study
from corrtest.language import say, use
from corrtest.spec import read_vacancies

WORDS = np.array(["invitation", "other_positive", "none", "automatic"])


def pairs(seed: int, ratio: float = 0.6, rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    template = rng.choice(["a", "b"], rows)
    return pd.DataFrame(
        {
            "pair_id": [f"P{n}" for n in range(rows)],
            "sector": "construction",
            "joint_committee": "124",
            "criterion": rng.choice(["origin", "age"], rows),
            "level": "x",
            "employer": [f"E{n // 2}" for n in range(rows)],
            "control_reaction": WORDS[rng.choice(4, rows, p=[0.3, 0.05, 0.62, 0.03])],
            "treated_reaction": WORDS[rng.choice(4, rows, p=[0.3 * ratio, 0.05, 0.92 - 0.3 * ratio, 0.03])],
            "first_arm": rng.choice(["control", "treated"], rows),
            "first_arm_probability": 0.5,
            "control_template": template,
            "treated_template": np.where(template == "a", "b", "a"),
            "occupation": rng.choice(["mason", "roofer"], rows),
        }
    )


@pytest.fixture
def table(corrtest) -> str:
    pairs(1).to_csv("pairs.csv", index=False)
    return "pairs.csv"


@pytest.fixture
def long(corrtest) -> str:
    rng = np.random.default_rng(2)
    rows = [
        {"offer": offer, "gender": gender, "origin": origin, "callback": int(rng.random() < rate), "quality": quality}
        for offer in range(150)
        for quality in (round(float(rng.normal()), 3),)
        for gender, origin, rate in (("M", "F", 0.4), ("W", "F", 0.3), ("M", "V", 0.2), ("W", "V", 0.25))
    ]
    pd.DataFrame(rows).to_csv("long.csv", index=False)
    return "long.csv"


def test_tables_show_what_is_undefined_by_a_dash(corrtest):
    """One pair identifies no model, and each says why."""
    pairs(1).head(1).assign(control_reaction="none", treated_reaction="invitation").to_csv("pairs.csv", index=False)
    ran = corrtest("models", "pairs.csv")
    assert ran.code == 0, ran
    assert "disadvantage): nothing." in ran.out
    assert "at least two clusters" in ran.out
    said = corrtest("sensitivity", "pairs.csv").out
    assert "–" in said
    assert not {"None", "nan"} & set(said.split())


LONG = ("--long", "--vacancy", "offer", "--candidate", "gender,origin", "--positive", "callback")


def test_bootstrap_and_randomisation(corrtest, table):
    ran = corrtest("analyse", table, "--bootstrap", 300, "--randomisation", "counterbalanced")
    assert ran.code == 0, ran
    group = json.loads(Path("results.json").read_text())["groups"][0]
    methods = {estimate["method"] for estimate in group["estimates"]}
    assert {"bootstrap_percentile", "bootstrap_bca", "bootstrap_studentised"} <= methods
    assert group["tests"][-1]["name"] == "randomisation_counterbalanced"
    assert "fixed number of either order" in group["tests"][-1]["note"]
    assert corrtest("analyse", table, "--bootstrap", 5).code == 2
    ran = corrtest("analyse", table, "--randomisation", "balanced")
    assert ran.code == 2
    assert "counterbalanced" in ran.err


def test_a_summary_in_words(corrtest, table):
    assert corrtest("analyse", table).code == 0
    ran = corrtest("summary", "results.json", "--language", "nl")
    assert "Herkomst (uitnodigingen): In" in ran.out
    assert "een echte ratio van 0,9" in ran.out
    assert corrtest("summary", "results.json", "--language", "xx").code == 2


def test_a_study_file_says_how_a_table_without_a_plan_is_analysed(corrtest, table):
    text = simulated_study("construction").source
    choices = '[analysis]\nodd_reactions = "left_out"\nmultiplicity = "benjamini_hochberg"\n'
    Path("own.toml").write_text(text.replace("[analysis]\n", choices, 1), encoding="utf-8")
    ran = corrtest("analyse", table, "--plan", "own.toml")
    assert ran.code == 0, ran
    assert "Left out for odd reactions" in ran.out
    results = json.loads(Path("results.json").read_text())
    assert results["multiplicity"]["method"] == "benjamini_hochberg"
    assert results["inputs"]["odd_reactions"] == "left_out"
    Path("own.toml").write_text(text.replace("[analysis]\n", choices.replace("left_out", "dropped"), 1))
    assert corrtest("analyse", table, "--plan", "own.toml").code == 2


def test_channels_of_a_study_that_declares_several_are_told_apart(corrtest):
    channel = np.where(np.arange(300) % 3, "email", "telephone")
    pairs(1).assign(channel=channel).to_csv("pairs.csv", index=False)
    declared = '\n[channels]\ndeclared = ["email", "telephone"]\n'
    Path("two.toml").write_text(simulated_study("construction").source + declared, encoding="utf-8")
    assert corrtest("analyse", "pairs.csv", "--plan", "two.toml").code == 0
    groups = json.loads(Path("results.json").read_text())["groups"]
    assert {group["extra"].get("channel") for group in groups} == {None, "email", "telephone"}
    assert "tussen e-mail en telefoon" in corrtest("summary", "results.json", "--language", "nl").out
    # Without a study nothing is told apart by itself, and the test is there for who asks.
    assert corrtest("analyse", "pairs.csv").code == 0
    assert "channel" not in json.loads(Path("results.json").read_text())["groups"][-1]["extra"]
    assert corrtest("analyse", "pairs.csv", "--by", "channel").code == 0
    assert json.loads(Path("results.json").read_text())["groups"][-1]["extra"] == {"channel": "telephone"}
    ran = corrtest("contrast", "pairs.csv", "--by-channel", "--json")
    found = json.loads(ran.out)
    assert found["inputs"] == {"channels": ["email", "telephone"]}
    assert {each["first"] for each in found["comparisons"]} == {"email"}
    assert "takes one pairs table" in corrtest("contrast", "results.json", "--by-channel").err


def test_who_calls_is_clustered_by_and_too_few_are_warned_of(corrtest):
    callers = "".join(f'[[channels.caller]]\nname = "{name}"\ngroup = "a"\n' for name in ("ivy", "oak"))
    of_both = 'cluster = "employer_and_caller"'
    text = simulated_study("construction").source.replace('cluster = "employer"', of_both)
    declared = '\n[channels]\ndeclared = ["telephone"]\n'
    Path("study.toml").write_text(text + declared, encoding="utf-8")
    ran = corrtest("check", "study.toml")
    assert (ran.code, "callers, named in [[channels.caller]]" in ran.err) == (2, True)
    Path("study.toml").write_text(text + declared + callers, encoding="utf-8")
    ran = corrtest("check", "study.toml")
    assert ran.code == 0, ran
    assert "Two callers are too few" in ran.out
    assert "Two callers are too few" in json.loads(corrtest("check", "study.toml", "--json").out)["warnings"][0]
    first = np.where(np.arange(300) % 2, "ivy", "oak")
    table = pairs(1).assign(control_caller=first, treated_caller=np.where(first == "ivy", "oak", "ivy"))
    table.to_csv("pairs.csv", index=False)
    ran = corrtest("analyse", "pairs.csv", "--plan", "study.toml")
    assert ran.code == 0, ran
    assert "Only 2 people called" in ran.out
    assert json.loads(Path("results.json").read_text())["inputs"]["cluster"] == "employer_and_caller"


def test_all_candidates(corrtest, long):
    of_table = LONG[1:]
    ran = corrtest("candidates", long, *of_table, "--interaction", "M,F;W,F;M,V;W,V", "--out", "all.json")
    assert ran.code == 0, ran
    for words in ("Cochran's Q over 4 candidates", "Exclusive shares", "W,V vs M,F", "the two signals add up", "150"):
        assert words in ran.out, words
    assert len(json.loads(Path("all.json").read_text())["groups"]) == 6
    assert "four candidates" in corrtest("candidates", long, *of_table, "--interaction", "M,F;W,F").err
    assert "--candidate" in corrtest("candidates", long).err


def test_models(corrtest, table, long):
    ran = corrtest("models", table, "--covariates", "first,template")
    assert ran.code == 0, ran
    for words in ("conditional logit", "bivariate probit", "Difference by first_arm", "Difference by occupation"):
        assert words in ran.out, words
    parts = json.loads(corrtest("models", table, "--criterion", "origin", "--json").out)["models"]
    assert [part["title"] for part in parts] == ["origin, strict"]
    effects = {effect["model"]: effect["effect"] for effect in parts[0]["effects"]}
    assert effects["probit"] == pytest.approx(effects["linear probability"], abs=1e-6)
    of_long = ("--reference", "M,F", "--treated", "M,V")
    ran = corrtest("models", long, *LONG, *of_long, "--quality", "quality")
    assert ran.code == 0, ran
    assert "heteroskedastic probit" in ran.out
    assert "--treated" in corrtest("models", long, *LONG).err
    assert "no column 'colour'" in corrtest("models", table, "--covariates", "colour").err
    assert "Did you mean 'origin'" in corrtest("models", table, "--criterion", "orign").err


def test_contrast_of_waves_sectors_and_the_literature(corrtest, table):
    pairs(5, ratio=1.0).to_csv("later.csv", index=False)
    ran = corrtest("contrast", table, "later.csv", "--labels", "baseline,follow-up")
    assert ran.code == 0, ran
    assert "150 employers are in both waves" in ran.out or "baseline:" in ran.out
    for name in (table, "later.csv"):
        assert corrtest("analyse", name, "--out", name.replace("csv", "json")).code == 0
    ran = corrtest("contrast", "pairs.json", "later.json", "--json", "--out", "contrast.json")
    assert ran.code == 0, ran
    found = json.loads(ran.out)
    assert found == json.loads(Path("contrast.json").read_text())
    first = found["comparisons"][0]
    assert first["pvalue"] is not None
    assert first["difference_pvalue"] is not None
    assert "published Belgian experiments" in corrtest("contrast", "pairs.json", "--published").out
    assert "Name two measurements" in corrtest("contrast", "pairs.json").err
    assert corrtest("contrast", "pairs.json", "later.csv").code == 2


def test_margins_on_either_scale(corrtest):
    ran = corrtest("two-by-two", 400, 25, 24, 1250, "--equivalence", "0.8,1.25", "--noninferiority", 0.9)
    assert ran.out.count("is shown") == 2
    ran = corrtest("two-by-two", 400, 25, 24, 1250, "--difference", "--equivalence=-0.05,0.05", "--json")
    assert json.loads(ran.out)["margins"][0]["pvalue"] < 0.05
    assert corrtest("two-by-two", 4, 2, 2, 12, "--difference").code == 2
    assert corrtest("two-by-two", 4, 2, 2, 12, "--equivalence", "x,y").code == 2


def planned(folder: str, monitoring: str) -> None:
    """Freeze a plan of a study that says `monitoring` in its analysis."""
    from corrtest.spec import read_study

    study = simulated_study("construction")
    text = study.source.replace("[analysis]\n", f"[analysis]\n{monitoring}\n")
    Path("study.toml").write_text(text if monitoring in text else f"{text}\n[analysis]\n{monitoring}\n")
    study = read_study("study.toml")
    simulate_vacancies(study).to_csv("vacancies.csv", index=False)
    write_plan(make_plan(study, read_vacancies("vacancies.csv", study), allow_shortfall=True), Path(folder))


def test_early_looks_only_as_preregistered(corrtest, table):
    planned("without", "")
    ran = corrtest("monitor", table, "--plan", "without")
    assert ran.code == 2
    assert "preregistered no early look" in ran.err
    planned("with", 'monitoring = { rule = "obrien_fleming", looks = [0.5, 1.0], alpha = 0.05 }')
    ran = corrtest("monitor", table, "--plan", "with")
    assert ran.code == 0, ran
    assert "obrien_fleming" in ran.out
    states = json.loads(corrtest("monitor", table, "--plan", "with", "--json").out)["states"]
    assert {state["criterion"] for state in states} == {"origin", "age"}


def test_an_unpaired_study(corrtest):
    frame = pairs(3).assign(arm=lambda table: table["first_arm"])
    frame["reaction"] = np.where(frame["arm"] == "control", frame["control_reaction"], frame["treated_reaction"])
    names = ["control_reaction", "treated_reaction", "control_template", "treated_template", "first_arm"]
    frame.drop(columns=names).to_csv("applications.csv", index=False)
    ran = corrtest("analyse", "applications.csv", "--randomisation", "independent")
    assert ran.code == 0, ran
    results = json.loads(Path("results.json").read_text())
    assert results["design"] == "unpaired"
    assert "control_positive" in results["groups"][0]["counts"]
    assert "linear probability" in corrtest("models", "applications.csv").out
    assert corrtest("sensitivity", "applications.csv").code == 0
    assert corrtest("analyse", "applications.csv", "--bootstrap", 200).code == 2


def test_measurements_of_two_study_folders_are_named_by_their_folders(corrtest):
    for number, name in enumerate(("baseline", "follow_up")):
        results = Path(name, "results")
        results.mkdir(parents=True)
        pairs(number).to_csv("pairs.csv", index=False)
        assert corrtest("analyse", "pairs.csv", "--out", results / "results.json").code == 0
    ran = corrtest("contrast", "baseline/results/results.json", "follow_up/results/results.json")
    assert ran.code == 0, ran
    assert "baseline" in ran.out
    assert "follow_up" in ran.out


INTERNAL = "Internal: not through the disclosure gate; do not pass on."
SIMULATED = "Simulated reactions, no measurement."
# How each verb that prints figures is called; True where it also prints JSON.
PRINTING = {
    "analyse": (("pairs.csv",), False),
    "summary": (("results.json",), False),
    "monitor": (("pairs.csv", "--plan", "with"), True),
    "sensitivity": (("pairs.csv",), True),
    "pool": (("pairs.csv", "--criterion", "origin"), True),
    "models": (("pairs.csv",), True),
    "concentration": (("pairs.csv",), True),
    "contrast": (("results.json", "--published"), True),
    "candidates": (("long.csv", *LONG[1:]), False),
    "export": (("pairs", "--from", "pairs.csv", "--format", "csv", "--out", "exported"), False),
    "pool_experiments": (("experiments.csv", "--columns", "n0,x0,n1,x1"), False),
}


def test_every_verb_that_prints_figures_says_that_they_are_internal(corrtest, table, long):
    """A new verb on reactions is not forgotten: the list is that of the command. Counts typed by hand are nobody's."""
    assert {verb.__name__ for verb in (*MEASURED, *PUBLISHED)} - {"two_by_two"} == set(PRINTING)
    planned("with", 'monitoring = { rule = "obrien_fleming", looks = [0.5, 1.0], alpha = 0.05 }')
    two = pairs(1).assign(joint_committee=lambda frame: np.where(frame.index % 2, "124", "111"))
    Path("experiments.csv").write_text("study,n0,x0,n1,x1\na,100,30,100,20\nb,120,40,120,30\nc,90,25,90,20\n")
    for simulated, sentence in ((False, INTERNAL), (True, SIMULATED)):
        two.assign(simulated=simulated).to_csv("pairs.csv", index=False)
        for verb, (arguments, with_json) in PRINTING.items():
            of_reactions = "pairs.csv" in arguments or verb == "summary"
            handling = "simulated" if simulated and of_reactions else "internal"
            ran = corrtest(verb.replace("_", "-"), *arguments)
            assert ran.code == 0, (verb, ran)
            assert (sentence if of_reactions else INTERNAL) in ran.out, verb
            if with_json:
                ran = corrtest(verb.replace("_", "-"), *arguments, "--json")
                assert json.loads(ran.out)["handling"] == handling, verb
        for file in ("results.json", "candidates.json", "pooled.json"):
            expected = "simulated" if simulated and file == "results.json" else "internal"
            assert json.loads(Path(file).read_text())["handling"] == expected, file
    with use("nl"):
        assert say(INTERNAL).startswith("Intern")


def test_notebooks_and_plots_say_that_they_are_internal():
    from corrtest import analysis

    group = analysis.two_by_two(20, 15, 5, 60)
    shown = [group, analysis.Results(groups=(group,)), analysis.unmatched(30, 100, 20, 100)]
    for each in shown:
        assert INTERNAL in each._repr_html_()
    assert SIMULATED in analysis.Results(groups=(group,), simulated=True)._repr_html_()
    for axes in (analysis.forest_plot([group]), analysis.agreement_plot(group)):
        assert axes.get_title(loc="right") == INTERNAL
