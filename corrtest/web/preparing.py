"""Before the fieldwork: a new study by questions, its file, its quotas with money and power, vacancies, the plan."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from corrtest.design import prices, read_documents_key, read_plan
from corrtest.errors import CorrtestError, InputError
from corrtest.generator import preview_plan, read_contact_pool, read_own_pools
from corrtest.language import current, say
from corrtest.pages import catalogue
from corrtest.power import hidden_results, power_of_study, with_quotas
from corrtest.resources import designs_folder
from corrtest.spec import (
    Intake,
    Question,
    Study,
    StudyFolder,
    arrivals,
    design_text,
    explain,
    folder_of_text,
    narrowed_text,
    read_mapping,
    read_study,
    read_study_text,
    receive,
    vacancy_channels,
    waiting_questions,
    with_terms,
    write_private,
    write_quotas,
)
from corrtest.web.visit import Visit

_SHOWN_PAIRS = 5
_MADE = ("preregistration", "letters")
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def new(visit: Visit) -> Response:
    """Ask for a sector; once it is said, what its design can measure, when, and for how much."""
    sector = visit.request.query_params.get("sector", "")
    study = None if not sector else read_study_text(design_text(sector), sector)
    sectors = sorted(path.stem for path in designs_folder().glob("*.toml"))
    words = catalogue(current())
    named = sorted(((words.name("sector", each), each) for each in sectors), key=lambda each: each[0].casefold())
    committees = {} if study is None else {each.number: words.committee(each.number) for each in study.committees}
    return visit.show("new", sectors=named, sector=sector, study=study, committees=committees, words=words)


def drawn_up(visit: Visit) -> Response:
    """Return the file that the answers make, to be read and changed before it is written."""
    form = visit.form
    text = design_text(form.get("sector", ""))
    study = read_study_text(text, "study.toml")
    committees = [each.number for each in study.committees if form.get(f"committee.{each.number}") == "yes"]
    criteria = [each.name for each in study.criteria if form.get(f"criterion.{each.name}") == "yes"]
    if not committees or not criteria:
        raise InputError(say("Choose at least one committee and one criterion."))
    if (len(committees), len(criteria)) != (len(study.committees), len(study.criteria)):
        text = narrowed_text(text, dict.fromkeys(committees, criteria), {}, say("Chosen by questions in the page."))
    try:
        start, end = date.fromisoformat(form.get("start", "")), date.fromisoformat(form.get("end", ""))
        total = float(form["total"]) if form.get("total", "").strip() else None
    except ValueError:
        raise InputError(say("Give the first and the last day, and the budget as a number.")) from None
    text = with_terms(text, name=form.get("name", "").strip() or study.name, start=start, end=end, total=total)
    return _file(visit, text, new=True)


def made(visit: Visit) -> Response | str:
    """Make the folder of a new study from the text of its file."""
    if visit.workplace.folder is not None or visit.workplace.root is None or visit.session.role != "coordinator":
        raise CorrtestError(say("There is a study here already."))
    text = visit.form.get("text", "").replace("\r\n", "\n")
    try:
        study = read_study_text(text, "study.toml")
    except CorrtestError as error:
        return _file(visit, text, new=True, trouble=error.text())
    root = visit.workplace.root
    place = root / _NOT_IN_A_NAME.sub("-", study.name.lower()) if any(root.iterdir()) else root
    visit.workplace.folder = folder_of_text(text, place)
    visit.did(say("The study was made in {place}.", place=place))
    return "/study"


def study_file(visit: Visit) -> Response:
    """Return the study's file; it can be changed until a plan is frozen."""
    return _file(visit, visit.folder("prepare").study.read_text(encoding="utf-8"))


def changed(visit: Visit) -> Response | str:
    """Write the study's file anew, where it has no fault."""
    folder = _not_frozen(visit.folder("prepare"))
    text = visit.form.get("text", "").replace("\r\n", "\n")
    try:
        read_study_text(text, folder.study.name)
    except CorrtestError as error:
        return _file(visit, text, trouble=error.text())
    _write(folder.study, text)
    visit.did(say("The study file is written."))
    return "/study"


def quotas(visit: Visit) -> Response:
    """Return the quotas, with what they cost and what they can show; others may be tried before they are written."""
    folder = visit.folder("prepare")
    study = read_study(folder.study)
    tried = with_quotas(study, _asked(study, visit.form))
    price, power = prices(tried), power_of_study(tried)
    rows = power.to_frame().to_dict("records")
    return visit.show(
        "quotas",
        study=tried,
        frozen=bool(folder.plan_versions()),
        pairs=tried.pairs_wanted,
        cost=price.cost(tried.pairs_wanted),
        total=study.budget.total,
        rows=[{str(name): value for name, value in row.items()} for row in rows],
        undefined=lambda value: value is None or (isinstance(value, float) and math.isnan(value)),
        words=catalogue(current()),
    )


def quotas_written(visit: Visit) -> str:
    """Put the quotas into the study's file."""
    folder = _not_frozen(visit.folder("prepare"))
    study = read_study(folder.study)
    write_quotas(folder.study, _asked(study, visit.form))
    visit.did(say("The quotas are in the study file; its comments are as they were."))
    return "/quotas"


