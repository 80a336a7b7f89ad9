"""What `check` passes, no later step refuses: on studies broken at random, and on every ready design."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corrtest.design import over_budget, study_refusals
from corrtest.errors import CorrtestError
from corrtest.generator import document_refusals
from corrtest.lab import simulate_vacancies
from corrtest.resources import designs_folder
from corrtest.spec import read_study, read_study_text
from tests.cli.broken_studies import broken

DESIGNS = sorted(designs_folder().glob("*.toml"))
# Those of one or two joint committees that are measured by correspondence.
BASES = [path for path in DESIGNS if path.read_text(encoding="utf-8").count("[[committee]]") <= 2]
BASES = [path for path in BASES if read_study(path).pairs_wanted]
FAST = 4
ALL = 300


def vacancies_of(path: Path, base: Path, out: Path) -> None:
    """Write vacancies for a study that may be broken; where it is, those of the design it was made of."""
    try:
        table = simulate_vacancies(read_study(path))
    except CorrtestError:
        text = base.read_text(encoding="utf-8").replace("= 200", "= 5")
        table = simulate_vacancies(read_study_text(text, base.name))
    table.to_csv(out, index=False)


def outcome(corrtest, folder: Path, seed: int) -> str:
    """Return "refused" where `check` refuses the study; fail where it passes and a later step does not."""
    base = BASES[seed % len(BASES)]
    draft = broken(base.read_text(encoding="utf-8"), seed)
    study, vacancies, plan = draft.write(folder), folder / "vacancies.csv", folder / "plan"
    vacancies_of(study, base, vacancies)
    checked = corrtest("check", study, "--vacancies", vacancies)
    if checked.code:
        assert "expected" in checked.err, (seed, draft.changes, checked.err)
        return "refused"
    if read_study(study).instrument != "correspondence_test":
        return "not planned"
    for step in (
        ("plan", study, "--vacancies", vacancies, "--out", plan),
        ("prereg", plan, "--out", folder / "prereg"),
        ("render", plan, "--out", folder / "documents", "--format", "html", "--workers", 1),
    ):
        ran = corrtest(*step)
        assert ran.code == 0, (seed, draft.changes, step[0], ran.err)
    return "carried out"


def recorded(seed: int, found: str) -> None:
    """Add an outcome to the file that CORRTEST_OUTCOMES names, to be counted afterwards."""
    if record := os.environ.get("CORRTEST_OUTCOMES"):
        with Path(record).open("a", encoding="utf-8") as stream:
            stream.write(f"{seed} {found}\n")


@pytest.mark.parametrize("seed", range(FAST))
def test_what_check_passes_no_later_step_refuses(corrtest, tmp_path, seed):
    recorded(seed, outcome(corrtest, tmp_path, seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FAST, ALL))
def test_what_check_passes_no_later_step_refuses_in_many_studies(corrtest, tmp_path, seed):
    recorded(seed, outcome(corrtest, tmp_path, seed))


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_a_ready_design_fits_its_own_budget(path):
    study = read_study(path)
    assert study.budget.total
    assert over_budget(study) == ()
    assert document_refusals(study) == ()


def test_a_ready_design_has_no_faults_left(repository):
    assert study_refusals(read_study(repository / "designs" / "construction.toml")) == ()
