"""The verb status: how far a study is, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places
from corrtest.cli.released import account_in, in_words
from corrtest.cli.standings import fieldwork_in, standing_with
from corrtest.errors import CorrtestError, RegisterError
from corrtest.language import mark, say, say_n

if TYPE_CHECKING:
    from corrtest.register import Status
    from corrtest.spec import Place, Progress, Step, StudyFolder

_HANDLING = {"public": mark("public"), "internal": mark("internal"), "secret": mark("secret")}


def status(
    as_json: AsJson = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", help="Also write, as JSON, what the overview of all sectors reads: numbers of tests, no employer."
        ),
    ] = None,
) -> None:
    """Say how far the study is, what is next, and which of its files are public, internal or secret."""
    from corrtest.spec import progress_of

    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("This is no study folder: it has no study.toml. Make one with: corrtest new SECTOR"))
    fieldwork, trouble = _fieldwork(folder)
    found = progress_of(folder, None if fieldwork is None else fieldwork.count)
    if save is not None:
        from corrtest.pages import write_files

        if trouble is not None:
            raise trouble
        write_files({save.name: standing_with(found, fieldwork).to_json().encode("utf-8")}, save.parent)
    if as_json:
        left = account_in(folder.release_log)
        released = None if left is None else asdict(left)
        show_json({**_as_dict(folder, found, trouble), "mail": _mail(folder), "released": released})
        return
    _show(folder, found, trouble)


def _maker(place: Place) -> str:
    """Return who makes a place: the user, in words, or verbs as they are typed."""
    from corrtest.spec import YOU

    return say(place.made_by) if place.made_by == YOU else place.made_by


def _fieldwork(folder: StudyFolder) -> tuple[Status | None, RegisterError | None]:
    """Return what the register says, or why it says nothing."""
    try:
        return fieldwork_in(folder), None
    except RegisterError as error:
        return None, error


def _mail(folder: StudyFolder) -> list[str]:
    """Return what of the mail needs a person; nothing where the study sends none, or its keys are not here."""
    from corrtest.mail import MAILBOXES_FILE, alerts
    from corrtest.register import Register

    if not folder.register.is_file() or not (folder.secret / MAILBOXES_FILE).is_file():
        return []
    try:
        with Register.open(folder.register) as register:
            return [] if register.keys is None else alerts(register, actor="coordinator")
    except RegisterError:
        return []  # why it cannot be opened is said above


def _faults(found: Progress, trouble: RegisterError | None) -> list[str]:
    return [text for text in (found.fault, "" if trouble is None else trouble.text()) if text]


def _as_dict(folder: StudyFolder, found: Progress, trouble: RegisterError | None) -> dict[str, Any]:
    following = found.next
    return {
        "study": None if found.study is None else found.study.name,
        "faults": _faults(found, trouble),
        "steps": [
            {**asdict(step), "waits_for": [each.command for each in found.waits_for(step)]} for step in found.steps
        ],
        "next": None if following is None else following.command,
        "approvals_missing": list(found.approvals_missing),
        "files": [
            {
                "path": place.path,
                "what": place.what,
                "handling": place.handling,
                "made_by": place.made_by,
                "names_employers": place.names_employers,
            }
            for place in folder.existing()
        ],
        "open_to_others": [place.path for place in folder.open_places()],
    }


def _in_short(steps: Sequence[Step]) -> str:
    """Name the verbs of steps, each once."""
    return ", ".join(dict.fromkeys(step.command.removeprefix("corrtest ") for step in steps))


def _show_arrivals(folder: StudyFolder) -> None:
    """Say what came in week by week, what waits for an answer, and whether the quotas will be reached."""
    from corrtest.cli.vacancies.forecast import forecast_in, in_words
    from corrtest.spec import arrivals

    came = arrivals(folder)
    if not came:
        return
    taken = say_n("{count} vacancy", "{count} vacancies", sum(each.taken for each in came))
    files = say_n("{count} file", "{count} files", len(came))
    show(say("Came in so far: {taken} in {files}, the last on {day}.", taken=taken, files=files, day=came[-1].came_in))
    if waiting := sum(each.waiting for each in came):
        rows = say_n("{count} row", "{count} rows", waiting)
        show(say("! {rows} wait for an answer in mapping.toml; then: corrtest vacancies add", rows=rows))
    try:
        expected = forecast_in(folder, date.today())
    except CorrtestError as error:
        show(f"! {error.text()}")
        return
    if expected and expected[0].weeks:
        show(in_words(expected))


def _show(folder: StudyFolder, found: Progress, trouble: RegisterError | None) -> None:
    name = folder.root.name if found.study is None else found.study.name
    done = sum(step.done for step in found.steps)
    show(say("{name}: {done} of {count} steps are done.", name=name, done=done, count=len(found.steps)))
    for fault in [*_faults(found, trouble), *_mail(folder)]:
        show(f"! {fault}")
    show_table(
        say("Steps"),
        (say("done"), say("step"), say("command"), say("waits for")),
        [
            ("x" if step.done else "", say(step.what), step.command, _in_short(found.waits_for(step)))
            for step in found.steps
        ],
    )
    if found.next is not None:
        show(say("Next, so that {what}: {command}", what=say(found.next.what), command=found.next.command))
    if (left := account_in(folder.release_log)) is not None:
        show(in_words(left))
    if found.study is not None and found.next is not None:
        _show_arrivals(folder)
    if found.approvals_missing:
        show(say("Nothing can be sent before these are on record: {words}.", words=", ".join(found.approvals_missing)))
    if exposed := folder.open_places():
        closing = " && ".join(f"chmod {700 if place.is_folder else 600} {place.path}" for place in exposed)
        show(
            say("! Other users of this machine may read what is not public here. Close it: {command}", command=closing)
        )
    show()
    show_table(
        say("Who may see what: anyone (public), those who carry it out (internal), nobody else (secret)"),
        (say("handling"), say("path"), say("what"), say("made by")),
        [(say(_HANDLING[place.handling]), place.path, say(place.what), _maker(place)) for place in folder.existing()],
    )
