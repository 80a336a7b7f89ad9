"""The approval gate: nothing is claimed or sent before everything that allows it is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError, StudyError
from corrtest.language import mark, say
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.spec import Study, read_study_text

_S = schema.stop.c
_OF_STUDY = sa.or_(
    sa.and_(_S.scope.in_(("study", "restored")), _S.name == schema.study.c.name),
    sa.and_(_S.scope == "sector", _S.name == schema.study.c.sector),
)
_STOPPED = sa.select(_S.reason).where(_OF_STUDY).order_by(_S.since).limit(1).scalar_subquery()
_SINCE = sa.select(sa.func.min(_S.since)).where(_OF_STUDY).scalar_subquery()
_STUDY = sa.select(schema.study, _STOPPED.label("stopped"), _SINCE.label("stopped_since")).where(
    schema.study.c.study_ref == sa.bindparam("study_ref")
)

_A = schema.actor.c
# One question in place of two, in each act: on a server each is a journey.
_OPENING = _STUDY.add_columns(_A.name.label("actor"), _A.role, _A.partner, _A.token_sha256, _A.left_at).join(
    schema.actor, _A.name == sa.bindparam("actor")
)

APPROVALS = {
    "ethics_reference": mark("the reference of the ethics committee"),
    "authorised_by": mark("who authorised the study"),
    "employers_informed_on": mark("the day on which employers were informed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """What must be on record before anything goes out, and the command that puts it there."""

    what: str
    command: str


def hurdles(row: Any) -> tuple[Hurdle, ...]:
    """Return what still stands between a study and its first letter, in the order in which it is taken."""
    missing = [say(meaning) for name, meaning in APPROVALS.items() if getattr(row, name) is None]
    found = []
    if missing:
        what = say("the approval ({missing}), before the plan comes in", missing=", ".join(missing))
        found.append(Hurdle(what=what, command="corrtest register approve"))
    if row.plan_sha256 is None:
        what = say("the plan, before the audit of its documents")
        found.append(Hurdle(what=what, command="corrtest register import"))
    if row.audit_sha256 is None:
        what = say("the audit of the documents, before anything is claimed or sent")
        found.append(Hurdle(what=what, command="corrtest register approve --documents DIR"))
    if row.stopped is not None:
        what = say("the end of the stop: {reason}", reason=row.stopped)
        found.append(Hurdle(what=what, command="corrtest register stop --resume"))
    return tuple(found)


def study_row(connection: Connection, study_ref: int) -> Any:
    """Return what is on record about a study, with `stopped` = why it is stopped, if it is, and since when."""
    return connection.execute(_STUDY, {"study_ref": study_ref}).one()


def kept_study(row: Any) -> Study:
    """Return the study of a row of the table of studies, from the text that is kept there."""
    try:
        return read_study_text(row.source, f"study {row.name}")
    except StudyError as error:
        # It was in order when it was taken in.
        raise RegisterError(
            say(
                "The text of the study '{study}' in the register is not the one that was taken in. Restore the "
                "register from its backup.",
                study=row.name,
            ),
            error.faults,
        ) from error


def opening(connection: Connection, study_ref: int, actor: str) -> Any:
    """Return `study_row` with the actor beside it (`actor`, `role`, `partner`, `token_sha256`); None for a stranger."""
    return connection.execute(_OPENING, {"study_ref": study_ref, "actor": actor}).first()


def check_approved(row: Any) -> None:
    """Refuse a study whose approvals are not complete."""
    missing = [say(meaning) for name, meaning in APPROVALS.items() if getattr(row, name) is None]
    if missing:
        raise Refusal(
            "not_approved",
            say(
                "The study '{row}' is not approved. Not on record yet: {missing}. Put it in [approval] of the study "
                "file before `register init`, or run `corrtest register approve`.",
                row=row.name,
                missing=", ".join(missing),
            ),
        )


def check_open(row: Any, at: str | None = None) -> None:
    """Refuse to claim or send before approval, plan and audit are on record, and while the study is stopped.

    `at` is when it happened, where that is past: what went out before a stop is put on record during it.
    """
    check_approved(row)
    if row.plan_sha256 is None:
        raise Refusal(
            "not_approved", say("The study '{row}' has no plan on record. Import its plan first.", row=row.name)
        )
    if row.audit_sha256 is None:
        raise Refusal(
            "not_approved",
            say(
                "No passed equivalence audit of the documents of '{row}' is on record. Render the plan, then "
                "record its audit (`corrtest register approve --documents DIR`, or Register.record_audit).",
                row=row.name,
            ),
        )
    if row.stopped is not None and (at is None or at >= row.stopped_since):
        raise Refusal(
            "stopped",
            say(
                "The study '{row}' is stopped: {stopped}. Only a coordinator can resume it.",
                row=row.name,
                stopped=row.stopped,
            ),
        )
    check_not_erased(row)


def check_real(study: Study, what: str) -> None:
    """Refuse what is made up in a study that is not; `what` says what it is, as a sentence begins."""
    if not study.simulated:
        raise Refusal(
            "simulated",
            say(
                "{what}, and the study '{study}' is a real one, which takes in nothing of the kind. A study that is a "
                "simulation says so in its file: simulated = true in [study].",
                what=what,
                study=study.name,
            ),
        )


def check_not_erased(row: Any) -> None:
    """Refuse to change a study whose identities are destroyed."""
    if row.erased_at is not None:
        raise Refusal(
            "stopped",
            say(
                "The study '{row}' was erased on {erased_at}; it can only be read.",
                row=row.name,
                erased_at=row.erased_at,
            ),
        )


def check_period(study: Study, on: date) -> None:
    """Refuse a day outside the period that was approved."""
    if not study.period.start <= on <= study.period.end:
        raise Refusal(
            "outside_period",
            say(
                "{on} lies outside the approved period of '{study}' ({start} to {end}). Check the date; a longer "
                "period needs a new approval.",
                on=on,
                study=study.name,
                start=study.period.start,
                end=study.period.end,
            ),
        )
