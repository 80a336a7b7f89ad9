"""Where a study stands, from its folder: what status saves and the overview of all sectors reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from corrtest.errors import InputError

if TYPE_CHECKING:
    from corrtest.spec import Standing, StudyFolder


def standing_in(folder: StudyFolder) -> Standing:
    """Return where the study in a folder stands today.

    Raises
    ------
    InputError
        The study file has faults, so that it does not say what it asks for.
    """
    from corrtest.analysis import design_named
    from corrtest.register import Register
    from corrtest.spec import progress_of, standing_of

    applications: list[dict[str, Any]] = []
    count = None
    if folder.register.is_file():
        with Register.open(folder.register) as register:
            found = register.oversight.status()
        applications = [{str(name): value for name, value in row.items()} for row in found.strata.to_dict("records")]
        count = found.count
    progress = progress_of(folder, count)
    if progress.study is None:
        raise InputError(progress.fault)
    each = design_named(progress.study.pairing).applications_a_row
    return standing_of(progress.study, progress, date.today(), applications, each=each)
