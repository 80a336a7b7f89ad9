from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from corrtest.errors import GeneratorError
from corrtest.generator import ContactPool, Pair, draw_pair, draw_persona
from corrtest.generator.names import family_names
from corrtest.generator.pools import profile
from corrtest.generator.resume import career_jobs
from corrtest.generator.sentences import SHARED_SENTENCE_WORDS
from corrtest.generator.signals import signal
from corrtest.generator.twins import Taken
from corrtest.spec import SHIPPED
from tests.generator.pairs import LEVELS, make_pair, make_pairs


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_a_persona_is_a_function_of_seed_pair_and_arm() -> None:
    pair = make_pair(3)
    assert draw_pair(5, pair) == draw_pair(5, pair)
    assert draw_persona(5, pair, "treated") == draw_pair(5, pair)[1]
    assert draw_pair(6, pair)[0].document != draw_pair(5, pair)[0].document
    other = make_pair(3, pair_id="P99999")
    assert draw_pair(5, other)[0].document != draw_pair(5, pair)[0].document


@pytest.mark.parametrize("occupation", sorted(SHIPPED.occupations))
def test_every_occupation_gives_matched_twins(occupation: str) -> None:
    control, treated = draw_pair(1, make_pair(0, occupation=occupation))
    subject = profile(occupation, "nl")
    for section in ("skills", "certificates", "languages", "education"):
        assert len(control.document[section]) == len(treated.document[section])
    slots = [{text for phrase in twins for text in phrase.texts} for twins in subject.skills]
    for persona in (control, treated):
        assert all(any(skill["name"] in slot for slot in slots) for skill in persona.document["skills"])
    texts = [{line for job in p.document["work"] for line in job["highlights"]} for p in (control, treated)]
    # Neither says a whole sentence of the other; a task in a few words may have no other name.
    assert all(len(text.split()) < SHARED_SENTENCE_WORDS for text in texts[0] & texts[1])
    assert len(texts[0]) == len(texts[1]) >= 2


def test_the_signal_of_origin_is_the_name_alone() -> None:
    control, treated = draw_pair(1, make_pair(0, criterion="origin", level="maghrebi_name"))
    assert treated.family in family_names("maghrebi")
    assert control.family in family_names("flemish")
    for key in ("nationality", "drivingLicence"):
        assert control.document["x-application"][key] == treated.document["x-application"][key]
    spoken = [[each["language"] for each in p.document["languages"]] for p in (control, treated)]
    assert spoken[0] == spoken[1]
    assert abs(control.born.year - treated.born.year) <= 3


@pytest.mark.parametrize(
    ("level", "wanted"), [("age_50", "same"), ("age_50_other_sector", "other"), ("age_50_inactive", "none")]
)
def test_the_extra_years_are_filled_as_the_level_declares(level: str, wanted: str) -> None:
    pair = make_pair(0, criterion="age", level=level)
    control, treated = draw_pair(1, pair)
    assert age_on(control.born, pair.send_first_on) == 35
    assert age_on(treated.born, pair.send_first_on) == 50
    extra = [entry for entry in treated.document["work"] if "x-signal" in entry]
    assert len(extra) == 1
    # The younger one has a job besides school, as long as the entry that tells of the extra years.
    assert len(treated.document["work"]) == len(control.document["work"])
    weight = [entry for entry in control.document["work"] if "x-outside" in entry]
    assert len(weight) == 1
    title = treated.document["work"][0]["position"]
    assert {"same": extra[0]["position"] == title, "other": bool(extra[0]["name"]), "none": not extra[0]["name"]}[
        wanted
    ]
    assert (extra[0]["position"] == title) == (wanted == "same")
    # The same months since, and no gap between the extra years and the career that both have.
    recent = [career_jobs(p.document)[-1]["startDate"] for p in (control, treated)]
    assert recent[0] == recent[1]
    before = int(recent[1][:4]) * 12 + int(recent[1][5:]) - 1
    assert int(extra[0]["endDate"][:4]) * 12 + int(extra[0]["endDate"][5:]) == before


def test_one_employer_never_sees_a_name_a_sentence_or_a_number_twice() -> None:
    taken = Taken()
    people = [p for n in range(4) for p in draw_pair(1, make_pair(n, occupation="mason"), taken=taken)]
    assert len({person.family for person in people}) == 8
    for key in ("email", "phone"):
        assert len({person.document["basics"][key] for person in people}) == 8
    lines = [line for p in people for job in p.document["work"] for line in job["highlights"]]
    # A task in a few words is a fact, as a skill is: everyone in the trade names it so. A line of several is one's own.
    lines = [line for line in lines if len(line.split()) >= SHARED_SENTENCE_WORDS]
    assert len(lines) == len(set(lines))


def test_careers_have_no_overlap_and_start_after_the_diploma() -> None:
    for pair in make_pairs(60):
        for person in draw_pair(2, pair):
            listed = [entry for entry in person.document["work"] if "x-outside" not in entry]
            jobs = sorted(listed, key=lambda entry: str(entry["startDate"]))
            assert jobs[0]["startDate"] > person.document["education"][0]["endDate"]
            for before, after in pairwise(jobs):
                assert before["startDate"] < before["endDate"] < after["startDate"]
            assert "endDate" not in jobs[-1]
            assert age_on(person.born, pair.send_first_on) >= 22


def test_without_a_pool_nothing_can_reach_a_stranger() -> None:
    for person in draw_pair(1, make_pair(1)):
        assert person.document["x-application"]["specimen"]
        assert person.document["basics"]["email"].endswith("@voorbeeld.example")
        assert person.document["basics"]["phone"].startswith("0400 00 00")


def test_a_pool_that_one_employer_has_used_up_is_named() -> None:
    pool = ContactPool(phones=("0470 12 34 56",), mailboxes=("{first}.{last}@ours.be",))
    with pytest.raises(GeneratorError, match="too few addresses"):
        draw_pair(1, make_pair(0), contacts=pool)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"occupation": "masson"}, "Did you mean 'mason'"),
        ({"level": "maghreb_name"}, "Did you mean 'maghrebi_name'"),
        ({"criterion": "orgin"}, "Did you mean 'origin'"),
    ],
)
def test_unknown_words_name_the_nearest_known_one(changes: dict[str, str], message: str) -> None:
    with pytest.raises(GeneratorError, match=message):
        draw_pair(1, make_pair(0, **changes))


def test_every_level_can_be_drawn_and_differs_only_where_it_says() -> None:
    for number in range(len(LEVELS)):
        pair: Pair = make_pair(number)
        control, treated = draw_pair(3, pair)
        assert (control.gender != treated.gender) == (pair.criterion == "gender")
        disclosed = [p.document["x-application"]["disclosure"] for p in (control, treated)]
        in_cv = pair.criterion == "disability" and pair.level != "deaf_letter_only"
        # What the control arm says instead tells nothing.
        assert [bool(text) for text in disclosed] == [in_cv, in_cv]
        told = [text for sentence in signal(pair.criterion, pair.level).cv for text in sentence]
        assert not any(text in disclosed[0] for text in told)
        assert any(text in disclosed[1] for text in told) == in_cv
