"""A study is a folder: where each of its files lies, who may see it, and which verb makes it.

`PLACES` is the one table of it; `corrtest status` and `docs/folder.md` show the same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corrtest.language import mark
from corrtest.spec.private import make_private, open_to_others

__all__ = [
    "PLACES",
    "SECRET_FOLDER",
    "TEMPLATE",
    "Handling",
    "Place",
    "StudyFolder",
    "documents_key_of",
    "identities_of",
    "secret_folder_of",
]

Handling = Literal["public", "internal", "secret"]
SECRET_FOLDER = "secret"  # noqa: S105 (the name of the folder)
_STUDY, _OF_A_PLAN = "study.toml", "plan.parquet"
_DOCUMENTS_KEY = "documents.key"
TEMPLATE = "template.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place in a study folder.

    Attributes
    ----------
    name : str
        What code calls it: `StudyFolder.path(name)`.
    path : str
        Its path within the folder; a folder ends in "/".
    what : str
        What lies there, in words.
    handling : {"public", "internal", "secret"}
        Public may be handed to anyone; internal stays with those who carry the study out; secret stays where it is.
    made_by : str
        The verb that makes it, or "you".
    names_employers : bool
        Whether its files name employers, or lead to them: whoever analyses works without it.
    """

    name: str
    path: str
    what: str
    handling: Handling
    made_by: str
    names_employers: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether the place holds files of its own."""
        return self.path.endswith("/")


YOU = mark("you")

PLACES: tuple[Place, ...] = (
    Place(name="study", path=_STUDY, what=mark("the study as you write it"), handling="public", made_by="new"),
    Place(
        name="mapping",
        path="mapping.toml",
        what=mark("how the files with vacancies are read: your headers and words"),
        handling="internal",
        made_by="vacancies add",
        names_employers=True,
    ),
    Place(name="criteria", path="criteria/", what=mark("criteria of your own"), handling="internal", made_by=YOU),
    Place(
        name="occupations",
        path="occupations/",
        what=mark("occupations of your own"),
        handling="internal",
        made_by=YOU,
    ),
    Place(
        name="pools",
        path=f"{SECRET_FOLDER}/pools/",
        what=mark(
            "telephone numbers, mailboxes and addresses of your own (contacts.csv); names, places and sentences that "
            "add to those of corrtest"
        ),
        handling="secret",
        made_by=YOU,
    ),
    Place(
        name="ratings",
        path="ratings/",
        what=mark("how names and sentences were rated; rated.csv says which of them are used"),
        handling="internal",
        made_by="questionnaire rating, questionnaire rated",
    ),
    Place(
        name="questionnaire",
        path="questionnaire/",
        what=mark("the form of the survey or risk analysis, who is invited, and what they answered"),
        handling="internal",
        made_by="questionnaire form, questionnaire sample",
        names_employers=True,
    ),
    Place(
        name="vacancies",
        path="vacancies/",
        what=mark("the vacancies as they come in, week by week; they name employers"),
        handling="internal",
        made_by="vacancies add",
        names_employers=True,
    ),
    Place(
        name="frame",
        path="frame/",
        what=mark("the firms of the sector, from which those that are called are drawn"),
        handling="internal",
        made_by=YOU,
        names_employers=True,
    ),
    Place(
        name="plan",
        path="plan/",
        what=mark("the frozen plan, one folder a version; it names no employer"),
        handling="internal",
        made_by="plan",
    ),
    Place(
        name="preregistration",
        path="preregistration/",
        what=mark("what was fixed before the start"),
        handling="public",
        made_by="prereg",
    ),
    Place(
        name="ethics",
        path="ethics/",
        what=mark("the file for the ethics committee and data protection, in draft"),
        handling="internal",
        made_by="ethics",
    ),
    Place(
        name="letters",
        path="letters/",
        what=mark("what employers are told before the start"),
        handling="public",
        made_by="employers",
    ),
    Place(
        name="documents",
        path="documents/",
        what=mark("the applications of each pair, and their audit"),
        handling="internal",
        made_by="render",
        names_employers=True,
    ),
    Place(
        name="register",
        path="register.sqlite",
        what=mark("what was sent and what came back"),
        handling="internal",
        made_by="register init",
        names_employers=True,
    ),
    Place(
        name="deviations",
        path="deviations.txt",
        what=mark("deviations from the preregistration, one a line, as they happen"),
        handling="public",
        made_by=YOU,
    ),
    Place(
        name="actions",
        path="actions.xlsx",
        what=mark("what the sector does after the measurement: who, by when, how far; the report prints it"),
        handling="public",
        made_by="actions",
    ),
    Place(
        name="results",
        path="results/",
        what=mark("the pairs table and the estimates, before disclosure control"),
        handling="internal",
        made_by="register export, analyse",
    ),
    Place(
        name="report",
        path="report/",
        what=mark("the report: only what passed disclosure control"),
        handling="public",
        made_by="report",
    ),
    Place(
        name="secret",
        path=f"{SECRET_FOLDER}/",
        what=mark(
            "keys, who the employers of the plan are, what the documents follow from, the log of what was released, "
            "and the study's mailboxes (mailboxes.toml, no passwords)"
        ),
        handling="secret",
        made_by="new, plan, register init, report",
        names_employers=True,
    ),
)
_BY_NAME = {place.name: place for place in PLACES}


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """The folder of one study; each of its places has a fixed name, whether it exists yet or not."""

    root: Path

    @classmethod
    def find(cls, start: str | Path | None = None) -> StudyFolder | None:
        """Return the study folder that `start` (the current folder, unless said) lies in, or None.

        A study folder is one that holds a `study.toml`; the nearest one counts. A frozen plan carries a copy of its
        study, and is not one.
        """
        here = Path.cwd() if start is None else Path(start).absolute()
        for folder in (here, *here.parents):
            if (folder / _STUDY).is_file() and not (folder / _OF_A_PLAN).exists():
                return cls(folder)
        return None

    def path(self, name: str) -> Path:
        """Return where the place called `name` in `PLACES` lies; KeyError where there is none."""
        return self.root / _BY_NAME[name].path

    @property
    def study(self) -> Path:
        """The study file."""
        return self.path("study")

    @property
    def mapping(self) -> Path:
        """How the files with vacancies are read."""
        return self.path("mapping")

    @property
    def vacancies(self) -> Path:
        """The folder of vacancy tables."""
        return self.path("vacancies")

    @property
    def frame(self) -> Path:
        """The folder of the files of firms, of a study that calls them."""
        return self.path("frame")

    @property
    def template(self) -> Path:
        """The sheet on which vacancies are noted by hand."""
        return self.vacancies / TEMPLATE

    @property
    def plan(self) -> Path:
        """The newest version of the frozen plan; where the first one will lie if there is none."""
        versions = self.plan_versions()
        return versions[-1] if versions else self._version(1)

    @property
    def next_plan(self) -> Path:
        """Where the next version of the plan will lie."""
        return self._version(len(self.plan_versions()) + 1)

    def plan_versions(self) -> tuple[Path, ...]:
        """Return the versions of the plan that exist, oldest first."""

        def versions() -> Iterator[Path]:
            number = 1
            while self._version(number).is_dir():
                yield self._version(number)
                number += 1

        return tuple(versions())

    def _version(self, number: int) -> Path:
        return self.path("plan") / f"version-{number}"

    @property
    def contacts(self) -> Path:
        """The contact pool of the study, which it may have or not."""
        return self.path("pools") / "contacts.csv"

    @property
    def questionnaire(self) -> Path:
        """The folder of the survey or risk analysis."""
        return self.path("questionnaire")

    @property
    def answers(self) -> Path:
        """The answers to the survey or risk analysis, without invitation codes."""
        return self.path("results") / "questionnaire.csv"

    @property
    def ratings(self) -> Path:
        """The folder of the rating questionnaire and of rated signals."""
        return self.path("ratings")

    @property
    def preregistration(self) -> Path:
        """The folder of the preregistration."""
        return self.path("preregistration")

    @property
    def letters(self) -> Path:
        """The folder of what employers are told."""
        return self.path("letters")

    @property
    def documents(self) -> Path:
        """The folder of the documents and their audit."""
        return self.path("documents")

    @property
    def register(self) -> Path:
        """The fieldwork register."""
        return self.path("register")

    def deviations(self) -> tuple[str, ...]:
        """Return the deviations from the preregistration that were written down, in their order."""
        path = self.path("deviations")
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return tuple(line.strip() for line in lines if line.strip())

    @property
    def actions(self) -> Path:
        """The sheet of actions."""
        return self.path("actions")

    @property
    def pairs(self) -> Path:
        """The pairs table that the register exports."""
        return self.path("results") / "pairs.csv"

    @property
    def fieldwork_account(self) -> Path:
        """What became of every planned test, as the register counts it beside its pairs table."""
        return self.path("results") / "fieldwork.json"

    @property
    def ethics(self) -> Path:
        """The file for the ethics committee and data protection."""
        return self.path("ethics")

    @property
    def results(self) -> Path:
        """The results file."""
        return self.path("results") / "results.json"

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self.path("report")

    @property
    def secret(self) -> Path:
        """The folder of keys and secrets; `make_secret` makes it."""
        return self.path("secret")

    @property
    def release_log(self) -> Path:
        """The folder that remembers what has left, with the secret that goes with it."""
        return release_log_of(self.study)

    @property
    def documents_key(self) -> Path:
        """The secret that the documents follow from."""
        return self.secret / _DOCUMENTS_KEY

    @property
    def already_sent(self) -> Path:
        """What employers got in the measurement before, where this study follows one."""
        return self.secret / "already_sent.csv"

    def make_secret(self) -> Path:
        """Make the secret folder where it is absent, closed to everybody else, and return it."""
        return make_private(self.secret)

    def existing(self) -> tuple[Place, ...]:
        """Return the places that exist, in the order of the table."""
        return tuple(place for place in PLACES if (self.root / place.path).exists())

    def open_places(self) -> tuple[Place, ...]:
        """Return the places that are not public and that another user of this machine may yet enter or read."""
        return tuple(
            place for place in self.existing() if place.handling != "public" and open_to_others(self.root / place.path)
        )


def identities_of(plan: str | Path) -> Path:
    """Return the folder that says who the employers of the plan in folder `plan` are: apart from it, among secrets."""
    folder = Path(plan).absolute()
    return secret_folder_of(folder) / "plan" / folder.name


def documents_key_of(plan: str | Path) -> Path:
    """Return where the secret lies that the documents of the plan in folder `plan` follow from."""
    return secret_folder_of(plan) / _DOCUMENTS_KEY


def secret_folder_of(file: str | Path) -> Path:
    """Return the folder for the secrets of `file` (a register, say): `secret` of its study folder, or else beside it.

    Nothing is made: what writes a secret makes the folder with `make_private`.
    """
    beside = Path(file).absolute().parent
    found = StudyFolder.find(beside)
    return beside / SECRET_FOLDER if found is None else found.secret


def release_log_of(file: str | Path) -> Path:
    """Return the folder of the log of what left that `file` (results, say) belongs to, whether it exists or not."""
    return secret_folder_of(file) / "release_log"
