"""What waits for the coordinator: approval, firms that may be one, codes that differ, blocks, the backup."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from corrtest.errors import CorrtestError, InputError
from corrtest.language import say
from corrtest.pages import write_documents
from corrtest.register import Register, back_up_folder, progress_page
from corrtest.web.fieldwork import rows_of, typed_reactions
from corrtest.web.visit import Visit

BACKUP = "corrtest-backup.sealed"
_PAGE = "progress"


def attention(visit: Visit) -> Response:
    """Return what waits for a decision, the most urgent first."""
    folder = visit.workplace.folder
    with visit.register() as register:
        now = register.now().isoformat()
        found = register.oversight.status(actor=visit.actor)
        stopped = register.supervision.stopped(actor=visit.actor)
        due = register.sending.worklist(now, actor=visit.actor)
        waiting = register.replies.awaiting_withdrawal(now, actor=visit.actor)
        matches = register.employers.alias_matches(actor=visit.actor)
        differing = register.coding.disagreements(actor=visit.actor)
    return visit.show(
        "attention",
        approved=found.approved,
        stopped=stopped,
        overdue=int((due["overdue_days"] > 0).sum()),
        waiting=len(waiting),
        late=int(waiting["late"].sum()),
        matches=rows_of(matches),
        differing=len(differing),
        rendered=folder is not None and folder.documents.is_dir(),
        may_back_up=folder is not None,
    )


def approved(visit: Visit) -> str:
    """Put the approval of the study on record."""
    form = visit.form
    try:
        informed = date.fromisoformat(form.get("informed", ""))
    except ValueError:
        raise InputError(say("Say on which day employers were informed.")) from None
    with visit.register() as register:
        register.supervision.approve(form.get("reference", ""), form.get("by", ""), informed, actor=visit.actor)
        visit.did(say("The approval of '{study}' is on record.", study=register.study.name))
    return "/attention"


def audited(visit: Visit) -> str:
    """Put the audit of the folder's documents on record."""
    folder = visit.workplace.folder
    if folder is None:
        raise CorrtestError(say("The documents are not on this machine."))
    with visit.register() as register:
        register.supervision.record_audit_of(folder.documents, actor=visit.actor)
    visit.did(say("The audit of the documents is on record."))
    return "/attention"


def decided(visit: Visit) -> str:
    """Decide whether two employers are one firm."""
    form = visit.form
    first, second, answer = form.get("first", ""), form.get("second", ""), form.get("answer", "")
    if not (first.isdigit() and second.isdigit() and answer in ("same", "other")):
        raise InputError(say("Say whether the two are one firm."))
    with visit.register() as register:
        register.employers.decide_alias(int(first), int(second), same=answer == "same", actor=visit.actor)
    visit.did(say("They share one cap from now on.") if answer == "same" else say("They are two firms."))
    return "/attention"


def blocked(visit: Visit) -> str:
    """Block an employer for good, or lift a block."""
    form = visit.form
    who, reason = form.get("employer", "").strip(), form.get("reason", "")
    if not who:
        raise InputError(say("Give the employer: its number, or one of its pairs."))
    with visit.register() as register:
        employer, pair = _employer(register, who, visit.actor)
        if form.get("do") == "lift":
            freed = register.employers.unblock(reason, pair_id=pair, employer_id=employer, actor=visit.actor)
            visit.did(say("Pairs that may go out again: {waiting}.", waiting=freed.waiting + freed.half_sent))
        else:
            found = register.employers.block(
                pair_id=pair,
                employer_id=employer,
                reason=reason,
                not_planned=form.get("not_planned") == "yes",
                actor=visit.actor,
            )
            visit.did(
                say(
                    "Pairs that stop: {waiting} of which nothing was sent, {half_sent} of which the second letter was "
                    "still to go. Already out: {out}.",
                    waiting=found.waiting,
                    half_sent=found.half_sent,
                    out=found.out,
                )
            )
    return "/attention"


def backed_up(visit: Visit) -> Response:
    """Return the whole study folder as one file that a passphrase opens."""
    folder = visit.workplace.folder
    if folder is None:
        raise CorrtestError(say("A register on a server is saved with the server: corrtest register backup."))
    passphrase = visit.form.get("passphrase", "")
    if passphrase != visit.form.get("again", ""):
        raise InputError(say("The two passphrases differ. Type the same one twice."))
    aside = tempfile.TemporaryDirectory()
    target = Path(aside.name) / BACKUP
    try:
        if visit.workplace.has_register:
            with visit.register() as register:
                back_up_folder(folder, target, passphrase, register=register, actor=visit.actor)
        else:
            back_up_folder(folder, target, passphrase)
    except BaseException:
        aside.cleanup()
        raise
    return FileResponse(target, filename=f"{folder.root.name}.sealed", background=BackgroundTask(aside.cleanup))


def disagreements(visit: Visit) -> Response:
    """Return the answers on which two codes differ, with the words, to be decided by a third person."""
    with visit.register() as register:
        found = register.coding.disagreements(actor=visit.actor)
        reactions = typed_reactions(register)
    return visit.show("disagreements", rows=rows_of(found), reactions=reactions)


def adjudicated(visit: Visit) -> str:
    """Decide between two codes."""
    with visit.register() as register:
        register.coding.adjudicate(
            visit.request.path_params["number"], visit.form.get("reaction", ""), actor=visit.actor
        )
    visit.did(say("The decision is on record."))
    return "/disagreements"


def weeks(visit: Visit) -> Response:
    """Return progress week by week and partner by partner, as the page or the workbook of `register progress`."""
    form = visit.request.path_params["form"]
    if form not in ("html", "xlsx"):
        return visit.show("refused", 404, text=say("There is no such page."))
    with visit.register() as register:
        found = register.oversight.progress(actor=visit.actor)
    aside = tempfile.TemporaryDirectory()
    (path,) = write_documents([progress_page(found)], _PAGE, Path(aside.name), (form,))
    gone = BackgroundTask(aside.cleanup)
    if form == "html":
        return FileResponse(path, media_type="text/html", background=gone)
    return FileResponse(path, filename=path.name, background=gone)


def _employer(register: Register, who: str, actor: str) -> tuple[str | None, str | None]:
    """Return what was typed as an employer's number, else as a pair of that employer."""
    digits = sum(sign.isdigit() for sign in who)
    if digits >= 9:  # an enterprise number has ten, of which the first 0 is often left out
        return who, None
    return None, register.finding.of_employer(who, actor=actor)
