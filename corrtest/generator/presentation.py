"""What a template sees: a persona's document as plain words, dates written out, in the layout's own headings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from corrtest.generator.personas import SIGNAL_KEY, Persona

__all__ = ["MONTHS", "SPECIMEN", "presentation"]

_MONTH_NAMES = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
MONTHS = {language: tuple(names.split()) for language, names in _MONTH_NAMES.items()}
SPECIMEN = {"nl": "PROEFEXEMPLAAR", "en": "SPECIMEN", "fr": "SPÉCIMEN"}
NOW = {"nl": "heden", "en": "present", "fr": "aujourd'hui"}


def _moment(month: str | None, language: str) -> dict[str, str]:
    """Return a JSON Resume month in the three ways in which people write it."""
    if month is None:
        return dict.fromkeys(("numeric", "month", "year"), NOW[language])
    year, number = month.split("-")
    return {"numeric": f"{number}/{year}", "month": f"{MONTHS[language][int(number) - 1]} {year}", "year": year}


def _day(text: str, language: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def presentation(persona: Persona, words: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the values that a template may print: text only, so that a template can do nothing but place it."""
    document = persona.document
    basics, more = document["basics"], document["x-application"]
    letter, email = more["letter"], more["email"]
    paragraphs = list(letter["paragraphs"])
    if letter["disclosure"]:
        paragraphs.insert(len(paragraphs) - 1, letter["disclosure"])
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
        "born_long": _day(more["birthDate"], language),
        "nationality": more["nationality"],
        "licence": more["drivingLicence"],
        "work": [
            {
                "position": entry["position"],
                "employer": entry["name"],
                "place": entry["location"],
                "start": _moment(entry["startDate"], language),
                "end": _moment(entry.get("endDate"), language),
                "tasks": entry["highlights"],
                "is_signal": bool(entry.get(SIGNAL_KEY)),
            }
            for entry in document["work"]
        ],
        "education": [
            {
                "school": entry["institution"],
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
            "date": _day(more["written"], language),
            "greeting": letter["greeting"],
            "paragraphs": paragraphs,
            "signoff": letter["signoff"],
        },
        "email": {**email, "attachments": []},
        "specimen": SPECIMEN[language] if more["specimen"] else "",
        "language": language,
        "w": dict(words),
    }
