"""Where a verb finds and leaves its files: where the user says, else at their place in the study folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.generator import Pools
    from corrtest.spec import StudyFolder

_STUDY = "study.toml"


@dataclass(frozen=True, slots=True)
class Places:
    """The study folder that a verb runs in, if any."""

    folder: StudyFolder | None

    @classmethod
    def here(cls) -> Self:
        """Return the places of the current folder."""
        from corrtest.spec import StudyFolder

        return cls(StudyFolder.find())

    @classmethod
    def around(cls, study: Path | None) -> Self:
        """Return the places of a study that the user named by its folder or its `study.toml`, else of this folder.

        A study file of another name has no places: what it needs must be named.
        """
        from corrtest.spec import StudyFolder

        if study is None:
            return cls.here()
        if study.is_dir():
            return cls(StudyFolder.find(study))
        return cls(StudyFolder.find(study.parent) if study.name == _STUDY else None)

    def study(self, given: Path | None) -> Path:
        """Return the study file."""
        if given is not None and given.is_dir():
            return given / _STUDY
        return self.place(given, "study", say("This needs a study. Name its file"))

    def vacancies(self, given: Path | None) -> Path:
        """Return the vacancies: a file, or the folder of all that came in."""
        return self.place(given, "vacancies", say("This needs vacancies. Give their file with --vacancies"))

    def plan(self, given: Path | None) -> Path:
        """Return the folder of the plan, or of its newest version."""
        if given is None and self.folder is not None and not self.folder.plan_versions():
            raise CorrtestError(say("This study has no plan yet. Make it with: corrtest plan"))
        return self.place(given, "plan", say("This needs a plan. Name its folder"))

    def sent_before(self, given: Path | None) -> Path | None:
        """Return what employers got from other studies; for a follow-up, what they got in its baseline."""
        if given is not None or self.folder is None:
            return given
        return self.folder.already_sent if self.folder.already_sent.is_file() else None

    def contacts(self, given: Path | None) -> Path | None:
        """Return the contact pool, where there is one."""
        if given is not None or self.folder is None:
            return given
        return self.folder.contacts if self.folder.contacts.is_file() else None

    def pools(self, language: str) -> Pools:
        """Return the pools that the documents are made of, with the study's own where it has any."""
        from corrtest.generator import SHIPPED_POOLS, read_own_pools

        return SHIPPED_POOLS if self.folder is None else read_own_pools(self.folder.path("pools"), language)

    def pairs(self, given: Path | None) -> Path:
        """Return the pairs table."""
        if given is None and self.folder is not None and not self.folder.pairs.is_file():
            raise CorrtestError(say("This study has no pairs table yet. Make it with: corrtest register export"))
        return self.place(given, "pairs", say("This needs reactions. Name the pairs table"))

    def primary_outcome(self, outcomes: Iterable[str], pairs: Path | None) -> str:
        """Return the outcome that leads: the study's choice for its own pairs table, else the default."""
        from corrtest.analysis import primary_outcome
        from corrtest.spec import read_study

        own = self.folder is not None and pairs is None
        return primary_outcome(list(outcomes), read_study(self.study(None)).description() if own else None)

    def results(self, given: Path | None) -> Path:
        """Return the results file."""
        return self.place(given, "results", say("This needs results. Name the file that corrtest analyse wrote"))

    def out(self, given: Path | None, name: str, what: str) -> Path:
        """Return where to write: what was given with --out, else the place called `name`."""
        return self.place(given, name, say("{what} a place. Give one with --out", what=what))

    def place(self, given: Path | None, name: str, demand: str) -> Path:
        """Return what was given, else the place called `name`; where there is neither, say what is needed."""
        if given is not None:
            return given
        if self.folder is None:
            raise CorrtestError(
                say("{demand}, or work in a study folder (corrtest new SECTOR makes one).", demand=demand)
            )
        return Path(getattr(self.folder, name))


def shown(path: Path) -> Path:
    """Return the path as a user reads it: from the current folder, where it lies within."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
