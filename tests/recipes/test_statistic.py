"""How to add a statistic: one file and one line; one that the gate cannot protect is refused aloud."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corrtest.analysis import DESIGNS, two_by_two
from tests.disclosure.sectors import sector_pairs

# The file: Cohen's kappa, the agreement of an employer's two reactions beyond chance.
FILE = '''
"""Cohen's kappa: how far both reactions to a pair agree beyond chance."""

import numpy as np

from corrtest.analysis.statistics.of_pairs import PairedStatistic


def kappa(tables):
    a, b, c, d = tables.both, tables.control_only, tables.treated_only, tables.neither
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * (a * d - b * c) / ((a + b) * (b + d) + (a + c) * (c + d))


def gradient(tables):
    a, b, c, d = tables.both, tables.control_only, tables.treated_only, tables.neither
    below = (a + b) * (b + d) + (a + c) * (c + d)
    above = np.stack([2 * d, -2 * c, -2 * b, 2 * a], axis=-1)
    moved = np.stack([b + d + c + d, b + d + a + b, c + d + a + c, a + b + a + c], axis=-1)
    return (above - kappa(tables)[..., None] * moved) / below[..., None]


STATISTICS = (
    PairedStatistic(
        name="kappa",
        label={"en": "agreement beyond chance", "nl": "overeenstemming boven toeval"},
        value=kappa,
        gradient=gradient,
    ),
)
'''
LINE = '    "kappa",\n'
STATISTICS_FOLDER = Path("analysis") / "statistics"
# Both, control only, treated only, neither.
CELLS = (40, 25, 10, 125)


def fleiss(both: int, control_only: int, treated_only: int, neither: int) -> tuple[float, float]:
    """Return kappa and its large-sample standard error, as Fleiss, Cohen and Everitt (1969) have it."""
    n = both + control_only + treated_only + neither
    p = [[both / n, control_only / n], [treated_only / n, neither / n]]
    rows, columns = [sum(row) for row in p], [p[0][j] + p[1][j] for j in (0, 1)]
    seen, chance = p[0][0] + p[1][1], sum(r * c for r, c in zip(rows, columns, strict=True))
    value = (seen - chance) / (1 - chance)
    diagonal = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in (0, 1))
    beside = (1 - value) ** 2 * sum(p[i][1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1))
    variance = (diagonal + beside - (value - chance * (1 - value)) ** 2) / (n * (1 - chance) ** 2)
    return value, variance**0.5


@pytest.fixture
def package(repository: Path, tmp_path: Path) -> Path:
    """A copy of corrtest with the line; the file is the test's own."""
    copied = tmp_path / "copy" / "corrtest"
    shutil.copytree(repository / "corrtest", copied, ignore=shutil.ignore_patterns("__pycache__"))
    home = copied / STATISTICS_FOLDER / "__init__.py"
    listed = home.read_text(encoding="utf-8")
    home.write_text(listed.replace('    "odds_ratio",\n', f'    "odds_ratio",\n{LINE}'), encoding="utf-8")
    assert home.read_text(encoding="utf-8").count("\n") == listed.count("\n") + 1
    return copied


def add(package: Path, text: str) -> None:
    (package / STATISTICS_FOLDER / "kappa.py").write_text(text, encoding="utf-8")


def run(package: Path, folder: Path, *command: str, also: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(package.parent), *([str(also)] if also else [])])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "CORRTEST_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def corrtest(package: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(package, folder, "-c", "from corrtest.cli import main; main()", *arguments)


def estimate(group: dict, name: str = "kappa") -> dict:
    return next(found for found in group["estimates"] if found["name"] == name)


@pytest.mark.slow
def test_one_file_and_one_line(repository: Path, package: Path, tmp_path: Path) -> None:
    add(package, FILE)
    value, error = fleiss(*CELLS)
    made = corrtest(package, tmp_path, "two-by-two", *map(str, CELLS), "--json")
    assert made.returncode == 0, made.stderr
    found = estimate(json.loads(made.stdout))
    assert found["value"] == pytest.approx(value)
    assert (found["lower"], found["upper"]) == pytest.approx((value - 1.959964 * error, value + 1.959964 * error))
    assert found["method"] == "linearised"

    # Several pairs an employer: the interval is never narrower than that of independent pairs.
    pairs = sector_pairs(1)
    pairs["employer"] = pairs["employer"].astype(str).str[:-1]
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    made = corrtest(package, tmp_path, "analyse", "pairs.csv", "--out", "results.json", "--bootstrap", "200")
    assert made.returncode == 0, made.stderr
    groups = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["groups"]
    for group in groups:
        value, error = fleiss(*group["counts"].values())
        found = estimate(group)
        assert found["value"] == pytest.approx(value)
        assert found["upper"] - found["lower"] > 2 * 1.95 * error
        assert {each["method"] for each in group["estimates"] if each["name"] == "kappa"} > {"bootstrap_studentised"}
    assert any(estimate(group)["method"] == "linearised_widened" for group in groups)

    # The gate and the report, with a row and a label in it.
    made = corrtest(package, tmp_path, "report", "results.json", "--out", "report", "--format", "html,json")
    assert made.returncode == 0, made.stderr
    written = {path.suffix: path.read_text(encoding="utf-8") for path in (tmp_path / "report").iterdir()}
    assert "vereenstemming boven toeval" in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "report").glob("*nl*.html")
    )
    cells = [cell for cell in json.loads(written[".json"])["cells"] if cell["counts"]]
    assert cells
    for cell in cells:
        value, error = fleiss(*cell["counts"].values())
        found = estimate(cell)
        assert found["value"] == pytest.approx(value)
        assert found["method"] == "linearised_widened"
        assert found["upper"] - found["lower"] > 2 * 1.95 * error

    # The calibration knows its truth, and the interval covers it.
    script = (
        "import json; from measures import Cell, measure\n"
        "cell = Cell(pairs=400, control_rate=0.3, ratio=0.7, association=0.5)\n"
        "print(json.dumps([row for row in measure(cell, experiments=2000) if row['name'] == 'kappa']))"
    )
    made = run(package, tmp_path, "-c", script, also=repository / "analysis" / "calibration")
    assert made.returncode == 0, made.stderr
    (row,) = json.loads(made.stdout)
    assert 0.93 < row["value"] < 0.97


@pytest.mark.slow
def test_one_that_the_gate_cannot_protect_is_refused_aloud(package: Path, tmp_path: Path) -> None:
    add(package, FILE.replace("        gradient=gradient,\n", ""))
    sector_pairs(1).to_csv(tmp_path / "pairs.csv", index=False)
    made = corrtest(package, tmp_path, "analyse", "pairs.csv", "--out", "results.json")
    assert made.returncode == 0, made.stderr
    groups = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["groups"]
    assert {(estimate(group)["value"] is None, estimate(group)["lower"]) for group in groups} == {(False, None)}
    made = corrtest(package, tmp_path, "report", "results.json", "--out", "report", "--format", "json")
    said = " ".join((made.stdout + made.stderr).split())
    assert made.returncode != 0
    assert "The statistic 'kappa' cannot be protected" in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("report/*"))


def test_what_is_shipped_can_be_protected_and_named() -> None:
    assert len(two_by_two(*CELLS, all_methods=False).estimates) == 6
    assert all(each.gradient for design in DESIGNS.values() for each in design.statistics.values())
    assert all(set(each.label) >= {"en", "nl", "fr", "de"} for d in DESIGNS.values() for each in d.statistics.values())
