"""Answers for portals: what application forms ask, answered by both personas of a pair alike, each in words of its own.

The facts (notice, licence, transport, hours, salary) are settled once for the pair, or follow from the personas'
documents; only their wording differs. Questions and wordings are the pool ``answers.<language>.toml``; why someone
applies is said in sentences of the letters' grammar, about as long in both arms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol

from corrtest.generator.languages import Language
from corrtest.generator.pairs import Pair
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.resume import SIGNAL_KEY, career_jobs
from corrtest.generator.wording import Draws, Phrase, fill, parse_phrase
from corrtest.spec import ARMS, phrase_blanks

__all__ = ["Answer", "AnswerPool", "Respondent", "Speaker", "answer_pool", "portal_answers"]

BLANKS = ("weeks", "start", "years")
# Weeks of notice of an employee who resigns, below so many months of service: Wet van 3 juli 1978, art. 37/2, § 2 (who
# has served longer agrees with the employer on less than the law's 7 to 13 weeks).
NOTICE = ((6, 2), (12, 3), (18, 4), (24, 5))
LONGEST_NOTICE = 6
# From the application to the day on which notice can be given.
DECISION = timedelta(days=14)
WEEKENDS = {"trade": "sometimes", "office": "sometimes", "care": "yes", "service": "yes"}
# Texts drawn for each answer of either twin; the two that bring the answers closest in length are kept.
CANDIDATES = 6
# Questions that both answer alike whatever the pair: the one thing they say.
ALWAYS = {"permit": "yes", "references": "ask", "keep": "this_vacancy"}
# Characters of a sentence that says why, drawn for both; and how many sentences each may choose among.
SENTENCE_LENGTH = (70, 130)
SENTENCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as it is copied into a form; `fact` is what it says, alike in both arms unless it tells who answers.

    `fact` is "" for what follows from the persona's own documents.
    """

    key: str
    group: str
    question: str
    text: str
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question of forms: fact → wordings of twin a and of twin b, or moves of the letters' grammar.

    With neither, the persona's documents answer.
    """

    key: str
    group: str
    ask: str
    moves: tuple[str, ...]
    says: Mapping[str, tuple[tuple[Phrase, ...], tuple[Phrase, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPool:
    """The questions of one language in the order of a form, with the sheet's own words."""

    title: str
    note: str
    groups: Mapping[str, str]
    words: Mapping[str, str]
    questions: tuple[_Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Who answers: the persona's name and gender as a form asks for them, and the JSON Resume document."""

    given: str
    family: str
    gender: str
    document: Mapping[str, Any]


class Speaker(Protocol):
    """Who says sentences of the letters' grammar for one arm."""

    def can(self, move: str) -> bool:
        """Tell whether there are lines for a move."""

    def sentence(self, move: str, wanted: float | None = None, count: int = 1) -> str:
        """Return a sentence that the employer has not seen, of about the length wanted."""


@cache
def answer_pool(language: str, pools: Pools = SHIPPED_POOLS) -> AnswerPool:
    """Return the questions that forms ask in a language, with the wordings of their answers."""
    name = f"answers.{language}.toml"
    data, blanks = pools.table(name), (*phrase_blanks(language), *BLANKS)

    def phrases(place: str, lines: Sequence[str]) -> tuple[Phrase, ...]:
        return tuple(parse_phrase(text, f"{place}[{number}]", blanks) for number, text in enumerate(lines))

    def says(row: Mapping[str, Any]) -> dict[str, tuple[tuple[Phrase, ...], tuple[Phrase, ...]]]:
        found = {}
        for fact, twins in row.get("says", {}).items():
            place = f"{name} {row['key']}.{fact}"
            found[fact] = (phrases(f"{place}.a", twins["a"]), phrases(f"{place}.b", twins["b"]))
        return found

    questions = (
        _Question(key=row["key"], group=row["group"], ask=row["ask"], moves=tuple(row.get("moves", ())), says=says(row))
        for row in data["question"]
    )
    return AnswerPool(
        title=data["title"], note=data["note"], groups=data["groups"], words=data["words"], questions=tuple(questions)
    )


def portal_answers(
    seed: int,
    pair: Pair,
    people: tuple[Respondent, Respondent],
    *,
    speakers: tuple[Speaker, Speaker],
    family: str,
    town: str,
    language: Language,
    pools: Pools = SHIPPED_POOLS,
    attempt: int = 0,
) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Return the answers of the control and of the treated persona of a pair.

    Parameters
    ----------
    seed : int
        What the draws follow from, as for `draw_pair`.
    speakers : tuple of Speaker
        Who says why each applies.
    family : str
        Kind of occupation: "trade", "care", "service" or "office".
    town : str
        Where the vacancy is.
    pools : Pools, optional
        The shipped pools and the study's own.
    """
    shared, *own = Draws.lanes(seed, ("answers", pair.pair_id, str(attempt)), ("shared", *ARMS))
    sheet = _Sheet(
        pool=answer_pool(language.code, pools),
        facts=_facts(pair, people[0].document, family, shared),
        twins=(pair.twin(ARMS[0]), pair.twin(ARMS[1])),
        own=(own[0], own[1]),
        words=_words(pair, people, town, language),
        speakers=speakers,
        shared=shared,
    )
    stated = [_stated(each, sheet.pool) for each in people]
    found: tuple[list[Answer], list[Answer]] = ([], [])
    for question in sheet.pool.questions:
        fact = sheet.facts.get(question.key, "")
        if question.moves:
            texts = sheet.said(question.moves)
        elif fact:
            texts = sheet.worded(question.says[fact])
        else:
            texts = (stated[0][question.key], stated[1][question.key])
        for answers, text, words in zip(found, texts, sheet.words, strict=True):
            if text:  # a persona that states no nationality leaves that field open
                told = words.get(_TOLD.get(question.key, ""), fact)
                answers.append(
                    Answer(key=question.key, group=question.group, question=question.ask, text=text, fact=told)
                )
    return tuple(found[0]), tuple(found[1])


# Question → the blank that holds what it tells.
_TOLD = {"start": "start", "notice": "weeks", "years": "years"}


def _facts(pair: Pair, document: Mapping[str, Any], family: str, shared: Draws) -> dict[str, str]:
    """Return what both answer, by question."""
    more = document["x-application"]
    licence = {"": "none", "B": "B"}.get(more["drivingLicence"], "")  # other categories as the documents have them
    transport = shared.pick(("car", "car", "bicycle"))
    return ALWAYS | {
        "start": "date",
        "notice": "weeks",
        "years": "years",
        "licence": licence,
        "transport": "bicycle" if licence == "none" else "car" if more["ownCar"] else transport,
        "hours": shared.pick(("full", "full", "either")),
        "weekends": WEEKENDS[family],
        "salary": shared.pick(("scale", "agree")),
        "heard": shared.pick(("service", "internet")),
    }


def _months(start: str, end: date) -> int:
    return end.year * 12 + end.month - int(start[:4]) * 12 - int(start[5:7])


def _notice(since: str, today: date) -> int:
    """Return the weeks of notice of someone who has been in a job since a month.

    >>> _notice("2025-01", date(2026, 3, 1)), _notice("2010-01", date(2026, 3, 1))
    (4, 6)
    """
    served = _months(since, today)
    return next((weeks for months, weeks in NOTICE if served < months), LONGEST_NOTICE)


def _words(
    pair: Pair, people: tuple[Respondent, Respondent], town: str, language: Language
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what fills the blanks of either arm; the control's dates stand for both, being alike."""
    work, today = people[0].document["work"], pair.send_first_on
    weeks = _notice(str(work[0]["startDate"]), today)
    decided = max(today, pair.send_second_on) + DECISION
    monday = decided + timedelta(days=-decided.weekday() % 7)
    months = sum(_worked(job, today) for job in career_jobs(people[0].document))

    def of(person: Respondent) -> dict[str, str]:
        label = person.document["basics"]["label"]
        earlier = [job for job in person.document["work"] if SIGNAL_KEY in job]
        same = sum(_worked(job, today) for job in earlier if job["position"].lower() == label.lower())
        return language.with_agreements(
            {
                "title": label,
                "town": town,
                "employer": person.document["x-application"]["employer"],
                "weeks": str(weeks),
                "start": language.day(monday + timedelta(weeks=weeks)),
                "years": str(max((months + same) // 12, 2)),
            }
        )

    return of(people[0]), of(people[1])


def _worked(job: Mapping[str, Any], today: date) -> int:
    """Return how many months a job has lasted."""
    end = job.get("endDate")
    return _months(job["startDate"], date(int(end[:4]), int(end[5:7]), 1) if end else today)


def _stated(person: Respondent, pool: AnswerPool) -> dict[str, str]:
    """Return what the persona's documents answer, so that form and CV say the same."""
    basics, more = person.document["basics"], person.document["x-application"]
    place, job, study = basics["location"], person.document["work"][0], person.document["education"][0]
    born = date.fromisoformat(more["birthDate"])
    spoken = (f"{each['language']}: {each['fluency']}" for each in person.document["languages"])
    return {
        "salutation": pool.words[person.gender],
        "given": person.given,
        "family": person.family,
        "born": f"{born.day:02d}/{born.month:02d}/{born.year}",
        "address": place["address"],
        "postal_code": place["postalCode"],
        "town": place["city"],
        "country": pool.words["country"],
        "phone": basics["phone"],
        "email": basics["email"],
        "nationality": more["nationality"],
        "job": f"{job['position']}, {job['name']}",
        "diploma": f"{study['studyType']}, {study['area']}, {study['institution']}, {study['endDate'][:4]}",
        "languages": "; ".join(spoken),
        "licence": more["drivingLicence"],
    }


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """Both personas with a form before them; `gap` is how much longer the treated answers are so far."""

    pool: AnswerPool
    facts: Mapping[str, str]
    twins: tuple[int, int]
    own: tuple[Draws, Draws]
    words: tuple[Mapping[str, str], Mapping[str, str]]
    speakers: tuple[Speaker, Speaker]
    shared: Draws
    gap: int = field(default=0)

    def worded(self, lines: tuple[tuple[Phrase, ...], tuple[Phrase, ...]]) -> tuple[str, str]:
        """Return one answer of control and treated."""
        drawn = []
        for twin, own in zip(self.twins, self.own, strict=True):
            drawn.append(own.texts(lines[twin], CANDIDATES))
        choices = [[fill(text, words) for text in texts] for texts, words in zip(drawn, self.words, strict=True)]
        one, two = min(
            ((one, two) for one in choices[0] for two in choices[1]),
            key=lambda both: abs(self.gap + len(both[1]) - len(both[0])),
        )
        self.gap += len(two) - len(one)
        return one, two

    def said(self, moves: Sequence[str]) -> tuple[str, str]:
        """Return why control and treated apply, in as many sentences of about the same lengths."""
        lengths = [(move, self.shared.between(*SENTENCE_LENGTH)) for move in moves if self.speakers[0].can(move)]
        one, two = (
            " ".join(speaker.sentence(move, wanted, SENTENCES) for move, wanted in lengths) for speaker in self.speakers
        )
        return one, two
