"""A criterion is one file of spec/criteria/: then a study may test it, from the plan to the report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.recipes.conftest import House

CRITERION = """
label = { nl = "zorg", en = "care duties", fr = "soins", de = "Sorgearbeit" }

[power]
control_rate = 0.30
ratio = 0.70
source = "invented for a test"

[levels.single_parent]
label = { nl = "alleenstaande ouder", en = "single parent", fr = "parent isolé", de = "alleinerziehend" }
where = "both"
[levels.single_parent.nl]
cv = ["Ik voed mijn twee kinderen alleen op."]
letter = ["Ik ben alleenstaande ouder van twee kinderen; de opvang is geregeld."]
"""


RENDER = """
import sys
from corrtest.generator import render_pairs
from tests.generator.pairs import make_pairs

pairs = make_pairs(2, criterion="care", level="single_parent")
print(render_pairs(pairs, sys.argv[1], seed=3, formats=("html",), workers=1).failures)
"""


@pytest.fixture
def study(house: House, tmp_path: Path) -> Path:
    """A study of the new criterion, in a house that has it."""
    house.write("corrtest/spec/criteria/care.toml", CRITERION)
    ready = (house.root / "designs" / "hairdressing.toml").read_text(encoding="utf-8")
    before, rest = ready.split("[[criterion]]", 1)
    before = before.replace("pairs = { origin = 200, age = 200, disability = 200 }", "pairs = { care = 40 }")
    after = rest[rest.index("[[occupation]]") :]
    named = '[[criterion]]\nname = "care"\nlevels = [{ name = "single_parent", share = 1.0 }]\n\n'
    path = tmp_path / "study.toml"
    path.write_text(before + named + after, encoding="utf-8")
    return path


def test_a_criterion_is_one_file(house: House, study: Path, tmp_path: Path, repository: Path) -> None:
    assert house.touched() == ["corrtest/spec/criteria/care.toml"]
    checked = house.corrtest("check", study)
    assert checked.returncode == 0, checked.stderr
    assert "0.7" in house.corrtest("power", study).stdout
    script = tmp_path / "render.py"
    script.write_text(RENDER, encoding="utf-8")
    shutil.copytree(repository / "tests" / "generator", house.root / "tests" / "generator")
    (house.root / "tests" / "__init__.py").touch()
    done = house.python(script, tmp_path / "out")
    assert done.stdout.split() == ["0"], done.stderr
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.html")]
    assert sum("Ik voed mijn twee kinderen alleen op." in page for page in pages) == 2


@pytest.mark.slow
def test_the_whole_job_with_a_criterion_of_one_file(house: House, study: Path, tmp_path: Path) -> None:
    """On simulated reactions: plan, documents and their audit, register, analysis, gate, report."""
    done = house.corrtest("demo", "--design", study, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (audit,) = (pd.read_csv(path) for path in (tmp_path / "out").rglob("audit.csv"))
    assert audit["passed"].all()
    (report,) = (path for path in (tmp_path / "out").rglob("*_nl.html") if "report" in path.name)
    assert "alleenstaande ouder" in report.read_text(encoding="utf-8")
