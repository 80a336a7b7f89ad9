"""The study of the demo: a ready design made plainly fictitious, so that nobody mistakes its figures for findings."""

from __future__ import annotations

import re

from corrtest.resources import designs_folder
from corrtest.spec import Study, read_study_text

_APPROVAL = re.compile(r"^\[approval\]\n(?:#.*\n)*", flags=re.MULTILINE)
_SIMULATED_APPROVAL = """[approval]
ethics_reference = "SIMULATED, no real approval"
authorised_by = "SIMULATED, nobody"
employers_informed_on = {informed_on}
"""


def simulated_study(design: str) -> Study:
    """Return the ready design called `design` with "SIMULATED" in its name and in its approvals."""
    path = designs_folder() / f"{design}.toml"
    text = path.read_text(encoding="utf-8")
    study = read_study_text(text, path.name)
    approval = _SIMULATED_APPROVAL.format(informed_on=study.period.start.isoformat())
    text = _APPROVAL.sub(approval + "\n", text, count=1)
    text = text.replace(f'name = "{study.name}"', f'name = "SIMULATED {study.name}"', 1)
    return read_study_text(text, path.name)
