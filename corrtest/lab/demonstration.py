"""The study of the demo: a ready design made plainly fictitious, so that nobody mistakes its figures for findings."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from corrtest.resources import ready_design
from corrtest.spec import Study, read_study, read_study_text

# The table from its heading to the next one.
_APPROVAL = re.compile(r"^\[approval\][^\n]*\n(?:(?!\[)[^\n]*\n)*", flags=re.MULTILINE)
_SIMULATED_APPROVAL = """[approval]
ethics_reference = "SIMULATED, no real approval"
authorised_by = "SIMULATED, nobody"
employers_informed_on = {informed_on}
"""


def simulated_key(study: Study, purpose: str) -> bytes:
    """Return a key that anybody can make again: a simulated study has no identities to protect, and repeats itself."""
    return hashlib.sha256(f"simulated {study.name} {study.seed} {purpose}".encode()).digest()


def simulated_study(design: str) -> Study:
    """Return a study that says that it is simulated, in its name and in its approvals too.

    `design` names a ready design, or the file of a study.

    Raises
    ------
    StudyError
        There is no such design or file, or it has faults.
    """
    path = Path(design) if design.endswith(".toml") else ready_design(design)
    study = read_study(path)
    approval = _SIMULATED_APPROVAL.format(informed_on=study.period.start.isoformat())
    text = f"{_APPROVAL.sub('', study.source).rstrip()}\n\n{approval}"
    marked = "" if study.simulated else "\nsimulated = true"
    text = text.replace(f'name = "{study.name}"', f'name = "SIMULATED {study.name}"{marked}', 1)
    return read_study_text(text, path.name)