def vacancies(visit: Visit, found: Sequence[Intake] = ()) -> Response:
    """Return what came in, which words wait for a person, and how files are read."""
    folder = visit.folder("prepare")
    study = read_study(folder.study)
    mapping = read_mapping(folder.mapping)
    return visit.show(
        "vacancies",
        came=arrivals(folder),
        questions=[(question, _key(question)) for question in waiting_questions(mapping)],
        meanings={
            "committees": [each.number for each in study.committees],
            "occupations": [each.code for each in study.occupations],
            "channels": list(vacancy_channels()),
        },
        text=mapping.text,
        found=found,
    )


def vacancies_in(visit: Visit) -> Response:
    """Take in a file with vacancies, as `corrtest vacancies add` does."""
    folder = visit.folder("prepare")
    if visit.upload is None:
        raise InputError(say("Choose a file with vacancies."))
    with tempfile.TemporaryDirectory() as aside:
        # What a browser calls a file may hold a path.
        path = Path(aside) / (re.split(r"[\\/]", visit.upload.name)[-1].lstrip(".") or "file")
        path.write_bytes(visit.upload.content)
        found = receive(folder, path, read_study(folder.study), on=visit.workplace.clock().date())
    return vacancies(visit, [found])


def explained(visit: Visit) -> Response:
    """Keep what a person says the words of the files mean, and read again what waited."""
    folder = visit.folder("prepare")
    waiting = waiting_questions(read_mapping(folder.mapping))
    answers = {(each.part, each.word): visit.form.get(_key(each), "") for each in waiting}
    return vacancies(visit, explain(folder, read_study(folder.study), answers))


def mapping_changed(visit: Visit) -> Response:
    """Write how files are read, where it can be read itself."""
    folder = visit.folder("prepare")
    text = visit.form.get("text", "").replace("\r\n", "\n")
    with tempfile.TemporaryDirectory() as aside:
        tried = Path(aside) / folder.mapping.name
        tried.write_text(text, encoding="utf-8")
        read_mapping(tried)
    write_private(folder.mapping, text.encode())
    return vacancies(visit, explain(folder, read_study(folder.study), {}))


def plan(visit: Visit) -> Response:
    """Return what is planned and what is short, the preregistration and the letters, and the way to the pairs."""
    folder = visit.folder("prepare")
    frozen = read_plan(folder.plan) if folder.plan_versions() else None
    pairs = frozen is not None and frozen.study.client_calls is None
    return visit.show(
        "plan",
        plan=frozen,
        warnings=() if frozen is None or not pairs else hidden_results(frozen),
        pairs=pairs,
        files={name: _names(folder.path(name)) for name in _MADE},
    )


def file_of_plan(visit: Visit) -> Response:
    """Return a file of the preregistration or of the letters."""
    folder = visit.folder("prepare")
    place, name = visit.request.path_params["place"], visit.request.path_params["name"]
    if place not in _MADE or name not in _names(folder.path(place)):
        return visit.show("refused", 404, text=say("There is no such page."))
    return FileResponse(folder.path(place) / name, filename=name)


def pairs_shown(visit: Visit) -> Response:
    """Return a few pairs side by side, signals marked, as `corrtest preview` does."""
    folder = visit.folder("prepare")
    if not folder.plan_versions():
        raise CorrtestError(say("This study has no plan yet. Make it with: corrtest plan"))
    frozen = read_plan(folder.plan)
    aside = tempfile.TemporaryDirectory()
    path = preview_plan(
        frozen,
        Path(aside.name) / "pairs.html",
        _SHOWN_PAIRS,
        key=read_documents_key(frozen, folder.plan),
        contacts=read_contact_pool(folder.contacts) if folder.contacts.is_file() else None,
        pools=read_own_pools(folder.path("pools"), frozen.study.language),
    )
    return FileResponse(path, media_type="text/html", background=BackgroundTask(aside.cleanup))


def _file(visit: Visit, text: str, *, new: bool = False, trouble: str = "") -> Response:
    folder = visit.workplace.folder
    frozen = folder is not None and bool(folder.plan_versions())
    return visit.show("study_file", 400 if trouble else 200, text=text, new=new, trouble=trouble, frozen=frozen)


def _not_frozen(folder: StudyFolder) -> StudyFolder:
    """Return the folder, unless a plan was frozen with the study as it stands."""
    if folder.plan_versions():
        raise CorrtestError(
            say(
                "The plan of this study is frozen, so its quotas stay as they are. More pairs come in by corrtest "
                "amend."
            )
        )
    return folder


def _asked(study: Study, given: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the quotas that were filled in; those of the study where nothing was."""
    found: dict[str, dict[str, int]] = {}
    for committee in study.committees:
        for criterion, own in committee.pairs.items():
            text = str(given.get(f"{committee.number}.{criterion}", own)).strip()
            if not text.isdecimal() or len(text) > 6:
                raise InputError(say("'{text}' is no number of pairs.", text=text))
            found.setdefault(committee.number, {})[criterion] = int(text)
    return found


def _key(question: Question) -> str:
    return f"{question.part}.{question.word}"


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _write(path: Path, text: str) -> None:
    """Write a file whole: it is there as it was, or as it is to be."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)
