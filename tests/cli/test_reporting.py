from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from corrtest.lab import simulate_vacancies, simulated_study

HEADER = "pair_id,sector,joint_committee,criterion,level,employer,control_reaction,treated_reaction,wave,simulated\n"


def pairs_of(sector: str, wave: str = "baseline", simulated: int = 1) -> str:
    rows = []
    for n in range(120):
        control = "invitation" if n % 4 == 0 else "none"
        treated = "invitation" if n % 6 == 0 else "negative"
        rows.append(f"P{n},{sector},124,origin,maghrebi_name,E{n},{control},{treated},{wave},{simulated}\n")
    return HEADER + "".join(rows)


@pytest.fixture
def results(corrtest) -> list[str]:
    made = []
    for sector in ("construction", "hairdressing"):
        Path(f"{sector}.csv").write_text(pairs_of(sector))
        assert corrtest("analyse", f"{sector}.csv", "--out", f"{sector}.json").code == 0
        made.append(f"{sector}.json")
    return made


def test_a_report_in_every_form_and_its_bundle(corrtest, results):
    ran = corrtest("report", results[0], "--out", "report", "--format", "html,pdf,xlsx,json", "--bundle")
    assert ran.code == 0, ran
    suffixes = sorted(path.suffix for path in Path("report").iterdir())
    assert suffixes == [".html", ".html", ".json", ".pdf", ".pdf", ".xlsx", ".xlsx", ".zip"]
    (bundle,) = Path("report").glob("*.zip")
    assert "datapackage.json" in zipfile.ZipFile(bundle).namelist()


def test_sectors_side_by_side(corrtest, results):
    ran = corrtest("compare", *results, "--out", "comparison")
    assert ran.code == 0, ran
    assert "kappers" in Path("comparison/SIMULATED_comparison_nl.html").read_text(encoding="utf-8").lower()
    assert corrtest("compare", results[0], "--out", "lone").code == 2
    assert not Path("lone").exists()


def test_an_unknown_format_or_language(corrtest, results):
    ran = corrtest("report", results[0], "--out", "report", "--format", "htm")
    assert ran.code == 2
    assert "Did you mean 'html'?" in ran.err
    assert corrtest("report", results[0], "--out", "report", "--language", "xx").code == 2
    assert not Path("report").exists()


def test_what_employers_are_told(corrtest):
    Path("study.toml").write_text(simulated_study("construction").source, encoding="utf-8")
    ran = corrtest("employers", "study.toml", "--out", "pack", "--format", "html")
    assert ran.code == 0, ran
    assert len(list(Path("pack").glob("*.html"))) == 6


def test_published_experiments_are_pooled(corrtest):
    Path("experiments.csv").write_text("study;n0;x0;n1;x1\nA;100;20;100;15\nB;200;50;200;30\nC;80;10;80;9\n")
    ran = corrtest("pool-experiments", "experiments.csv", "--columns", "n0,x0,n1,x1")
    assert ran.code == 0, ran
    assert json.loads(Path("pooled.json").read_text())["groups"]
    assert corrtest("pool-experiments", "experiments.csv", "--columns", "n0,x0").code == 2
    assert corrtest("pool-experiments", "experiments.csv", "--columns", "n0,x0,n1,x1", "--method", "REM").code == 2


def test_every_statistic_of_one_table(corrtest):
    group = json.loads(corrtest("two-by-two", 40, 25, 10, 125, "--json").out)
    assert group["counts"] == {"both": 40, "control_only": 25, "treated_only": 10, "neither": 125}
    ratio = {e["method"]: e for e in group["estimates"] if e["name"] == "discrimination_ratio"}
    assert ratio["tang"]["lower"] == pytest.approx(0.6188176425)
    few, every = (corrtest("two-by-two", 40, 25, 10, 125, *more).out for more in ((), ("--all-methods",)))
    assert "0.77" in few
    assert "bonett_price" not in few
    assert "bonett_price" in every
    assert "Not settled" in corrtest("two-by-two", 0, 4, 0, 196).out


def test_equivalence_sensitivity_and_pooling(corrtest, results):
    assert "is not shown" in corrtest("two-by-two", 40, 25, 10, 125, "--margins", "0.8,1.25").out
    assert "is shown" in corrtest("two-by-two", 400, 25, 24, 1250, "--margins", "0.8").out
    assert corrtest("two-by-two", 1, 2, 3, 4, "--margins", "2").code == 2
    choices = {
        row["choice"] for row in json.loads(corrtest("sensitivity", "construction.csv", "--json").out)["choices"]
    }
    assert {"as coded", "odd pairs left out"} <= choices
    table = Path("construction.csv").read_text().replace("P1,construction,124", "P1,construction,111")
    Path("two.csv").write_text(table.replace("P2,construction,124", "P2,construction,111"))
    ran = corrtest("pool", "two.csv", "--outcome", "strict")
    assert ran.code == 0, ran
    assert "shrunken" in ran.out


