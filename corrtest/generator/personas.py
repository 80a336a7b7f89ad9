"""Personas: the two fictitious people of a pair, as a function of the study's seed and secret, the pair and the arm.

`draw_pair` writes both documents at once, because they are matched: the same tasks, skills and certificates in
twin wordings, the same diploma and length of career, and texts of nearly the same length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from corrtest.generator.careers import Career, draw_careers, month_text
from corrtest.generator.contacts import Contact, ContactPool
from corrtest.generator.cv_parts import arrange
from corrtest.generator.cv_sheets import cv_words, draw_qualities, draw_sheets
from corrtest.generator.disclosures import Disclosed, draw_disclosures
from corrtest.generator.factors import mirrored
from corrtest.generator.languages import Language, language_of
from corrtest.generator.letter_grammar import YEARS, letter_grammar
from corrtest.generator.letters import LetterWriter, draw_plans, years_of
from corrtest.generator.names import draw_name
from corrtest.generator.pairs import Pair
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import Profile, interests, profile, sentence_pool
from corrtest.generator.portal_answers import Respondent, portal_answers
from corrtest.generator.resume import SIGNAL_KEY
from corrtest.generator.signals import Signal, signal
from corrtest.generator.stated import Stated, stated
from corrtest.generator.telephone_scripts import CALL_SHEET, call_rows
from corrtest.generator.twins import Arm, Considered, Frames, Taken, TwinWriter
from corrtest.generator.wording import Draws
from corrtest.generator.workplaces import Places
from corrtest.spec import ARMS, BELGIAN_TIME, SHIPPED, Documents, Names

DOCUMENTS = Documents()
NO_FRAMES: Frames = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One fictitious person: a JSON Resume document with letter and e-mail, and what the audit must know.

    `titles` are the occupation's as a man and as a woman writes it; `signal_texts` are the texts that carry the signal,
    or stand in its place in the control arm; `considered` are the pool lines that were considered for the pair.
    """

    pair_id: str
    arm: str
    language: str
    occupation: str
    titles: tuple[str, str]
    gender: str
    origin: str
    given: str
    family: str
    born: date
    written: datetime
    document: dict[str, Any]
    signal_texts: tuple[str, ...]
    considered: Sequence[Considered] = field(repr=False, compare=False)

    @property
    def drawn(self) -> tuple[str, ...]:
        """Pool entries: rewording one of them can change this persona, rewording any other entry cannot."""
        entries = (phrase.entry for twins in self.considered for lines in twins for phrase in lines)
        return tuple(dict.fromkeys(entries))

    @property
    def name(self) -> str:
        """Full name."""
        return f"{self.given} {self.family}"


