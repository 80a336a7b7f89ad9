"""Make a study folder from a ready design."""

from __future__ import annotations

import re
import secrets
from importlib.resources import files
from pathlib import Path

from corrtest.errors import StudyError
from corrtest.language import say
from corrtest.resources import ready_design
from corrtest.spec.firms import write_firms_template
from corrtest.spec.folder import PLACES, TEMPLATE, StudyFolder
from corrtest.spec.private import make_key, make_private
from corrtest.spec.profiles import Profile
from corrtest.spec.profiles.applying import with_profile
from corrtest.spec.reading import read_study_text
from corrtest.spec.vacancy_template import write_vacancy_template

READ_ME = {"nl": "LEESMIJ.txt", "fr": "LISEZMOI.txt", "en": "README.txt"}
_SEEDS = 10**8
_SEED = re.compile(r"^seed = \d+", flags=re.MULTILINE)
_HOW_TO = re.compile(r"^# Copy this file.*$", flags=re.MULTILINE)
_GITIGNORE = "# Keys, secrets and what names employers never go into version control.\n" + "".join(
    # SQLite writes beside its file as well.
    f"{place.path}{'' if place.is_folder else '*'}\n"
    for place in PLACES
    if place.names_employers
)


def make_study_folder(sector: str, root: str | Path, profile: Profile | None = None) -> StudyFolder:
    """Make the folder of a study in `sector`: a ready design with a seed of its own, and a sheet for its vacancies.

    With a `profile` the design is drawn up after it; without, it stands as it is.

    Raises
    ------
    StudyError
        There is no such design, or the folder holds something already; it is left as it is then.
    """
    return folder_of_text(design_text(sector, profile), root)


def design_text(sector: str, profile: Profile | None = None) -> str:
    """Return the ready design of a sector, drawn up after a profile where one is given."""
    text = ready_design(sector).read_text(encoding="utf-8")
    return text if profile is None else with_profile(text, profile)


def folder_of_text(text: str, root: str | Path) -> StudyFolder:
    """Make the folder of the study that `text` describes, with a seed of its own.

    Raises
    ------
    StudyError
        The folder holds something already; it is left as it is then.
    """
    folder = StudyFolder(Path(root))
    if folder.root.exists() and (not folder.root.is_dir() or any(folder.root.iterdir())):
        raise StudyError(say("{root} exists already and is left as it is. Give another name with --out.", root=root))
    # The draw follows from the seed, so two studies that share one would draw alike.
    text = _SEED.sub(f"seed = {secrets.randbelow(_SEEDS)}", text, count=1)
    text = _HOW_TO.sub("# Change what differs, and check it in this folder with: corrtest check", text, count=1)
    study = read_study_text(text, folder.study.name)
    folder.root.mkdir(parents=True, exist_ok=True)
    folder.study.write_text(text, encoding="utf-8", newline="\n")
    if study.asks:
        make_private(folder.questionnaire)
    elif study.client_calls is None:
        make_private(folder.vacancies)
        write_vacancy_template(folder.template, study)
    else:
        make_private(folder.frame)
        write_firms_template(folder.frame / TEMPLATE)
    make_key(folder.documents_key)
    (folder.root / ".gitignore").write_text(_GITIGNORE, encoding="utf-8", newline="\n")
    language = study.language if study.language in READ_ME else "en"
    first_steps = f"{language}_{study.instrument}.txt" if study.asks else f"{language}.txt"
    advice = files("corrtest.spec").joinpath("first_steps", first_steps).read_text(encoding="utf-8")
    (folder.root / READ_ME[language]).write_text(advice, encoding="utf-8")
    return folder
