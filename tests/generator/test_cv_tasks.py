from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain

from corrtest.generator import draw_pair
from corrtest.generator.pools import profile
from corrtest.generator.twins import SHORT_WORDS, short_tasks
from corrtest.generator.wording import Phrase
from tests.generator.pairs import make_pair

PEOPLE = [draw_pair(7, make_pair(number, occupation="mason", employer_id=f"E{number}")) for number in range(80)]


def highlights(person: object) -> list[list[str]]:
    return [job["highlights"] for job in person.document["work"]]  # type: ignore[attr-defined]


def test_a_cv_lists_short_tasks_in_one_of_three_ways_that_both_of_a_pair_follow() -> None:
    ways = Counter()
    for control, treated in PEOPLE:
        for person in (control, treated):
            lines = list(chain.from_iterable(highlights(person)))
            assert all(line[0].isupper() for line in lines)
            tasks = list(chain.from_iterable(line.split(", ") for line in lines))
            assert all(len(task.split()) <= SHORT_WORDS for task in tasks)
            assert len(tasks) == len({task.lower() for task in tasks})
        ways["one line" if any(", " in line for line in lines) else "latest" if len(lines) < 5 else "one a line"] += 1
        if ", " in "".join(lines):
            assert not set(lines) & set(chain.from_iterable(highlights(control)))
    assert set(ways) == {"one line", "latest", "one a line"}
    assert min(ways.values()) >= 8


def test_no_line_of_five_words_stands_in_a_tenth_of_the_cvs() -> None:
    lines = Counter(line for pair in PEOPLE for person in pair for line in set(chain.from_iterable(highlights(person))))
    assert max((count for line, count in lines.items() if len(line.split()) > SHORT_WORDS), default=0) <= 16


def test_a_short_task_has_few_words_in_each_of_its_wordings() -> None:
    long = Phrase(entry="x", texts=("een muur van oude bakstenen weer voegen",))
    mixed = Phrase(entry="y", texts=("voegen", "een muur van oude bakstenen weer voegen"))
    subject = replace(profile("mason", "nl"), letter={"task": (long, mixed)})
    assert [phrase.texts for phrase in short_tasks(subject)] == [("voegen",)]


def test_a_profile_is_one_or_two_sentences_of_the_grammar() -> None:
    profiles = [person.document["basics"]["summary"] for pair in PEOPLE for person in pair]
    said = [profile for profile in profiles if profile]
    assert len(said) > 30
    assert len(set(said)) > 0.9 * len(said)