def test_weights_and_clusters_are_columns(corrtest, results):
    rows = Path("construction.csv").read_text().splitlines()
    Path("weighted.csv").write_text("\n".join([rows[0] + ",weight", *(f"{row},1" for row in rows[1:])]))
    assert corrtest("analyse", "weighted.csv", "--weights", "weight", "--cluster", "none").code == 0
    weighted = json.loads(Path("results.json").read_text())["groups"][0]
    plain = json.loads(Path("construction.json").read_text())["groups"][0]
    assert weighted["counts"] == plain["counts"]
    assert corrtest("analyse", "weighted.csv", "--cluster", "no_such_column").code == 2


def test_a_bundle_takes_the_study_and_the_preregistration_of_its_plan(corrtest, results):
    study = simulated_study("hairdressing")
    Path("study.toml").write_text(study.source, encoding="utf-8")
    simulate_vacancies(study).to_csv("vacancies.csv", index=False)
    assert corrtest("plan", "study.toml", "--vacancies", "vacancies.csv", "--out", "plan").code == 0
    ran = corrtest("report", results[0], "--out", "report", "--bundle", "--plan", "plan", "--language", "en")
    assert ran.code == 0, ran
    (bundle,) = Path("report").glob("*.zip")
    names = zipfile.ZipFile(bundle).namelist()
    assert {"plan/study.toml", "documents/preregistration-en.pdf"} <= set(names)
    assert "--bundle" in corrtest("report", results[0], "--out", "other", "--plan", "plan").err


def real_pairs(corrtest, name: str, rows: int = 120, study: str = "study") -> str:
    """Analyse a table whose employers are known in a study folder: results that protect somebody."""
    if not Path(study).exists():
        assert corrtest("new", "construction", "--out", study).code == 0
    folder = Path(study, "results")
    folder.mkdir(exist_ok=True)
    lines = pairs_of("construction", simulated=0).splitlines(keepends=True)
    (folder / f"{name}.csv").write_text("".join(lines[: rows + 1]))
    ran = corrtest("analyse", folder / f"{name}.csv", "--out", folder / f"{name}.json")
    assert ran.code == 0, ran
    return str(folder / f"{name}.json")


def reported(corrtest, results: str, out: str, *more: str) -> str:
    ran = corrtest("report", results, "--out", out, "--language", "en", *more)
    assert ran.code == 0, ran
    return Path(f"{out}/report_en.html").read_text(encoding="utf-8")


def refusal(corrtest, results: str, *more: str) -> str:
    ran = corrtest("report", results, "--out", "refused", *more)
    assert ran.code == 2, ran
    assert not Path("refused").exists()
    return ran.err


def test_earlier_releases_are_consulted_without_being_asked_for(corrtest):
    reported(corrtest, real_pairs(corrtest, "first", 110), "one")
    assert Path("study/secret/release_log/releases.jsonl").read_text(encoding="utf-8")
    second = real_pairs(corrtest, "second", 120)
    assert "almost the same pairs" in reported(corrtest, second, "two")


def test_the_same_results_in_ten_folders_give_the_same_report_or_none(corrtest):
    made = real_pairs(corrtest, "first")
    log = ("--release-log", "study/secret/release_log")
    texts = {reported(corrtest, made, f"out{n}") for n in range(2)}
    for number in range(8):
        Path(f"copy{number}").mkdir()
        copy = str(shutil.copy(made, f"copy{number}/results.json"))
        assert "no release log of its study" in refusal(corrtest, copy)
        assert "no release log of its study" in refusal(corrtest, copy, "--release-log", f"copy{number}/log")
        if not number:
            texts.add(reported(corrtest, copy, "named", *log))
    assert len(texts) == 1


def test_results_are_refused_in_a_study_that_they_do_not_belong_to(corrtest):
    made = real_pairs(corrtest, "first")
    other = Path(real_pairs(corrtest, "other", study="elsewhere"))
    copy = str(shutil.copy(made, other.with_name("results.json")))
    assert "another secret" in refusal(corrtest, copy)
    assert "another secret" in refusal(corrtest, made, "--release-log", "elsewhere/secret/release_log")


def test_a_moved_study_folder_reports_as_before_and_a_copy_without_its_secret_does_not(corrtest, monkeypatch):
    before = reported(corrtest, real_pairs(corrtest, "results"), "before")
    shutil.copytree("study", "copy", ignore=shutil.ignore_patterns("secret"))
    shutil.move("study", "moved")
    assert "no release log of its study" in refusal(corrtest, "copy/results/results.json")
    assert corrtest("analyse", "copy/results/results.csv", "--out", "copy/results/again.json").code == 0
    assert "no release log of its study" in refusal(corrtest, "copy/results/again.json")
    assert not Path("copy/secret").exists()
    monkeypatch.chdir("moved")
    assert corrtest("report", "--language", "en").code == 0
    assert Path("report/report_en.html").read_text(encoding="utf-8") == before


