"""The wheel as a stranger gets it: built, installed in an empty environment, run from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, repository) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(repository)],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_ships_designs_templates_and_data(wheel, repository):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("designs", "cv_templates"):
        for path in (repository / folder).rglob("*"):
            if path.is_file():
                assert f"corrtest/_data/{path.relative_to(repository).as_posix()}" in names
    data = [p for p in (repository / "corrtest").rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    assert len(data) > 5
    for path in data:
        assert path.relative_to(repository).as_posix() in names


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_alone(wheel, repository, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    constraints = repository / "constraints.txt"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-c", constraints, wheel], check=True, capture_output=True
    )
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [tmp_path / "env" / "bin" / "corrtest", "demo", "--design", "hairdressing"],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo-output" / "report").is_dir()
    assert "report" in done.stdout


def _pinned(text: str) -> dict[str, str]:
    """Return the pins of a requirements file: normalised name → version."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_the_lock_holds_every_pin_with_its_digests(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    constraints = _pinned((repository / "constraints.txt").read_text(encoding="utf-8"))
    locked = _pinned(lock)
    assert {name: locked.get(name) for name in constraints} == constraints
    for entry in re.split(r"^(?=[A-Za-z])", lock, flags=re.MULTILINE):
        if "==" in entry.split("\n", 1)[0]:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.split("\n", 1)[0]


def test_no_pin_names_an_address(repository):
    for name in ("requirements.lock", "constraints.txt", "pyproject.toml"):
        text = (repository / name).read_text(encoding="utf-8")
        assert "://" not in text, name
        assert "--index" not in text and "--find-links" not in text, name
