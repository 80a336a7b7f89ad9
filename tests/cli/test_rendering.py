from __future__ import annotations

import json
from pathlib import Path

import pytest

from corrtest.lab import simulate_vacancies, simulated_study


@pytest.fixture
def plan(corrtest) -> str:
    """A plan of nine pairs, three a criterion."""
    text = simulated_study("hairdressing").source.replace("= 200", "= 3")
    Path("hair.toml").write_text(text, encoding="utf-8")
    simulate_vacancies(simulated_study("hairdressing")).head(300).to_csv("vacancies.csv", index=False)
    assert corrtest("plan", "hair.toml", "--vacancies", "vacancies.csv", "--out", "plan").code == 0
    return "plan"


def test_documents_are_written_audited_and_kept(corrtest, plan):
    ran = corrtest("render", plan, "--out", "documents", "--format", "pdf,json", "--workers", 1)
    assert ran.code == 0, ran
    assert "specimens" in ran.out
    # A CV each, and a letter where it is not in the mail itself.
    written = [path for path in Path("documents").glob("*/*") if path.is_dir()]
    assert len(written) == 18
    for folder in written:
        mail = (folder / "email.txt").read_text(encoding="utf-8").partition("\n\n")[0]
        assert all(path.name in mail for path in folder.glob("*.pdf")), folder
        assert len(list(folder.glob("*.pdf"))) in (1, 2), folder
    assert json.loads(Path("documents/manifest.json").read_text())
    again = corrtest("render", plan, "--out", "documents", "--format", "pdf,json", "--workers", 1)
    assert "9 pairs were finished by an earlier run" in again.out


def test_a_preview_is_one_page(corrtest, plan):
    ran = corrtest("preview", plan, "--count", 2, "--out", "preview.html")
    assert ran.code == 0, ran
    assert "&lt;mark" in Path("preview.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_audit_of_a_study_leaves_a_table_a_plot_and_a_page_and_says_which_check_failed(corrtest):
    text = simulated_study("hairdressing").source.replace("= 200", "= 8")
    Path("hair.toml").write_text(text + "\n[detectability]\narms_auc = 1\nstandardised_difference = 0.0\n")
    simulate_vacancies(simulated_study("hairdressing")).head(300).to_csv("vacancies.csv", index=False)
    assert corrtest("plan", "hair.toml", "--vacancies", "vacancies.csv", "--out", "plan").code == 0
    ran = corrtest("audit", "plan", "--out", "audited", "--workers", 1)
    assert ran.code == 1
    assert "arms differ in length (standard deviations): " in ran.err
    assert "(limit 0; " in ran.err
    assert "side by side" in ran.out
    assert {path.name for path in Path("audited").iterdir()} == {
        "machine_reading.csv",
        *(f"study_audit.{kind}" for kind in ("csv", "png", "html")),
    }
    assert "De controles" in Path("audited/study_audit.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("render", "plan"), "--out"),
        (("render", "plan", "--out", "d", "--format", "pfd"), "pfd"),
        (("render", "none", "--out", "d"), "not a plan"),
        (("render", "plan", "--out", "d", "--contacts", "none.csv"), "none.csv"),
    ],
)
def test_wrong_use_is_named(corrtest, plan, arguments, message):
    ran = corrtest(*arguments)
    assert ran.code == 2
    assert message in ran.err
    assert not list(Path().glob("d/P*"))
