"""The audit of answers for portals: both personas say the same, and what their CV says.

It reads the sheets as a recruiter would and shares no code with the writing of answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from corrtest.generator.documents import Application
from corrtest.generator.personas import Persona

__all__ = ["answer_faults"]

# Largest difference in length between the longer answers of a pair, as a share of the longer ones together.
LENGTH_LIMIT = 0.1
# What an answer repeats from the CV word for word.
REPEATED = ("phone", "email", "given", "family", "postal_code")
# A date and numbers say the same in any words.
_NUMBER = re.compile(r"\d+")
_NUMBERED = ("start", "notice", "years")
_FREE = ("why_job", "why_here")

Rows = Mapping[str, Mapping[str, str]]


def answer_faults(
    personas: tuple[Persona, Persona],
    applications: tuple[Application, Application],
    measured: dict[str, float],
    *,
    age_is_signal: bool,
) -> Iterator[tuple[str, str]]:
    """Yield (fault, detail) of a pair's answers; nothing where neither answers a form."""
    sheets = [_rows(persona) for persona in personas]
    if not any(sheets):
        return
    # A nationality that neither states is no question of either; what one alone is asked, the other lacks.
    if list(sheets[0]) != list(sheets[1]):
        yield "answers", f"asked: {sorted(set(sheets[0]) ^ set(sheets[1]))}"
        return
    yield from _unlike(sheets, age_is_signal)
    for persona, application, rows in zip(personas, applications, sheets, strict=True):
        cv = application.texts["cv"]
        absent = [key for key in REPEATED if rows[key]["text"] not in cv]
        absent += [key for key in ("job", "diploma") if rows[key]["text"].split(", ")[0] not in cv]
        yield from (("answers_unlike_cv", f"{persona.arm} {key}: {rows[key]['text']}") for key in absent)
    sizes = [sum(len(rows[key]["text"]) for key in _FREE) for rows in sheets]
    measured["answers_length_difference"] = (sizes[1] - sizes[0]) / max(sizes)
    if abs(sizes[1] - sizes[0]) > LENGTH_LIMIT * max(sizes):
        yield "answers_length", f"{sizes[0]} and {sizes[1]} characters"


def _unlike(sheets: Sequence[Rows], age_is_signal: bool) -> Iterator[tuple[str, str]]:
    """Yield what the two answer differently: another fact, or another number in the same one."""
    one, two = sheets
    for key in one:
        if key == "years" and age_is_signal:
            continue  # an older persona has worked for longer: that is the signal
        facts = [rows[key]["fact"] for rows in sheets]
        numbers = [_NUMBER.findall(rows[key]["text"]) for rows in sheets] if key in _NUMBERED else [[], []]
        if facts[0] != facts[1] or numbers[0] != numbers[1]:
            yield "answers", f"{key}: {one[key]['text']} and {two[key]['text']}"


def _rows(persona: Persona) -> Rows:
    return {row["key"]: row for row in persona.document["x-application"].get("answers", ())}