def _schooling(
    own: Draws, places: Places, career: Career, twin: int, area: str, towns: Sequence[str]
) -> dict[str, Any]:
    diploma = places.subject.diploma
    return {
        "institution": places.school(own, towns),
        "area": area,
        "studyType": diploma.written[twin],
        "startDate": f"{career.graduated - diploma.years}-09",
        "endDate": f"{career.graduated}-06",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What holds for the whole pair: its words, its signal, and the study's own choices."""

    pair: Pair
    subject: Profile
    found: Signal
    language: Language
    documents: Documents
    pools: Pools
    names: Names

    @property
    def refused(self) -> tuple[str, ...]:
        """Names that the study refuses besides those that are always refused."""
        return (*self.documents.refused_names, *self.documents.refused_firms)


def draw_pair(
    seed: int,
    pair: Pair,
    *,
    language: str = "nl",
    contacts: ContactPool | None = None,
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
    pools: Pools = SHIPPED_POOLS,
    taken: Taken | None = None,
    frames: Frames = NO_FRAMES,
    attempt: int = 0,
) -> tuple[Persona, Persona]:
    """Draw the control and the treated persona of a pair.

    Parameters
    ----------
    seed : int
        What the draws follow from: `document_seed` of the study.
    pair : Pair
        The pair, with its twin and gender as counterbalanced by `pair_factors`.
    contacts : ContactPool, optional
        The study's own telephone numbers, mailboxes and addresses; without it the documents are specimens.
    documents : Documents
        What the study has the documents state, and the names it refuses.
    names : Names
        The criteria and occupations that the study may name.
    pools : Pools
        Names, places and wordings, with what the study adds to them.
    taken : Taken, optional
        What earlier pairs to the same employer used up; this pair's names, sentences and contact data are added.
    frames : mapping
        How many characters each template set adds to a text, so that the whole documents come out equally long.
    attempt : int
        Which draw of this pair: a pair whose texts come out too unequal is drawn again as a whole.

    Returns
    -------
    tuple of Persona
        Control, treated. The same arguments give the same personas.
    """
    taken = taken if taken is not None else Taken()
    pool = contacts if contacts is not None else ContactPool.specimen()
    setting = _Setting(
        pair=pair,
        subject=profile(pair.occupation, language, names),
        found=signal(pair.criterion, pair.level, language, names),
        language=language_of(language),
        documents=documents,
        pools=pools,
        names=names,
    )
    subject = setting.subject
    shared, *arms = Draws.lanes(seed, ("pair", pair.pair_id, str(attempt)), ("shared", *ARMS))
    own: dict[Arm, Draws] = dict(zip(ARMS, arms, strict=True))
    words = cv_words(language, pools)
    sheets = mirrored(seed, pair, "cv", draw_sheets)
    qualities = draw_qualities(shared, pair.occupation, subject.family, words, len(subject.certificates))
    both = draw_careers(
        shared,
        (own["control"], own["treated"]),
        pair.send_first_on,
        subject.diploma,
        setting.found,
        (sheets["control"], sheets["treated"]),
        qualities.gap_months,
    )
    careers = dict(zip(ARMS, both, strict=True))
    identity = _identities(setting, pool, shared, own, careers, taken)
    town = pool.town_of(pair.postal_code, language)
    genders = {arm: identity[arm].gender for arm in ARMS}
    writer = TwinWriter(subject, shared, own, pair, genders, town, taken, setting.language, frames, pools)
    places = Places(subject=subject, language=setting.language, documents=documents, pools=pools, taken=set())
    area = shared.pick(subject.areas)
    drafts: dict[Arm, dict[str, Any]] = {}
    states: dict[Arm, Stated] = {}
    for arm in ARMS:
        career, home = careers[arm], identity[arm].contact.town
        towns = [pool.nearby(own[arm], pair.postal_code, language) for _ in career.jobs]
        work = [
            _work(setting, places, own[arm], career, number, arm, identity[arm].gender, town)
            for number, town in enumerate(towns)
        ]
        rows = sentence_pool(language, pools).languages
        states[arm] = stated(
            setting.found, arm, pair.twin(arm), documents, setting.language, rows, qualities, words.levels
        )
        drafts[arm] = {
            "employer": work[0][1],
            "work": [entry for entry, _ in work],
            "education": [_schooling(own[arm], places, career, pair.twin(arm), area, (home, towns[-1]))],
            "languages": [{"language": name, "fluency": level} for name, level in states[arm].languages],
            **writer.lists(arm, interests(language, pools)),
        }
    writer.write(drafts)
    said = draw_disclosures(shared, setting.found, language, pools, taken.sentences)
    _write_letters(setting, seed, names, own, drafts, said, writer, taken)
    control, treated = (
        _persona(
            setting, arm, own[arm], identity[arm], careers[arm], drafts[arm], states[arm], said[arm], writer.considered
        )
        for arm in ARMS
    )
    # A stream of their own: what a letter takes to be written changes nothing in the CV.
    parts = Draws.lanes(seed, ("parts", pair.pair_id, str(attempt)), ARMS)
    arrange(
        {"control": control.document, "treated": treated.document},
        sheets,
        careers,
        qualities,
        words,
        places,
        dict(zip(ARMS, parts, strict=True)),
        pair,
    )
    if pair.answers:
        speakers = (
            LetterWriter(pair, language, names, pools, draws, _blanks(setting, arm, drafts, writer), taken)
            for arm, draws in zip(ARMS, Draws.lanes(seed, ("why", pair.pair_id, str(attempt)), ARMS), strict=True)
        )
        _answer(seed, setting, (control, treated), (next(speakers), next(speakers)), town, attempt)
    for person in (control, treated) if pair.called else ():
        script = call_rows(person.document, setting.found, setting.language.code, pools)
        person.document["x-application"][CALL_SHEET] = script
    return control, treated


def _answer(
    seed: int,
    setting: _Setting,
    people: tuple[Persona, Persona],
    speakers: tuple[LetterWriter, LetterWriter],
    town: str,
    attempt: int,
) -> None:
    """Put the answers for an application form in both documents."""
    control, treated = (
        Respondent(given=each.given, family=each.family, gender=each.gender, document=each.document) for each in people
    )
    answers = portal_answers(
        seed,
        setting.pair,
        (control, treated),
        speakers=speakers,
        family=setting.subject.family,
        town=town,
        language=setting.language,
        pools=setting.pools,
        attempt=attempt,
    )
    for person, own in zip(people, answers, strict=True):
        person.document["x-application"]["answers"] = [asdict(answer) for answer in own]


def _blanks(setting: _Setting, arm: Arm, drafts: Mapping[Arm, dict[str, Any]], writer: TwinWriter) -> dict[str, str]:
    """Return what fills the blanks of the grammar's sentences for one arm."""
    work = [job for job in drafts[arm]["work"] if SIGNAL_KEY not in job]
    years = years_of(work, setting.pair.send_first_on, letter_grammar(setting.language.code, setting.pools))
    return {**writer.words(drafts)[arm], YEARS: years}


def _write_letters(
    setting: _Setting,
    seed: int,
    names: Names,
    own: Mapping[Arm, Draws],
    drafts: Mapping[Arm, dict[str, Any]],
    said: Mapping[Arm, Disclosed],
    writer: TwinWriter,
    taken: Taken,
) -> None:
    """Fill profile, letter and e-mail of both drafts; how long and in which order, the block of the pair says."""
    pair, code = setting.pair, setting.language.code
    plans = mirrored(seed, pair, "letter", draw_plans)
    for arm in writer.order:
        blanks = _blanks(setting, arm, drafts, writer)
        letters = LetterWriter(pair, code, names, setting.pools, own[arm], blanks, taken)
        drafts[arm]["summary"] = letters.profile(plans[arm])
        drafts[arm]["letter"], drafts[arm]["email"] = letters.write(plans[arm], said[arm].letter)
        writer.considered.extend(letters.considered)
        taken.sentences.update(said[arm].texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    """Name, gender and contact data of one arm."""

    origin: str
    gender: str
    given: str
    family: str
    contact: Contact


def _identities(
    setting: _Setting,
    pool: ContactPool,
    shared: Draws,
    own: Mapping[Arm, Draws],
    careers: Mapping[Arm, Career],
    taken: Taken,
) -> dict[Arm, _Identity]:
    """Draw who the two are and where they live; what one has, nobody else before the employer has."""
    pair, language = setting.pair, setting.language
    found: dict[Arm, _Identity] = {}
    near = pool.towns(shared, pair.postal_code, language.code)
    homes = [pool.home(own[arm], setting.found.places(arm), language.code) or near[n] for n, arm in enumerate(ARMS)]
    for arm, home in zip(ARMS, homes, strict=True):
        origin = setting.found.origin(arm, language.control_names)
        gender = setting.found.gender_of(arm, pair.gender)
        year = careers[arm].born.year
        given, family = draw_name(
            own[arm], origin, gender, year, taken.families, setting.refused, setting.pools, setting.names.chosen
        )
        taken.families.add(family)
        contact = pool.draw(own[arm], given, family, year, home, taken.contacts, language.code, setting.pools)
        found[arm] = _Identity(origin=origin, gender=gender, given=given, family=family, contact=contact)
    return found


def _persona(
    setting: _Setting,
    arm: Arm,
    own: Draws,
    identity: _Identity,
    career: Career,
    draft: Mapping[str, Any],
    states: Stated,
    said: Disclosed,
    considered: Sequence[Considered],
) -> Persona:
    pair = setting.pair
    return Persona(
        pair_id=pair.pair_id,
        arm=arm,
        language=setting.language.code,
        occupation=pair.occupation,
        titles=(setting.subject.titles["man"], setting.subject.titles["woman"]),
        gender=identity.gender,
        origin=identity.origin,
        given=identity.given,
        family=identity.family,
        born=career.born,
        written=_written(own, pair.sent_on(arm)),
        document=_document(setting, arm, identity, career, draft, states, said),
        signal_texts=(*said.texts, *states.differing),
        considered=considered,
    )


def _written(own: Draws, sent_on: date) -> datetime:
    """Draw the moment at which the documents were made: the day before they go out, 8 to 22 o'clock in Belgium."""
    moment = time(8 + own.index(14), own.index(60), own.index(60), tzinfo=BELGIAN_TIME)
    return datetime.combine(sent_on - timedelta(days=1), moment)


def draw_persona(seed: int, pair: Pair, arm: str, **options: Any) -> Persona:
    """Draw one persona of a pair, for callers that need one arm only."""
    return draw_pair(seed, pair, **options)[ARMS.index(arm)]


def _work(
    setting: _Setting, places: Places, own: Draws, career: Career, number: int, arm: Arm, gender: str, town: str
) -> tuple[dict[str, Any], str]:
    """Return one entry of the list of jobs, and how a sentence names the workplace."""
    pair, subject, found = setting.pair, setting.subject, setting.found
    job = career.jobs[number]
    first = number == sum(not each.is_signal for each in career.jobs) - 1
    title = subject.titles[gender][0].upper() + subject.titles[gender][1:]
    workplace = places.workplace(own, town)
    entry: dict[str, Any] = {
        "name": workplace.listed,
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
            entry["position"], other = places.other_sector(own, town)
            entry["name"] = other.listed
        elif found.extra_years == "inactive":
            line = own.pick(sentence_pool(setting.language.code, setting.pools).slots["inactive"][pair.twin(arm)])
            entry |= {"position": line.write(own, {}), "name": "", "location": ""}
    return entry, workplace.spoken


def _document(
    setting: _Setting,
    arm: Arm,
    identity: _Identity,
    career: Career,
    draft: Mapping[str, Any],
    states: Stated,
    said: Disclosed,
) -> dict[str, Any]:
    """Return the JSON Resume document, with letter and e-mail as an extension."""
    contact = identity.contact
    sent = setting.pair.sent_on(arm)
    return {
        "basics": {
            "name": f"{identity.given} {identity.family}",
            "label": setting.subject.titles[identity.gender],
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
            "nationality": states.nationality,
            "employer": draft["employer"],
            "disclosure": said.cv,
            "date": sent.isoformat(),
            "written": (sent - timedelta(days=1)).isoformat(),
            "letter": {**draft["letter"], "disclosure": said.letter},
            "email": draft["email"],
            "specimen": contact.specimen,
        },
    }
