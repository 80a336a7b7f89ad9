"""What docs/internals names exists: a guide that points to a file that has moved leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDES = sorted((Path(__file__).resolve().parents[2] / "docs" / "internals").glob("*.md"))
PLACE = re.compile(r"`((?:corrtest|tests|docs|analysis|cv_templates)/[\w./-]*)`")


def test_the_guides_are_found() -> None:
    assert {"how-a-pair-travels.md", "language.md", "recipes.md"} <= {path.name for path in GUIDES}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_a_guide_names_exists(guide: Path, repository: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    places = PLACE.findall(text)
    assert places
    assert not [place for place in places if not (repository / place).exists()]
    for linked in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (guide.parent / linked).exists(), linked


def test_modules_of_the_journey_exist(repository: Path) -> None:
    """A row names a module in full, and others of the same folder by their file's name alone."""
    text = (repository / "docs" / "internals" / "how-a-pair-travels.md").read_text(encoding="utf-8")
    for row in text.splitlines():
        cells = row.split("|")
        if len(cells) < 5 or "`" not in cells[2]:
            continue
        named = re.findall(r"`([\w./-]+)`", cells[2])
        room = repository.joinpath(*named[0].split("/")[:2])
        for name in named:
            assert (repository / name).exists() or (room / name).exists(), f"{room.name}: {name}"


def test_each_recipe_names_a_test_that_runs_it(repository: Path) -> None:
    text = (repository / "docs" / "internals" / "recipes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (an? .+?) \|.*\| `(tests/\S+\.py)` \|$", text, flags=re.MULTILINE)
    assert len(rows) == 6
    for recipe, path in rows:
        assert "def test_" in (repository / path).read_text(encoding="utf-8"), recipe
