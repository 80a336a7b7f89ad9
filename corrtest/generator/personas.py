"""Personas: the two fictitious people of a pair, as a function of the study's seed, the pair and the arm.

`draw_pair` writes both documents at once, because they are matched: the same tasks, skills and certificates in
twin wordings, the same diploma and length of career, and texts of nearly the same length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from corrtest.design import substream
from corrtest.errors import GeneratorError
from corrtest.generator.careers import Career, draw_careers, month_text
from corrtest.generator.contacts import Contact, ContactPool
from corrtest.generator.names import CONTROL_ORIGIN, draw_name, refuses
from corrtest.generator.pools import Profile, firm_names, interests, profile, read_csv, schools, sentence_pool
from corrtest.generator.signals import Signal, signal
from corrtest.generator.twins import Arm, Taken, TwinWriter
from corrtest.generator.wording import Draws
from corrtest.spec import ARMS

__all__ = ["Pair", "Persona", "draw_pair", "draw_persona"]

NATIONALITY = {"nl": "Belg", "en": "Belgian", "fr": "belge"}
SIGNAL_KEY = "x-signal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the generator needs to know of one row of the plan."""

    pair_id: str
    criterion: str
    level: str
    occupation: str
    postal_code: str
    employer_id: str
    first_arm: str
    control_template: str
    treated_template: str
    send_first_on: date
    send_second_on: date
    twin_of_control: int
    gender: str

    def template(self, arm: str) -> str:
        """Return the template set of an arm."""
        return self.control_template if arm == "control" else self.treated_template

    def sent_on(self, arm: str) -> date:
        """Return the day on which the arm's application goes out."""
        return self.send_first_on if arm == self.first_arm else self.send_second_on

    def twin(self, arm: str) -> int:
        """Return which twin wording the arm has: 0 (a) or 1 (b)."""
        return self.twin_of_control if arm == "control" else 1 - self.twin_of_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One fictitious person: a JSON Resume document with letter and e-mail, and what the audit must know.

    `signal_texts` are the sentences that carry the signal; `drawn` are the pool entries that were considered for
    the pair: rewording one of them can change this persona, rewording any other entry cannot.
    """

    pair_id: str
    arm: str
    gender: str
    origin: str
    given: str
    family: str
    born: date
    written: datetime
    document: dict[str, Any]
    signal_texts: tuple[str, ...]
    drawn: tuple[str, ...]

    @property
    def name(self) -> str:
        """Full name."""
        return f"{self.given} {self.family}"


def _schooling(
    own: Draws, subject: Profile, career: Career, twin: int, area: str, place: str, language: str
) -> dict[str, Any]:
    school = own.pick(schools(language)[subject.diploma.school])
    institution = school if subject.diploma.school == "bachelor" else f"{school} {place}"
    return {
        "institution": institution,
        "area": area,
        "studyType": subject.diploma.written[twin],
        "startDate": f"{career.graduated - subject.diploma.years}-09",
        "endDate": f"{career.graduated}-06",
    }


def _coined(draws: Draws, forms: Sequence[str], taken: set[str]) -> str:
    """Draw an employer's name that no real firm is known to have and that the pair has not used yet."""
    coined = firm_names()
    for _ in range(60):
        form = draws.pick(forms)
        kind = "home" if "{home}" in form else "firm"
        name = draws.pick(coined[kind])
        written = form.format(**{kind: name})
        if name not in taken and not refuses(written):
            taken.add(name)
            return written
    raise GeneratorError("There are too few coined employer names; add rows to firm_names.csv.")


def _arm_signal(found: Signal, arm: str, gender: str) -> tuple[str, str]:
    """Return (origin of the name, gender) of an arm."""
    origin = found.names if arm == "treated" and found.names else CONTROL_ORIGIN
    if found.gender is None:
        return origin, gender
    other = "man" if found.gender == "woman" else "woman"
    return origin, found.gender if arm == "treated" else other