def test_outside_a_study_folder_the_analysis_begins_the_log_and_a_copy_elsewhere_is_refused(corrtest):
    table = pairs_of("construction", simulated=0)
    Path("outside").mkdir()
    Path("outside/pairs.csv").write_text(table)
    assert corrtest("analyse", "outside/pairs.csv", "--out", "outside/results.json").code == 0
    assert Path("outside/secret").stat().st_mode & 0o777 == 0o700
    reported(corrtest, "outside/results.json", "one")
    assert Path("outside/secret/release_log/releases.jsonl").read_text(encoding="utf-8")
    Path("mailed").mkdir()
    assert "no release log of its study" in refusal(corrtest, str(shutil.copy("outside/results.json", "mailed")))


def test_status_and_check_say_what_is_left_for_a_further_report(corrtest):
    made = real_pairs(corrtest, "first")
    Path("noise.toml").write_text('protection = "all_but_one"\n', encoding="utf-8")
    reported(corrtest, made, "one", "--policy", "noise.toml")
    said = corrtest("check", "study").out
    assert "Released so far: 1 time. 120 pairs have left with noise, and nothing of their protection is left" in said
    left = {"releases": 1, "exact": 0, "spent": 120}
    assert json.loads(corrtest("check", "study", "--json").out)["released"] == left
    assert "would undo it" in refusal(corrtest, made)
    reported(corrtest, real_pairs(corrtest, "other", study="exact"), "two")
    assert "120 pairs have left in exact counts" in corrtest("check", "exact").out


def test_results_of_two_studies_are_compared_by_what_has_left(corrtest):
    first, second = real_pairs(corrtest, "first"), real_pairs(corrtest, "second", study="elsewhere")
    refused = corrtest("compare", first, second, "--out", "comparison")
    assert refused.code == 2
    assert "report.json" in refused.err


def test_what_has_left_is_printed_again_from_its_json(corrtest):
    made = real_pairs(corrtest, "first")
    assert corrtest("report", made, "--out", "one", "--format", "html,json").code == 0
    before = Path("study/secret/release_log/releases.jsonl").read_bytes()
    again = corrtest("report", "one/report.json", "--out", "again", "--format", "html,pdf,docx", "--bundle")
    assert again.code == 0, again
    assert Path("again/report_nl.html").read_bytes() == Path("one/report_nl.html").read_bytes()
    assert Path("again/report_nl.pdf").exists()
    assert Path("study/secret/release_log/releases.jsonl").read_bytes() == before
    changed = Path("one/report.json").read_text(encoding="utf-8").replace('"pairs": 120', '"pairs": 121', 1)
    Path("changed.json").write_text(changed, encoding="utf-8")
    assert "changed after it left" in refusal(corrtest, "changed.json")


def test_the_policy_is_printed_with_its_comments_and_can_be_handed_back(corrtest, results):
    printed = corrtest("policy")
    assert printed.code == 0
    assert "min_pairs = 20" in printed.out
    assert "# (n, k) rules" in printed.out
    Path("stricter.toml").write_text(printed.out.replace("min_pairs = 20", "min_pairs = 500"), encoding="utf-8")
    ran = corrtest("report", results[0], "--out", "report", "--policy", "stricter.toml", "--language", "en")
    assert ran.code == 0, ran
    assert "Fewer than 500 pairs" in Path("report/SIMULATED_report_en.html").read_text(encoding="utf-8")


def test_a_laxer_policy_is_refused_unless_somebody_allows_it(corrtest):
    made = real_pairs(corrtest, "first")
    Path("laxer.toml").write_text("[cell]\nmin_pairs = 5\n", encoding="utf-8")
    policy = ("--policy", "laxer.toml")
    assert "protects less than the default one (min_pairs)" in refusal(corrtest, made, *policy)
    assert "Give both" in refusal(corrtest, made, *policy, "--override-by", "An Peeters")
    said = reported(corrtest, made, "out", *policy, "--override-by", "An Peeters", "--reason", "agreed by the sector")
    assert "An Peeters allowed it, for this reason: agreed by the sector" in said
    assert "An Peeters" in Path("study/secret/release_log/releases.jsonl").read_text(encoding="utf-8")


def test_a_simulated_study_is_marked_on_what_employers_would_get(corrtest):
    assert corrtest("new", "construction").code == 0
    plain = corrtest("employers", "construction", "--out", "plain", "--format", "html")
    marked = corrtest("employers", "construction", "--out", "marked", "--format", "html", "--simulated")
    assert plain.code == marked.code == 0
    assert all("SIMULATED" not in path.name for path in Path("plain").iterdir())
    for path in Path("marked").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "SIMULATED" in text or "GESIMULEERD" in text
