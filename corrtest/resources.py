"""Find the data folders that travel with corrtest: the copy in the wheel first, else the repository's own."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from corrtest.errors import CorrtestError, StudyError, nearest
from corrtest.language import say

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise CorrtestError(
        say("The folder '{name}' is missing from this installation. Install corrtest again.", name=name)
    )


def designs_folder() -> Path:
    """Return the folder of ready study files."""
    return _folder("designs")


def ready_design(name: str) -> Path:
    """Return the file of the ready design called `name`.

    Raises
    ------
    StudyError
        There is none of that name.
    """
    ready = {path.stem: path for path in designs_folder().glob("*.toml")}
    if name not in ready:
        raise StudyError(
            say("There is no ready design '{name}'. {nearest}", name=name, nearest=nearest(name, sorted(ready)))
        )
    return ready[name]


def cv_templates_folder() -> Path:
    """Return the folder of template sets, one sub-folder each."""
    return _folder("cv_templates")


@cache
def template_set_names(language: str) -> tuple[str, ...]:
    """Return the template sets that can write `language` ("nl", "en", …), in alphabetical order."""
    names = []
    for manifest in sorted(cv_templates_folder().glob("*/set.toml")):
        with manifest.open("rb") as stream:
            if language in tomllib.load(stream)["words"]:
                names.append(manifest.parent.name)
    return tuple(names)
