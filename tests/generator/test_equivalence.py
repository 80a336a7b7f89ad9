"""Twenty ways in which a pair could differ in more than its signal, and a pair that does not."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from corrtest.generator import Pair, Persona, audit_pair, draw_pair
from corrtest.generator.documents import Application, DocumentMaker
from corrtest.generator.masking import masked_text
from corrtest.generator.sentences import reading_ease
from tests.generator.pairs import SETS, make_pair, make_pairs

Document = dict[str, Any]
Change = Callable[[Document], None]


@pytest.fixture(scope="module")
def maker() -> DocumentMaker:
    return DocumentMaker(SETS, "nl", ("html",))


def faults(
    maker: DocumentMaker,
    pair: Pair,
    change: Callable[[Persona], Persona] = lambda persona: persona,
    arm: int = 1,
    rewrite: Callable[[str], str] = lambda text: text,
    part: str = "cv",
    more_pages: int = 0,
    stand_ins: tuple[str, ...] = (),
) -> tuple[str, ...]:
    people = list(draw_pair(11, pair))
    people[arm] = change(people[arm])
    made = [maker.make(pair, person) for person in people]
    texts = dict(made[arm].texts) | {part: rewrite(made[arm].texts[part])}
    made[arm] = Application(
        files=made[arm].files,
        texts=texts,
        pages={"cv": more_pages + (2 if people[arm].document["x-application"]["twoPages"] else 1)},
        stand_ins={"cv": stand_ins},
    )
    return audit_pair(pair, (people[0], people[1]), (made[0], made[1])).faults


def document(change: Change) -> Callable[[Persona], Persona]:
    def changed(persona: Persona) -> Persona:
        copied = copy.deepcopy(persona.document)
        change(copied)
        return dataclasses.replace(persona, document=copied)

    return changed


ORIGIN = make_pair(1, criterion="origin", level="turkish_name", occupation="mason")
AGE = make_pair(1, criterion="age", level="age_50", occupation="mason")
DEAF = make_pair(1, criterion="disability", level="deaf", occupation="mason")
DEAF_CV = draw_pair(11, DEAF)[1].document["x-application"]["disclosure"]


@pytest.mark.parametrize("pair", make_pairs(30), ids=lambda pair: pair.pair_id)
def test_a_pair_as_drawn_has_no_fault_that_another_draw_could_not_mend(maker: DocumentMaker, pair: Pair) -> None:
    assert set(faults(maker, pair)) <= {"reading_level", "shared_sentence"}


def flemish(persona: Persona) -> Persona:
    renamed = copy.deepcopy(persona.document)
    renamed["basics"]["name"] = "Jonas Verhoeven"
    return dataclasses.replace(persona, given="Jonas", family="Verhoeven", document=renamed)


def older(persona: Persona) -> Persona:
    copied = copy.deepcopy(persona.document)
    copied["x-application"]["birthDate"] = "1961-05-05"
    return dataclasses.replace(persona, born=date(1961, 5, 5), document=copied)


def job_earlier(doc: Document) -> None:
    doc["work"][-1]["startDate"] = f"{int(doc['work'][-1]['startDate'][:4]) - 2}-01"


def overlap(doc: Document) -> None:
    doc["work"][1]["endDate"] = "2026-12"


SABOTAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "the treated name is Flemish": ("name_origin", {"pair": ORIGIN, "change": flemish}),
    "the control name is Turkish": (
        "name_origin",
        {"pair": ORIGIN, "arm": 0, "change": lambda p: dataclasses.replace(p, family="Yılmaz")},
    ),
    "the disability is not in the CV": ("signal_missing", {"pair": DEAF, "rewrite": lambda t: t.replace(DEAF_CV, "")}),
    "the control CV says it too": (
        "signal_in_control",
        {"pair": DEAF, "arm": 0, "rewrite": lambda t: f"{t}\n{DEAF_CV}"},
    ),
    "the older one is too old": ("age", {"pair": AGE, "change": older}),
    "ages differ where age is not tested": ("age", {"pair": ORIGIN, "change": older}),
    "a letter far too long": (
        "letter_length",
        {"pair": ORIGIN, "change": document(lambda d: d["x-application"]["letter"]["paragraphs"].append("nog " * 200))},
    ),
    "a disclosure longer than its neutral twin": (
        "disclosure_length",
        {"pair": DEAF, "change": document(lambda d: d["x-application"].update(disclosure="Ik ben doof. " * 9))},
    ),
    "two more years of experience": ("experience", {"pair": ORIGIN, "change": document(job_earlier)}),
    "a higher diploma": (
        "diploma",
        {"pair": ORIGIN, "change": document(lambda d: d["education"][0].update(studyType="Professionele bachelor"))},
    ),
    "one skill more": (
        "skills",
        {"pair": ORIGIN, "change": document(lambda d: d["skills"].append({"name": "lassen"}))},
    ),
    "one certificate less": ("certificates", {"pair": ORIGIN, "change": document(lambda d: d["certificates"].clear())}),
    "one task less": ("tasks", {"pair": ORIGIN, "change": document(lambda d: d["work"][0]["highlights"].pop())}),
    "another language": (
        "languages",
        {"pair": ORIGIN, "change": document(lambda d: d["languages"].append({"language": "Turks", "fluency": "goed"}))},
    ),
    "another nationality": (
        "nationality",
        {"pair": ORIGIN, "change": document(lambda d: d["x-application"].update(nationality="Turk"))},
    ),
    "no driving licence": (
        "drivingLicence",
        {"pair": ORIGIN, "change": document(lambda d: d["x-application"].update(drivingLicence="geen"))},
    ),
    "one page more than it was to have": ("pages", {"pair": ORIGIN, "more_pages": 1}),
    "a letter from another typeface": ("typeface", {"pair": ORIGIN, "stand_ins": ("LibertinusSerif",)}),
    "a section that the layout dropped": (
        "content_missing",
        {"pair": ORIGIN, "rewrite": lambda t: "\n".join(t.split("\n")[:-6])},
    ),
    "a blank that was not filled": (
        "unfilled_blank",
        {"pair": ORIGIN, "part": "letter", "rewrite": lambda t: t + " {town}"},
    ),
    "two jobs at once": ("overlapping_jobs", {"pair": ORIGIN, "change": document(overlap)}),
    "a job that never ended before the diploma": (
        "job_before_diploma",
        {"pair": ORIGIN, "change": document(lambda d: d["education"][0].update(endDate="2026-06"))},
    ),
    "a letter in much harder words": (
        "reading_level",
        {
            "pair": ORIGIN,
            "part": "letter",
            "rewrite": lambda t: "verantwoordelijkheidsgevoel kwaliteitsbewustzijn " * 12,
        },
    ),
    "a field outside JSON Resume": (
        "not_json_resume",
        {"pair": ORIGIN, "change": document(lambda d: d.update(salary="3000"))},
    ),
    "the specimen mark is gone": (
        "specimen_mark",
        {"pair": ORIGIN, "rewrite": lambda t: t.replace("PROEFEXEMPLAAR", "")},
    ),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_sabotage_is_caught_by_its_own_check(maker: DocumentMaker, name: str) -> None:
    wanted, options = SABOTAGES[name]
    assert wanted in faults(maker, **options)
    assert wanted not in faults(maker, options["pair"])


def test_a_shared_sentence_and_one_sent_before_are_caught(maker: DocumentMaker) -> None:
    people = draw_pair(11, ORIGIN)
    made = [maker.make(ORIGIN, person) for person in people]
    copied = made[0].texts["letter"].split("\n")[9]
    texts = dict(made[1].texts) | {"letter": made[1].texts["letter"] + "\n" + copied}
    both = (made[0], dataclasses.replace(made[1], texts=texts))
    assert "shared_sentence" in audit_pair(ORIGIN, people, both).faults
    before = frozenset({"een zin die deze werkgever al kreeg"})
    texts = dict(made[1].texts) | {"letter": made[1].texts["letter"] + "\nEen zin die deze werkgever al kreeg."}
    both = (made[0], dataclasses.replace(made[1], texts=texts))
    assert "sentence_seen_before" in audit_pair(ORIGIN, people, both, "nl", before).faults


def test_the_same_telephone_number_and_a_public_figure_are_caught(maker: DocumentMaker) -> None:
    control, _ = draw_pair(11, ORIGIN)
    phone = control.document["basics"]["phone"]
    same = document(lambda d: d["basics"].update(phone=phone))
    assert "same_contact" in faults(maker, ORIGIN, same)
    famous = copy.deepcopy(control.document)
    famous["basics"]["name"] = "Bart De Wever"
    change = lambda p: dataclasses.replace(p, given="Bart", family="De Wever", document=famous)  # noqa: E731
    assert "refused_name" in faults(maker, ORIGIN, change, arm=0)


def test_masking_hides_the_signal_and_nothing_else(maker: DocumentMaker) -> None:
    for pair in (ORIGIN, AGE, DEAF):
        treated = draw_pair(11, pair)[1]
        text = maker.make(pair, treated).texts["cv"]
        masked = masked_text(treated, text)
        assert treated.family not in masked
        assert not any(sentence in masked for sentence in treated.signal_texts)
        assert not any(digit in masked for digit in "123456789")
        extra = [entry for entry in treated.document["work"] if "x-signal" in entry]
        assert all(entry["name"] not in masked for entry in extra)
        kept = [line for job in treated.document["work"] for line in job["highlights"]]
        assert all(line in masked for line in kept)


def test_reading_ease_is_higher_for_shorter_words() -> None:
    # Flesch-Douma by hand: 4 words, 1 sentence, 4 syllables: 206.84 - 0.93 * 4 - 77 * 1.
    assert reading_ease("Ik ga naar huis.") == pytest.approx(206.84 - 0.93 * 4 - 77)
    assert reading_ease("Verantwoordelijkheden en eigenschappen.") < 0
