"""The study folder: its steps, what is next, and what lies in it."""

from __future__ import annotations

from starlette.responses import FileResponse, RedirectResponse, Response

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.spec import FieldworkCount, Progress, StudyFolder, progress_of
from corrtest.web.visit import Visit

# What each step's verb needs beside its name; where a step is taken by hand, the page on which it is.
_HERE = {"corrtest register approve": "/attention", "corrtest register worklist": "/today"}
_RESULTS = frozenset({"corrtest register export", "corrtest analyse", "corrtest report"})


def steps(visit: Visit) -> Response:
    """Return how far the study is, what is next, and its reports."""
    folder = visit.workplace.folder
    if folder is None and visit.workplace.place is None:
        return RedirectResponse("/new", 303)
    if folder is None:
        with visit.register() as register:
            name = register.study.name
        return visit.show("study", name=name, progress=None, trouble="", files=[], places={}, may=False)
    fieldwork, trouble = _fieldwork(visit)
    found = progress_of(folder, fieldwork)
    return visit.show(
        "study",
        name=folder.root.name if found.study is None else found.study.name,
        progress=found,
        trouble=trouble,
        files=public_files(folder),
        places=_HERE | dict.fromkeys(_RESULTS, "/results") | _vacancies_of(found),
        may=visit.session.role == "coordinator",
    )


def taken(visit: Visit) -> str:
    """Begin the verb of a step, in the study folder."""
    visit.folder("prepare")
    here = visit.workplace.of_register()
    verbs = {
        "corrtest check": ("check",),
        "corrtest plan": _plan(visit),
        "corrtest prereg": ("prereg",),
        "corrtest employers": ("employers",),
        "corrtest render": ("render", "--workers=1"),
        "corrtest register init": ("register", "init", *here[:1], f"--coordinator={visit.actor}"),
        "corrtest register import": ("register", "import", *here),
        "corrtest register end close": ("register", "end", *here[:1], "close", *here[1:], *_now(visit)),
    }
    arguments = verbs.get(visit.form.get("step", ""))
    if arguments is None:
        raise CorrtestError(say("There is no such step."))
    return visit.begin(*arguments)


def work(visit: Visit) -> Response:
    """Return how far the work is that was begun last, and what it said."""
    visit.folder("analyse")
    task = visit.workplace.work.task
    after = "/results" if task is not None and _of_results(task.arguments) else "/study"
    return visit.show("work", task=task, after=after)


def report(visit: Visit) -> Response:
    """Return a file of the report: a page is shown, everything else is saved."""
    wanted = visit.request.path_params["name"]
    folder = visit.workplace.folder
    found = None if folder is None or wanted not in public_files(folder) else folder.report / wanted
    if found is None:
        return visit.show("refused", 404, text=say("There is no such page."))
    if found.suffix == ".html":
        return FileResponse(found, media_type="text/html")
    return FileResponse(found, filename=found.name)


def public_files(folder: StudyFolder) -> list[str]:
    """Return the names of the report's files, the pages first."""
    if not folder.report.is_dir():
        return []
    found = (path.name for path in folder.report.iterdir() if path.is_file() and not path.name.startswith("."))
    return sorted(found, key=lambda name: (not name.endswith(".html"), name))


def _vacancies_of(found: Progress) -> dict[str, str]:
    """Return where vacancies come in, once the study file is in order, of a study that takes any."""
    study = found.study
    takes = study is not None and study.client_calls is None and not study.asks
    return {"corrtest check": "/vacancies"} if takes else {}


def _plan(visit: Visit) -> tuple[str, ...]:
    short = ("--allow-shortfall",) if visit.form.get("short") == "yes" else ()
    return ("plan", *short, f"--frozen-by={visit.actor}", f"--frozen-on={visit.workplace.today()}")


def _now(visit: Visit) -> tuple[str]:
    return (f"--at={visit.workplace.clock().isoformat()}",)


def _of_results(arguments: tuple[str, ...]) -> bool:
    return arguments[0] in ("analyse", "report") or arguments[:2] == ("register", "export")


def _fieldwork(visit: Visit) -> tuple[FieldworkCount | None, str]:
    """Return what the register says, or why it says nothing."""
    if not visit.workplace.has_register:
        return None, ""
    try:
        with visit.register() as register:
            return register.oversight.status(actor=visit.actor).count, ""
    except CorrtestError as error:
        return None, error.text()
