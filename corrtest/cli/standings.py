"""Where a study stands, from its folder: what status saves and the overview of all sectors reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from corrtest.errors import InputError

if TYPE_CHECKING:
    from corrtest.register import Status
    from corrtest.spec import Progress, Standing, StudyFolder


def fieldwork_in(folder: StudyFolder) -> Status | None:
    """Return what the register of a study folder says; None where there is none yet."""
    from corrtest.register import Register

    if not folder.register.is_file():
        return None
    with Register.open(folder.register) as register:
        return register.oversight.status()


def standing_in(folder: StudyFolder) -> Standing:
    """Return where the study in a folder stands today; see `standing_with`."""
    from corrtest.spec import progress_of

    fieldwork = fieldwork_in(folder)
    return standing_with(progress_of(folder, None if fieldwork is None else fieldwork.count), fieldwork)


def standing_with(progress: Progress, fieldwork: Status | None) -> Standing:
    """Return where a study stands today.

    Raises
    ------
    InputError
        The study file has faults, so that it does not say what it asks for.
    """
    from corrtest.spec import standing_of

    if progress.study is None:
        raise InputError(progress.fault)
    rows = [] if fieldwork is None else fieldwork.strata.to_dict("records")
    applications = [{str(name): value for name, value in row.items()} for row in rows]
    return standing_of(progress.study, progress, date.today(), applications)
