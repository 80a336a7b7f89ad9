"""The parts of a CV put together: what a sheet leaves out or adds, what both arms have, and the counterweight to years.

Where one arm has worked longer because age is what is tested, the other has a job besides school: an entry as long as
the one that tells of the extra years, so that neither CV is the longer one. It counts for no experience.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.generator.careers import Career, month_text
from corrtest.generator.cv_sheets import CvSheet, CvWords, Qualities
from corrtest.generator.pairs import Pair
from corrtest.generator.resume import GAP_KEY, OUTSIDE_KEY, SIGNAL_KEY, career_jobs
from corrtest.generator.twins import Arm
from corrtest.generator.wording import Draws
from corrtest.generator.workplaces import Places
from corrtest.spec import ARMS

__all__ = ["arrange"]

# Jobs besides school that are drawn to find one as long as the entry that it weighs against.
COUNTERWEIGHTS = 40
# Characters of a word.
WORD = 6

Document = dict[str, Any]


def arrange(
    documents: Mapping[Arm, Document],
    sheets: Mapping[str, CvSheet],
    careers: Mapping[Arm, Career],
    qualities: Qualities,
    words: CvWords,
    places: Places,
    own: Mapping[Arm, Draws],
    pair: Pair,
) -> None:
    """Bring the documents of both arms into the form of their sheets.

    Parameters
    ----------
    documents : mapping
        Arm → JSON Resume document, with its career complete; changed in place.
    """
    extra = {arm: _signal_entry(document) for arm, document in documents.items()}
    for arm, other in zip(ARMS, ARMS[::-1], strict=True):
        document, sheet, draws = documents[arm], sheets[arm], own[arm]
        twin, more = pair.twin(arm), document["x-application"]
        more |= {"drivingLicence": qualities.categories, "ownCar": qualities.own_car}
        more |= {"licence": qualities.categories + (words.own_car[twin] if qualities.own_car else "")}
        more |= {"order": list(sheet.order), "twoPages": sheet.two_pages}
        document["certificates"] = document["certificates"][: qualities.certificates]
        document["interests"] = document["interests"][: sheet.interests]
        if not sheet.profile:
            document["basics"]["summary"] = ""
        if sheet.references:
            document["references"] = [{"reference": draws.pick(words.references)}]
        if qualities.part_time is not None:
            career_jobs(document)[-1]["position"] += f" ({qualities.part_time[twin]})"
        if qualities.gap is not None:
            _add_gap(document, careers[arm], qualities.gap[twin])
        against = extra[other]
        if against is not None and extra[arm] is None:
            document["work"].append(_counterweight(document, draws, places, words, against))
        elif against is None and extra[arm] is None and sheet.student_job:
            document["work"].append(_student_job(document, draws, places))


def _signal_entry(document: Document) -> Document | None:
    return next((entry for entry in document["work"] if SIGNAL_KEY in entry), None)


def _add_gap(document: Document, career: Career, reason: str) -> None:
    first, last = career.gap
    entry = {"name": "", "position": reason, "location": "", "highlights": [], GAP_KEY: True}
    entry |= {"startDate": month_text(first), "endDate": month_text(last)}
    later = sum(job["startDate"] > entry["startDate"] for job in document["work"])
    document["work"].insert(later, entry)


def _student_job(document: Document, draws: Draws, places: Places) -> Document:
    """Return a job of the last summers before the diploma, in the town where someone lives."""
    graduated = int(max(entry["endDate"] for entry in document["education"])[:4])
    town = document["basics"]["location"]["city"]
    position, workplace = places.student_job(draws, town)
    return {
        "name": workplace.listed,
        "position": position,
        "location": town,
        "startDate": month_text((graduated - 1 - draws.index(2)) * 12 + 6),
        "endDate": month_text((graduated - 1) * 12 + 7),
        "highlights": [],
        OUTSIDE_KEY: True,
    }


def _counterweight(document: Document, draws: Draws, places: Places, words: CvWords, extra: Document) -> Document:
    """Return the job besides school that is nearest in length to the entry that tells of the extra years."""
    found = [_student_job(document, draws, places) for _ in range(COUNTERWEIGHTS)]
    # Some say how large the place was; where the extra years have a long name, this is what makes up for it.
    found += [{**entry, "name": f"{entry['name']} ({draws.pick(words.sizes)})"} for entry in found]
    return min(found, key=lambda entry: _difference(entry, extra))


def _difference(one: Document, other: Document) -> int:
    """Return how much two entries differ in characters and, as much again, in words."""
    texts = [" ".join((entry["name"], entry["position"], entry["location"])) for entry in (one, other)]
    characters = abs(len(texts[0]) - len(texts[1]))
    return characters + WORD * abs(texts[0].count(" ") - texts[1].count(" "))
