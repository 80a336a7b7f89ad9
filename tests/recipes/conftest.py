"""A house to build in: a copy of what a colleague would edit, which knows what was touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOMS = ("corrtest", "cv_templates", "designs")


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for room in ROOMS
        for path in sorted((root / room).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and "_data" not in path.parts
    }


@dataclass(frozen=True)
class House:
    """A copy of the repository's code and data folders."""

    root: Path
    original: Path

    def write(self, place: str, text: str) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, place: str, old: str, new: str) -> None:
        """Change one passage of a file, which must be there once."""
        text = (self.root / place).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{place} has {text.count(old)} times: {old}"
        self.write(place, text.replace(old, new))

    def touched(self) -> list[str]:
        """Return the files that are new, changed or gone."""
        before, now = _files(self.original), _files(self.root)
        return sorted(name for name in before | now if before.get(name) != now.get(name))

    def python(self, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python in this house."""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "CORRTEST_LANGUAGE": "en"}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd or self.root,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def corrtest(self, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command in this house."""
        return self.python("-c", "from corrtest.cli import main; main()", *arguments, cwd=cwd)


@pytest.fixture
def house(tmp_path: Path, repository: Path) -> House:
    root = tmp_path / "house"
    for room in ROOMS:
        shutil.copytree(repository / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    return House(root=root, original=repository)
