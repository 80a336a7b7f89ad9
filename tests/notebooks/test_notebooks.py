"""The walk-throughs run from top to bottom and say what they said when they were written.

CORRTEST_UPDATE=1 writes what they say now instead of comparing.
"""

from __future__ import annotations

import os

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import REPOSITORY

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def texts(notebook) -> list[str]:
    """Return what the cells print and show as text, in order."""
    found: list[tuple[str, str]] = []
    for cell in notebook.cells:
        found.append(("", ""))
        for output in cell.get("outputs", []):
            if output.output_type not in {"stream", "execute_result"}:
                continue
            kind = output.get("name", "")
            text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            # What a cell prints may come in one piece or in several, as the machine is quick or slow.
            if kind and found[-1][0] == kind:
                text = found.pop()[1] + text
            found.append((kind, text))
    return [text for _, text in found if text]


def test_the_notebooks_are_found():
    assert "01_first_report.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_gives_what_it_shows(path, tmp_path):
    committed = nbformat.read(path, as_version=4)
    assert any("SIMULATED" in text for text in texts(committed)) or "simulated" in str(committed).lower()
    again = nbformat.read(path, as_version=4)
    NotebookClient(again, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    if os.environ.get("CORRTEST_UPDATE"):
        for cell in again.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(again, path)
        return
    shown, now = texts(committed), texts(again)
    assert len(now) == len(shown) > 5
    assert now == shown


def test_a_notebook_holds_no_path_of_a_machine():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert "/tmp/" not in text
        assert "/home/" not in text
