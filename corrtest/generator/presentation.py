"""What a template sees: a persona's document as plain words, dates written out, in the layout's own headings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from corrtest.generator.languages import Language, language_of
from corrtest.generator.personas import Persona
from corrtest.generator.resume import SIGNAL_KEY
from corrtest.generator.wording import fill

__all__ = ["presentation"]


# Entries of work that fit on one page in the layouts' own sizes.
MOST_JOBS = 4


def _moment(month: str | None, language: Language) -> dict[str, str]:
    """Return a JSON Resume month in the three ways in which people write it."""
    if month is None:
        return dict.fromkeys(("numeric", "month", "year"), language.present)
    year, number = month.split("-")
    return {"numeric": f"{number}/{year}", "month": f"{language.months[int(number) - 1]} {year}", "year": year}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _scale(document: Mapping[str, Any]) -> float:
    """Return by how much the type of a CV is larger than the layout's: more on two pages, less where one is full."""
    if document["x-application"]["twoPages"]:
        return 1.14
    return 0.94 if len(document["work"]) > MOST_JOBS else 1.0


def _subject(heading: str, title: str, language: Language) -> str:
    """Return the letter's subject line: the layout's words with the job's title in its blank, or after them."""
    if "{" not in heading:
        return f"{heading} {title.lower()}"
    return fill(heading, language.with_agreements({"title": title.lower(), "town": ""}))


def presentation(persona: Persona, words: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the values that a template may print: text only, so that a template can do nothing but place it."""
    speech = language_of(language)
    document = persona.document
    basics, more = document["basics"], document["x-application"]
    letter, email = more["letter"], more["email"]
    born = date.fromisoformat(more["birthDate"])
    return {
        "name": basics["name"],
        "given": persona.given,
        "family": persona.family,
        "title": _capital(basics["label"]),
        "summary": basics["summary"],
        "disclosure": more["disclosure"],
        "email_address": basics["email"],
        "phone": basics["phone"],
        "address": basics["location"]["address"],
        "postal_code": basics["location"]["postalCode"],
        "town": basics["location"]["city"],
        "born": f"{born.day:02d}/{born.month:02d}/{born.year}",
        "born_long": speech.day(born),
        "nationality": more["nationality"],
        "licence": more["licence"],
        "order": more["order"],
        "two_pages": more["twoPages"],
        "scale": _scale(document),
        "references": " ".join(entry["reference"] for entry in document.get("references", [])),
        "work": [
            {
                "position": entry["position"],
                "employer": entry["name"],
                "employer_line": _capital(entry["name"]),
                "place": entry["location"],
                "start": _moment(entry["startDate"], speech),
                "end": _moment(entry.get("endDate"), speech),
                "tasks": entry["highlights"],
                "is_signal": bool(entry.get(SIGNAL_KEY)),
            }
            for entry in document["work"]
        ],
        "education": [
            {
                "school": entry["institution"],
                "school_line": _capital(entry["institution"]),
                "area": entry["area"],
                "diploma": entry["studyType"],
                "start": entry["startDate"][:4],
                "end": entry["endDate"][:4],
            }
            for entry in document["education"]
        ],
        "certificates": [entry["name"] for entry in document["certificates"]],
        "skills": [entry["name"] for entry in document["skills"]],
        "languages": [{"name": entry["language"], "level": entry["fluency"]} for entry in document["languages"]],
        "interests": [entry["name"] for entry in document["interests"]],
        "letter": {
            "date": speech.day(date.fromisoformat(more["written"])),
            "subject": _subject(words["subject"], basics["label"], speech),
            "greeting": letter["greeting"],
            "paragraphs": letter["paragraphs"],
            "in_email": letter["in_email"],
            "signoff": letter["signoff"],
        },
        "email": {**email, "attachments": []},
        "specimen": speech.specimen if more["specimen"] else "",
        "language": language,
        "w": dict(words),
    }
