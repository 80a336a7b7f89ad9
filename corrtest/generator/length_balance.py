"""Balance of length: whether one arm writes more than the other over a study, part by part.

Everything counts that an employer reads, the signal and what is declared with it too: only a persona's name, address
and contact data stand as one mark, since a name is as long as it is. The difference between the arms is in standard
deviations: (mean of treated - mean of control) / sqrt((variance of treated + variance of control) / 2), as in Austin
(2009), "Balance diagnostics for comparing the distribution of baseline covariates", Statistics in Medicine 28.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from corrtest.generator.documents import Application
from corrtest.generator.masking import anonymous_text
from corrtest.generator.personas import Persona

__all__ = ["BALANCE_LIMIT", "lengths", "standardised_differences"]

# Largest standardised difference between the arms that counts as balance; Austin (2009).
BALANCE_LIMIT = 0.1

_WORD = re.compile(r"[^\W\d_]+")


def lengths(persona: Persona, application: Application) -> dict[str, float]:
    """Return the words, characters and lines of each part of an application, its jobs and skills, and its pages.

    A part that was not written has length 0; pages are known only of an application whose files were made.
    """
    found: dict[str, float] = {}
    for part in ("cv", "letter", "email"):
        text = anonymous_text(persona, application.texts.get(part, ""))
        found[f"{part} words"] = len(_WORD.findall(text))
        found[f"{part} characters"] = len(text)
        found[f"{part} lines"] = sum(1 for line in text.split("\n") if line.strip())
    found["jobs"] = len(persona.document["work"])
    found["skills"] = len(persona.document["skills"])
    for part, pages in application.pages.items():
        found[f"{part} pages"] = pages
    return found


def standardised_differences(
    control: Sequence[Mapping[str, float]], treated: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """Return measure → standardised difference, treated - control; 0 where both arms have one and the same value.

    Parameters
    ----------
    control, treated : sequence of mapping
        Measure → value of each application of an arm, as `lengths` gives them; a measure that one of them lacks is
        taken over those that have it.
    """
    found: dict[str, float] = {}
    for name in dict.fromkeys(name for each in (*control, *treated) for name in each):
        one, other = (np.array([each[name] for each in arm if name in each], dtype=float) for arm in (control, treated))
        if min(len(one), len(other)) < 2:
            continue
        gap = float(other.mean() - one.mean())
        spread = float(np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2))
        found[name] = gap / spread if spread > 0 else float(np.copysign(np.inf, gap)) if gap else 0.0
    return found
