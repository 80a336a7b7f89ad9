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
    from corrtest.register import Register
    from corrtest.spec import FieldworkCount, progress_of, standing_of

    applications: list[dict[str, Any]] = []
    count = None
    if folder.register.is_file():
        with Register.open(folder.register) as register:
            found = register.oversight.status()
        applications = [{str(name): value for name, value in row.items()} for row in found.strata.to_dict("records")]
        states = found.strata.drop(columns=["joint_committee", "criterion"]).sum()
        count = FieldworkCount(
            approved=found.approved,
            applications=int(states.sum()),
            to_send=int(states["planned"] + states["claimed"]),
            open=int(states["sent"] + states["withdrawn"]),
        )
    progress = progress_of(folder, count)
    if progress.study is None:
        raise InputError(progress.fault)
    each = 1 if progress.study.pairing == "unpaired" else 2
    return standing_of(progress.study, progress, date.today(), applications, each=each)