def draw_pair(
    seed: int,
    pair: Pair,
    *,
    language: str = "nl",
    contacts: ContactPool | None = None,
    taken: Taken | None = None,
    attempt: int = 0,
) -> tuple[Persona, Persona]:
    """Draw the control and the treated persona of a pair.

    Parameters
    ----------
    seed : int
        The study's seed.
    pair : Pair
        The pair, with its twin and gender as counterbalanced by `pair_factors`.
    contacts : ContactPool, optional
        The study's own telephone numbers, mailboxes and addresses; without it the documents are specimens.
    taken : Taken, optional
        What earlier pairs to the same employer used up; this pair's names, sentences and contact data are added.
    attempt : int
        Which draw of this pair: a pair whose texts come out too unequal is drawn again as a whole.

    Returns
    -------
    tuple of Persona
        Control, treated. The same arguments give the same personas.
    """
    taken = taken if taken is not None else Taken()
    pool = contacts if contacts is not None else ContactPool.specimen()
    subject, found = profile(pair.occupation, language), signal(pair.criterion, pair.level)
    shared = Draws(substream(seed, "pair", pair.pair_id, str(attempt)))
    own = {arm: Draws(substream(seed, "persona", pair.pair_id, arm, str(attempt))) for arm in ARMS}
    careers = dict(
        zip(
            ARMS,
            draw_careers(shared, (own["control"], own["treated"]), pair.send_first_on, subject.diploma, found),
            strict=True,
        )
    )
    identity = {}
    homes = pool.towns(shared, pair.postal_code)
    vacancy_town = pool.town_of(pair.postal_code)
    for arm, home in zip(ARMS, homes, strict=True):
        origin, gender = _arm_signal(found, arm, pair.gender)
        given, family = draw_name(own[arm], origin, gender, careers[arm].born.year, taken.families)
        taken.families.add(family)
        contact = pool.draw(own[arm], given, family, careers[arm].born.year, home, taken.contacts)
        identity[arm] = (origin, gender, given, family, contact)
    writer = TwinWriter(subject, shared, own, pair, vacancy_town, taken, language)
    employers: set[str] = set()
    area = shared.pick(subject.areas)
    drafts: dict[Arm, dict[str, Any]] = {}
    for arm in ARMS:
        contact = identity[arm][4]
        work = [
            _work(
                own[arm],
                subject,
                careers[arm],
                number,
                pair,
                arm,
                employers,
                pool.nearby(own[arm], pair.postal_code),
                found,
                language,
            )
            for number in range(len(careers[arm].jobs))
        ]
        drafts[arm] = {
            "work": work,
            "education": [_schooling(own[arm], subject, careers[arm], pair.twin(arm), area, contact.town, language)],
            **writer.lists(arm, interests(language), sentence_pool(language)),
        }
    writer.write(drafts)
    personas = []
    for arm in ARMS:
        origin, gender, given, family, contact = identity[arm]
        document, texts = _document(pair, arm, drafts[arm], contact, careers[arm], found, subject, language)
        document["basics"]["name"] = f"{given} {family}"
        personas.append(
            Persona(
                pair_id=pair.pair_id,
                arm=arm,
                gender=gender,
                origin=origin,
                given=given,
                family=family,
                born=careers[arm].born,
                written=_written(own[arm], pair.sent_on(arm)),
                document=document,
                signal_texts=texts,
                drawn=writer.entries,
            )
        )
    return personas[0], personas[1]


def _written(own: Draws, sent_on: date) -> datetime:
    """Draw the moment at which the documents were made: the day before they go out, between 8 and 22 o'clock."""
    moment = time(8 + own.index(14), own.index(60), own.index(60), tzinfo=UTC)
    return datetime.combine(sent_on - timedelta(days=1), moment)


def draw_persona(seed: int, pair: Pair, arm: str, **options: Any) -> Persona:
    """Draw one persona: the same as the pair's, for whoever needs one arm only."""
    return draw_pair(seed, pair, **options)[ARMS.index(arm)]


def _work(
    own: Draws,
    subject: Profile,
    career: Career,
    number: int,
    pair: Pair,
    arm: str,
    employers: set[str],
    town: str,
    found: Signal,
    language: str,
) -> dict[str, Any]:
    job = career.jobs[number]
    first = number == sum(not each.is_signal for each in career.jobs) - 1
    title = subject.title[0].upper() + subject.title[1:]
    entry: dict[str, Any] = {
        "name": _coined(own, subject.employers, employers),
        "position": subject.junior[pair.twin(arm)] if first and len(career.jobs) > 2 else title,
        "location": town,
        "startDate": month_text(job.start),
        "highlights": [],
    }
    if job.end is not None:
        entry["endDate"] = month_text(job.end)
    if job.is_signal:
        entry[SIGNAL_KEY] = True
        entry["position"] = title
        if found.extra_years == "other_sector":
            entry["position"], entry["name"] = _other_sector(own, subject, employers, language)
        elif found.extra_years == "inactive":
            line = own.pick(sentence_pool(language).slots["inactive"][pair.twin(arm)])
            entry |= {"position": line.write(own, {}), "name": "", "location": ""}
    return entry


def _other_sector(own: Draws, subject: Profile, employers: set[str], language: str) -> tuple[str, str]:
    """Draw a position and an employer outside the persona's own kind of work."""
    rows = [row for row in read_csv(f"other_sectors.{language}.csv") if row["family"] != subject.family]
    row = own.pick(rows)
    return row["position"], _coined(own, (row["employer"],), employers)


def _document(
    pair: Pair,
    arm: str,
    draft: Mapping[str, Any],
    contact: Contact,
    career: Career,
    found: Signal,
    subject: Profile,
    language: str,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    cv_signal = " ".join(found.cv_sentences) if arm == "treated" else ""
    letter_signal = " ".join(found.letter_sentences) if arm == "treated" else ""
    sent = pair.sent_on(arm)
    document = {
        "basics": {
            "name": "",
            "label": subject.title,
            "email": contact.email,
            "phone": contact.phone,
            "summary": draft["summary"],
            "location": {
                "address": contact.street,
                "postalCode": contact.postal_code,
                "city": contact.town,
                "countryCode": "BE",
            },
        },
        "work": draft["work"],
        "education": draft["education"],
        "certificates": draft["certificates"],
        "skills": draft["skills"],
        "languages": draft["languages"],
        "interests": draft["interests"],
        "x-application": {
            "birthDate": career.born.isoformat(),
            "nationality": NATIONALITY[language],
            "drivingLicence": "B",
            "disclosure": cv_signal,
            "date": sent.isoformat(),
            "written": (sent - timedelta(days=1)).isoformat(),
            "letter": {**draft["letter"], "disclosure": letter_signal},
            "email": draft["email"],
            "specimen": contact.specimen,
        },
    }
    return document, tuple(text for text in (*found.cv_sentences, *found.letter_sentences) if arm == "treated")
