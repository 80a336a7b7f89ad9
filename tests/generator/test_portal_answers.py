"""Answers for portals: the same facts in both arms, in words of each one's own, and what the CV says."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest

from corrtest.generator import Persona, draw_pair, plan_pairs, render_pairs
from corrtest.generator.answer_audit import answer_faults
from corrtest.generator.answer_sheets import answer_files
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.portal_answers import answer_pool
from corrtest.generator.resume import career_jobs
from corrtest.generator.spelling import misspelled
from corrtest.generator.twins import Taken
from tests.generator.pairs import make_pair, make_pairs

LANGUAGES = ("nl", "en", "fr")
WORD = re.compile(r"[^\W\d_]+")
PERSONAL = {"given", "family", "born", "address", "postal_code", "town", "phone", "email"}


def answers(person: Persona) -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in person.document["x-application"]["answers"]}


def people(number: int, language: str = "nl", **changes: Any) -> tuple[Persona, Persona]:
    place = {"postal_code": "1000"} if language == "fr" else {}
    return draw_pair(7, make_pair(number, answers=True, **place, **changes), language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_say_the_same_in_other_words(language: str) -> None:
    alike = longer = 0
    for number in range(60):
        one, two = map(answers, people(number, language))
        assert list(one) == list(two)
        for key in one:
            if key == "years" and make_pair(number).criterion == "age":
                continue
            assert one[key]["fact"] == two[key]["fact"], key
            if one[key]["fact"]:
                alike += one[key]["text"] == two[key]["text"]
            if len(WORD.findall(one[key]["text"])) >= 5 and key not in PERSONAL | {"diploma", "languages", "job"}:
                longer += 1
                assert one[key]["text"] != two[key]["text"]
        starts = {re.search(r"\d{4}", rows["start"]["text"]).group() for rows in (one, two)}  # type: ignore[union-attr]
        assert starts == {"2027"}
    assert alike == 0
    assert longer >= 120


def test_the_answers_vary_over_pairs() -> None:
    facts = Counter((key, row["fact"]) for number in range(80) for key, row in answers(people(number)[0]).items())
    for key in ("transport", "hours", "salary", "heard", "weekends"):
        assert len([fact for each, fact in facts if each == key]) == 2, key
    texts = [answers(person)["why_job"]["text"] for number in range(80) for person in people(number)]
    assert len(set(texts)) > 155


def test_form_and_cv_say_the_same() -> None:
    for number in range(26):
        pair = make_pair(number, answers=True)
        for person in draw_pair(3, pair):
            text = DocumentMaker([pair.template(person.arm)], "nl", ()).draft(pair, person).application.texts["cv"]
            rows = answers(person)
            for key in ("given", "family", "phone", "email"):
                assert rows[key]["text"] in text, key
            assert rows["job"]["text"].split(", ")[0] in text
            assert rows["diploma"]["text"].split(", ")[-1] in text
            assert int(rows["notice"]["fact"]) in range(2, 7)


def test_the_years_of_experience_are_those_of_the_career() -> None:
    for number in range(52):
        pair = make_pair(number, answers=True)
        for person in draw_pair(11, pair):
            label = person.document["basics"]["label"]
            first = min(
                job["startDate"]
                for job in person.document["work"]
                if job in career_jobs(person.document) or job["position"].lower() == label.lower()
            )
            since = (pair.send_first_on.year - int(first[:4])) * 12 + pair.send_first_on.month - int(first[5:7])
            told = int(answers(person)["years"]["fact"])
            # Months between jobs are no experience, of which there are at most a few.
            assert since / 12 - 2 <= told <= since / 12 + 0.1, (pair.level, person.arm)


def test_nothing_is_said_twice_to_one_employer() -> None:
    taken, seen = Taken(), set()
    for number in range(4):
        pair = make_pair(0, pair_id=f"P{number}", answers=True)
        for person in draw_pair(5, pair, taken=taken):
            for key in ("why_job", "why_here"):
                text = answers(person)[key]["text"]
                assert text not in seen
                seen.add(text)


def test_the_draw_of_a_pair_is_the_same_without_answers() -> None:
    with_answers, without = people(4), draw_pair(7, make_pair(4))
    for one, two in zip(with_answers, without, strict=True):
        more = dict(one.document["x-application"])
        del more["answers"]
        # The letter may stand in the e-mail where no form asks for it.
        for key in ("letter", "email"):
            del more[key]
        assert more == {key: value for key, value in two.document["x-application"].items() if key in more}
        assert one.document["work"] == two.document["work"]


def test_the_audit_sees_another_answer() -> None:
    pair = make_pair(0, answers=True)
    persons = draw_pair(7, pair)
    maker = DocumentMaker([pair.control_template, pair.treated_template], "nl", ())
    one, two = (maker.draft(pair, person).application for person in persons)
    measured: dict[str, float] = {}
    assert list(answer_faults(persons, (one, two), measured, age_is_signal=False)) == []
    assert abs(measured["answers_length_difference"]) < 0.1

    def changed(**texts: str) -> tuple[Persona, Persona]:
        document = json.loads(json.dumps(persons[1].document))
        rows = document["x-application"]["answers"]
        for row in rows:
            row["text"] = texts.get(row["key"], row["text"])
            row["fact"] = texts.get(f"{row['key']}_fact", row["fact"])
        document["x-application"]["answers"] = [row for row in rows if row["text"]]
        return persons[0], replace(persons[1], document=document)

    def named(people: tuple[Persona, Persona]) -> set[str]:
        return {name for name, _ in answer_faults(people, (one, two), {}, age_is_signal=False)}

    assert named(changed(notice="26 weken")) == {"answers"}
    assert named(changed(salary_fact="more")) == {"answers"}
    assert named(changed(references="")) == {"answers"}
    assert named(changed(phone="0400 99 99 99")) == {"answers_unlike_cv"}
    assert named(changed(why_here="Ja.")) == {"answers_length"}


def test_the_sheet_is_written_in_three_forms(tmp_path: Path) -> None:
    pairs = [make_pair(0, answers=True), make_pair(1)]
    result = render_pairs(pairs, tmp_path, seed=2, formats=("txt",), workers=1)
    assert result.failures == 0
    assert not list((tmp_path / "P00001").rglob("answers.*"))
    for arm in ("control", "treated"):
        folder = tmp_path / "P00000" / arm
        data = json.loads((folder / "answers.json").read_text())
        assert data["specimen"] is True
        page = (folder / "answers.html").read_text()
        cells = [
            cell.text
            for table in docx.Document(io.BytesIO((folder / "answers.docx").read_bytes())).tables
            for row in table.rows
            for cell in row.cells
        ]
        assert len(data["answers"]) > 20
        for row in data["answers"]:
            assert row["question"] in cells
            assert row["text"] in cells
        assert data["answers"][1]["text"] in page
    again = answer_files(draw_pair(2, pairs[0])[0])
    assert again["answers.docx"] == (tmp_path / "P00000" / "control" / "answers.docx").read_bytes()


def test_they_go_with_the_vacancies_of_portals() -> None:
    rows = [
        {
            "pair_id": f"P{number}",
            "criterion": "origin",
            "level": "turkish_name",
            "joint_committee": "124",
            "occupation": "mason",
            "postal_code": "2800",
            "employer_id": str(number),
            "first_arm": "control",
            "control_template": "classic_rules",
            "treated_template": "side_column",
            "send_first_on": date(2027, 2, 1),
            "send_second_on": date(2027, 2, 2),
            "channel": channel,
        }
        for number, channel in enumerate(("email", "portal", "letter"))
    ]
    assert [pair.answers for pair in plan_pairs(pd.DataFrame(rows), 1)] == [False, True, False]
    assert all(pair.answers for pair in plan_pairs(pd.DataFrame(rows), 1, all_answers=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pools_ask_the_same_questions(language: str) -> None:
    dutch, pool = answer_pool("nl"), answer_pool(language)
    assert [(each.key, each.group, each.moves, list(each.says)) for each in pool.questions] == [
        (each.key, each.group, each.moves, list(each.says)) for each in dutch.questions
    ]
    assert list(pool.groups) == list(dutch.groups)
    for question in pool.questions:
        for fact, twins in question.says.items():
            texts = [{text for phrase in lines for text in phrase.texts} for lines in twins]
            assert not texts[0] & texts[1], (question.key, fact)
            # A fact in fewer words than a sentence, which anyone may give.
            assert max(len(WORD.findall(text)) for each in texts for text in each) < 5, (question.key, fact)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_known(language: str) -> None:
    pool = answer_pool(language)
    texts = [pool.title, pool.note, *pool.groups.values(), *pool.words.values(), *(each.ask for each in pool.questions)]
    lines = [lines for each in pool.questions for twins in each.says.values() for lines in twins]
    texts += [text for each in lines for phrase in each for text in phrase.texts]
    assert misspelled((re.sub(r"\{\w+\}", " ", text) for text in texts), language) == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_with_answers_pass_the_audit(language: str, tmp_path: Path) -> None:
    place = {"postal_code": "1000"} if language == "fr" else {}
    result = render_pairs(
        make_pairs(40, answers=True, **place), tmp_path, seed=4, language=language, formats=("txt",), workers=1
    )
    assert result.failures == 0, list(result.audit["faults"])
    assert result.audit["answers_length_difference"].abs().max() <= 0.1
