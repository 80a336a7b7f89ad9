"""The English pools: as rich as the Dutch ones, spelt the British way, alike in length, and pairs pass the audit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import mean

import pytest

from corrtest.generator import draw_pair, render_pairs
from corrtest.generator.pool_files import SHIPPED_POOLS
from corrtest.generator.pools import Profile, diplomas, interests, profile, schools, sentence_pool, town_names
from corrtest.generator.spelling import misspelled
from corrtest.generator.wording import Phrase
from corrtest.spec import SHIPPED
from tests.generator.letter_texts import grammar_texts, occupation_texts, written_texts
from tests.generator.pairs import LEVELS, SETS, make_pair

CODES = sorted(SHIPPED.occupations)
SECTIONS = ("certificates", "skills", "tasks", "strengths")
SHORT = re.compile(r"[^\W\d_]+")
AMERICAN = ("color", "labor ", "organiz", "center", "license plate", "truck driver", "resume", "apprenticeship program")
# An article before the wrong sound, a bare title where the language wants an article, spaces out of place.
BROKEN = (
    re.compile(r"\ban? \{title\}|\ban? \{a_title\}|\bas \{title\}|\bfor \{title\}"),
    re.compile(r"\ba [aeiou](?!ni|se)|\ban [bcdfgjklmnpqrstvwxyz](?!\b)", re.IGNORECASE),
    re.compile(r"  | [,.;]|,\S|\b(\w+) \1\b"),
)


def lines(section: str, subject: Profile) -> Iterator[tuple[str, Phrase]]:
    for number, twins in enumerate(getattr(subject, section)):
        for twin, phrase in zip("ab", twins, strict=True):
            yield f"{subject.occupation} {section}[{number}].{twin}", phrase


def written() -> list[str]:
    """Every text of the sentences and of all profiles."""
    found = [text for both in sentence_pool("en").slots.values() for each in chain(*both) for text in each.texts]
    for code in CODES:
        for section in SECTIONS:
            found += [text for _, phrase in lines(section, profile(code, "en")) for text in phrase.texts]
    return [*found, *occupation_texts("en"), *grammar_texts("en")]


def headings() -> Iterator[tuple[str, dict[str, dict[str, str]], dict[str, dict[str, str]]]]:
    folder = Path(__file__).parents[2] / "cv_templates"
    for name in SETS:
        data = tomllib.loads((folder / name / "set.toml").read_text(encoding="utf-8"))
        yield name, data["words"], data["file_names"]


@pytest.mark.parametrize("code", CODES)
def test_a_profile_has_what_the_dutch_one_has(code: str) -> None:
    english, dutch = profile(code, "en"), profile(code, "nl")
    assert english.family == dutch.family
    assert english.diploma.level == dutch.diploma.level
    for section in SECTIONS:
        assert len(getattr(english, section)) == len(getattr(dutch, section)), section
    for place, phrase in chain(lines("tasks", english), lines("strengths", english)):
        assert len(phrase.texts) >= 4, place
        assert len(set(phrase.texts)) == len(phrase.texts), place
    # A line of five words that two applicants share would count as a copied sentence.
    for text in (*english.areas, *english.junior):
        assert len(SHORT.findall(text)) <= 4, text


def test_the_common_pools_have_what_the_dutch_ones_have() -> None:
    english, dutch = sentence_pool("en").slots, sentence_pool("nl").slots
    assert set(english) == set(dutch)
    for slot in dutch:
        counts = [[sum(len(each.texts) for each in both) for both in pool[slot]] for pool in (english, dutch)]
        assert all(here >= 0.8 * there for here, there in zip(*counts, strict=True)), slot
    assert [row[0] for row in sentence_pool("en").languages] == ["Dutch", "French", "English"]
    assert set(schools("en")) == set(schools("nl"))
    assert {kind: len(rows) for kind, rows in interests("en").items()} == {
        kind: len(rows) for kind, rows in interests("nl").items()
    }
    for name, key in (("other_sectors", "family"), ("public_services", "occupation"), ("student_jobs", "source")):
        here, there = (SHIPPED_POOLS.rows(f"{name}.{code}.csv") for code in ("en", "nl"))
        assert [row[key] for row in here] == [row[key] for row in there]
        assert len(here) == len(there)
    for level, dutch_diploma in diplomas("nl").items():
        here = diplomas("en")[level]
        assert (here.age, here.years, here.rank) == (dutch_diploma.age, dutch_diploma.years, dutch_diploma.rank)
    assert len({text for each in diplomas("en").values() for text in each.written}) == 2 * len(diplomas("en"))
    assert town_names("en")["Brussel"] == "Brussels"


def test_every_layout_has_its_own_headings() -> None:
    seen = []
    for name, words, files in headings():
        assert set(words["en"]) == set(words["nl"]), name
        assert set(files["en"]) == set(files["nl"]) == {"cv", "letter"}
        # A subject line ends on the title, with the article that "as" and "for" want.
        assert not any(rule.search(words["en"]["subject"]) for rule in BROKEN), name
        seen.append((words["en"]["work"], words["en"]["education"], words["en"]["subject"]))
    assert all(len(set(column)) >= 5 for column in zip(*seen, strict=True))


@pytest.mark.slow
def test_every_word_is_in_the_british_dictionary_or_among_the_trade_words() -> None:
    texts = written()
    for code in CODES:
        subject = profile(code, "en")
        texts += [*subject.areas, *subject.junior, *subject.employers, *subject.workplaces]
    texts += [text for each in diplomas("en").values() for text in each.written]
    texts += [text for rows in interests("en").values() for each in rows for text in each.written]
    for name in ("other_sectors", "student_jobs"):
        texts += [row[key] for row in SHIPPED_POOLS.rows(f"{name}.en.csv") for key in ("position", "workplace")]
    titles = [each.titles["en"] for each in SHIPPED.occupations.values()]
    texts += [title for each in titles for title in (each.man, each.woman)]
    texts += [word for row in sentence_pool("en").languages for word in row]
    texts += [word for _, words, _ in headings() for word in words["en"].values()]
    pieces = {piece for text in texts for piece in re.sub(r"\{\w+\}", " ", text).split()}
    assert misspelled(sorted(pieces), "en") == {}
    assert misspelled(["A mispelled word in colour"], "en") == {"mispelled": 1}
    assert not [text for text in texts for word in AMERICAN if word in text.lower()]


def test_every_trade_word_is_used() -> None:
    texts = [
        *written(),
        str(SHIPPED_POOLS.table("letters.en.toml")),
        *(each for code in CODES for each in profile(code, "en").employers),
        *(each for code in CODES for each in profile(code, "en").workplaces),
    ]
    texts += [word for _, words, _ in headings() for word in words["en"].values()]
    used = {word.lower() for text in texts for word in re.findall(r"[^\W\d_]+", text)}
    listed = {row["word"] for row in SHIPPED_POOLS.rows("words.en.csv")}
    schooling = {word.lower() for each in schools("en").values() for school in each for word in school.written.split()}
    assert listed <= used | schooling


def test_articles_titles_and_spaces_are_right() -> None:
    for text in (*written(), *written_texts("en", 64)):
        assert not [rule.pattern for rule in BROKEN if rule.search(text)], text
    for wrong in ("I work as {title}", "a {title}", "a electrician", "an nurse", "one ,two", "the the job"):
        assert any(rule.search(wrong) for rule in BROKEN), wrong
    wanted = {"electrician": "an electrician", "mason": "a bricklayer", "administrative_assistant": "an administrative"}
    for code, title in wanted.items():
        texts = []
        for number in range(4):
            for person in draw_pair(number, make_pair(number, occupation=code), language="en"):
                texts += person.document["x-application"]["letter"]["paragraphs"]
                texts += person.document["x-application"]["email"]["paragraphs"]
        assert any(title in text for text in texts), code
        assert not any(re.search(r"\ba (?:electrician|administrative)|\ban bricklayer", text) for text in texts), code


def test_no_sentence_stands_in_two_occupations_or_in_both_twins() -> None:
    owner: dict[str, str] = {}
    for code in CODES:
        for section in ("tasks", "strengths"):
            for place, phrase in lines(section, profile(code, "en")):
                for text in phrase.texts:
                    assert owner.setdefault(" ".join(SHORT.findall(text.lower())), place) == place, text
    for slot, (first, second) in sentence_pool("en").slots.items():
        assert not {text for each in first for text in each.texts} & {text for each in second for text in each.texts}, (
            slot
        )


def test_the_twins_say_as_much() -> None:
    def size(section: str, twin: int, code: str) -> float:
        return sum(mean(map(len, twins[twin].texts)) for twins in getattr(profile(code, "en"), section))

    for code in CODES:
        assert size("tasks", 0, code) == pytest.approx(size("tasks", 1, code), rel=0.15), code
    overall = [sum(size(section, twin, code) for code in CODES for section in SECTIONS) for twin in (0, 1)]
    assert overall[0] == pytest.approx(overall[1], rel=0.03)


def test_pairs_of_every_layout_and_criterion_pass_the_audit(tmp_path: Path) -> None:
    chosen = ("nurse", "carpenter", "truck_driver", "waiter", "social_worker", "accounting_clerk", "welder", "cleaner")
    pairs = [
        make_pair(
            number,
            occupation=chosen[number % len(chosen)],
            criterion=criterion,
            level=level,
            treated_template=SETS[(number + 2) % len(SETS)],
            employer_id="E0" if number < 3 else f"E{number}",
        )
        for number, (criterion, level) in enumerate(LEVELS)
    ]
    result = render_pairs(pairs, tmp_path, seed=9, language="en", formats=("pdf",), workers=1)
    assert result.failures == 0, list(result.audit["faults"])
    # A CV each, and a letter where it is not the e-mail.
    assert 2 * len(pairs) < len(list(tmp_path.glob("P*/*/*.pdf"))) <= 4 * len(pairs)


def test_three_pairs_of_one_occupation_can_go_to_one_employer(tmp_path: Path) -> None:
    pairs = [make_pair(number, occupation="carpenter", employer_id="E0") for number in range(3)]
    result = render_pairs(pairs, tmp_path, seed=2, language="en", formats=("txt",), workers=1)
    assert result.failures == 0, list(result.audit["faults"])
