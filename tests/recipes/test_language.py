"""How to add a language: one gettext file. The report is then written in it, and no Python is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from corrtest.analysis import LABELS
from corrtest.disclosure import default_policy, release, releases_to_json
from corrtest.pages import catalogue, languages
from tests.disclosure.sectors import sector_results
from tests.pages.messages import messages_of

# Esperanto: no catalogue of it is shipped.
ADDED = "eo"
_WRITE = f"""
from corrtest.disclosure import read_releases
from corrtest.report import write_report
write_report(read_releases("report.json"), "out", ["{ADDED}"], ("html", "pdf", "xlsx", "docx"))
"""


@pytest.fixture(scope="module")
def releases():
    return release(sector_results(1), default_policy())


@pytest.fixture
def package(repository: Path, tmp_path: Path) -> Path:
    """A copy of corrtest as it is shipped."""
    copied = tmp_path / "corrtest"
    shutil.copytree(repository / "corrtest", copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def write(package: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Write the report of `folder` with the copied package."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _WRITE]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_one_file_more_and_the_report_is_written_in_it(repository, package, releases, tmp_path):
    assert ADDED not in languages("report")
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "report.json").write_text(releases_to_json(releases), encoding="utf-8")
    assert f"There is no report in language '{ADDED}'" in write(package, folder).stderr

    made = Catalog(locale=ADDED)
    for message in messages_of("report", repository / "corrtest"):
        made.add(message, string=f"→{message}←")
    for (kind, key), name in catalogue("en").names.items():
        if (kind, key) in catalogue("de").names:
            made.add(key, string=f"→{name}←", context=kind)
    for kind, labels in LABELS.items():
        for key, label in labels.items():
            made.add(key, string=f"→{label['en']}←", context=kind)
    with (package / "pages" / "locale" / f"{ADDED}.po").open("wb") as stream:
        write_po(stream, made)

    done = write(package, folder)
    assert done.returncode == 0, done.stderr
    assert {path.suffix for path in (folder / "out").iterdir()} == {".html", ".pdf", ".xlsx", ".docx"}
    page = (folder / "out" / f"SIMULATED_report_{ADDED}.html").read_text(encoding="utf-8")
    assert f'<html lang="{ADDED}">' in page
    assert "→Per joint committee←" in page
    assert "→discrimination ratio (treated ÷ control)←" in page
    assert "→follow-up measurement←" in page or "→baseline measurement←" in page
    ratio = next(each for each in releases if each.criterion == "age").estimate("discrimination_ratio").value
    assert f"{ratio:.2f}".replace(".", ",") in page
