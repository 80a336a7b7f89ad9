"""Letters and e-mails: no sentence that many share, no structure twice to one employer, neither arm longer."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from corrtest.errors import GeneratorError
from corrtest.generator import Pair, draw_pair, plan_pairs
from corrtest.generator.length_balance import BALANCE_LIMIT, standardised_differences
from corrtest.generator.letter_grammar import FORMULAS, letter_grammar, moves_of
from corrtest.generator.letters import LetterPlan, draw_plans, years_of
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.twins import Taken
from corrtest.generator.wording import Draws
from corrtest.spec import ARMS, SHIPPED, Names
from tests.generator.pairs import SETS, make_pair

LANGUAGES = ("nl", "fr", "en")
# What a persona fills in at most.
BLANKS = frozenset({"title", "town", "employer", "years", "a_title", "de_title", "de_town"})
# A sentence may stand in so many letters at most.
MOST = 0.02


def letter(persona: Any) -> dict[str, Any]:
    found: dict[str, Any] = persona.document["x-application"]["letter"]
    return found


def words(persona: Any) -> int:
    return len(" ".join(letter(persona)["paragraphs"]).split())


def plan(count: int, occupation: str = "mason", an_employer: int = 2) -> pd.DataFrame:
    levels = (("origin", "turkish_name"), ("age", "age_50"), ("disability", "deaf_support_premium"))
    rows: list[dict[str, Any]] = []
    for number in range(count):
        criterion, level = levels[number % 3]
        row = {"pair_id": f"P{number:05d}", "joint_committee": "124", "criterion": criterion, "level": level}
        row |= {"occupation": occupation, "postal_code": "2800", "employer_id": f"E{number // an_employer}"}
        row |= {"first_arm": ARMS[number // 3 % 2], "send_first_on": "2027-02-01", "send_second_on": "2027-02-02"}
        sets = (SETS[number % 6], SETS[(number + 1) % 6])
        rows.append(row | dict(zip(("control_template", "treated_template"), sets, strict=True)))
    return pd.DataFrame(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_likely_enough_to_stand_in_many_letters(language: str) -> None:
    grammar = letter_grammar(language)
    used = {
        slot.move for each in (*grammar.structures, *grammar.mails) for part in each.paragraphs for slot in part
    } - {"letter"}
    assert used <= set(grammar.moves)
    for occupation in SHIPPED.occupations:
        made_of = moves_of(occupation, language, SHIPPED, SHIPPED_POOLS, BLANKS)
        assert made_of.vocabulary.words.keys() >= {"task", "tool", "place", "reason", "strength"}, occupation
        for name, move in made_of.moves.items():
            if name not in FORMULAS:
                assert move.likeliest < MOST, (occupation, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_length_has_structures_enough_for_the_pairs_of_an_employer(language: str) -> None:
    grammar = letter_grammar(language)
    assert grammar.words == (60, 220)
    taken, keys = Taken(), set[str]()
    for number in range(8):
        people = draw_pair(3, make_pair(number, employer_id="E", occupation="nurse"), language=language, taken=taken)
        for person in people:
            assert letter(person)["structure"] not in keys
            keys.add(letter(person)["structure"])


def test_a_letter_is_as_long_as_was_drawn_for_it_and_twins_differ() -> None:
    lengths = []
    for pair in plan_pairs(plan(60), 4):
        people = draw_pair(4, pair)
        lengths.append([words(person) for person in people])
    flat = sorted(size for both in lengths for size in both)
    assert 50 <= flat[0] < 80
    assert 200 < flat[-1] <= 240
    assert sum(abs(one - two) for one, two in lengths) / len(lengths) > 30


@pytest.mark.parametrize("seed", [1, 2])
def test_over_a_study_neither_arm_writes_more(seed: int) -> None:
    arms: dict[str, list[dict[str, float]]] = {arm: [] for arm in ARMS}
    for pair in plan_pairs(plan(100), seed):
        for person in draw_pair(seed, pair):
            application = person.document["x-application"]
            texts = {part: "\n".join(application[part]["paragraphs"]) for part in ("letter", "email")}
            counted = {f"{part} words": float(len(text.split())) for part, text in texts.items()}
            counted |= {f"{part} characters": float(len(text)) for part, text in texts.items()}
            counted |= {f"{part} lines": float(text.count("\n")) for part, text in texts.items()}
            counted |= {
                f"{part} sentences": float(len(re.findall(r"[.!?](?:\s|$)", text))) for part, text in texts.items()
            }
            arms[person.arm].append(counted)
    found = standardised_differences(arms["control"], arms["treated"])
    assert len(found) == 8
    assert all(abs(gap) <= BALANCE_LIMIT for gap in found.values()), found


def test_what_the_control_arm_writes_like_the_mirrored_treated_arm_writes_like() -> None:
    blocks: dict[str, list[tuple[Pair, list[str]]]] = {}
    for pair in plan_pairs(plan(24, an_employer=1), 9):
        people = draw_pair(9, pair)
        blocks.setdefault(pair.block, []).append((pair, [letter(person)["structure"] for person in people]))
    pairs = [both for both in blocks.values() if len(both) == 2 and both[0][0].level == both[1][0].level]
    assert len(pairs) >= 10
    # The length of a disclosure may take a sentence away; the order of the moves stays.
    same = [one[1][0] == two[1][1] and one[1][1] == two[1][0] for one, two in pairs]
    assert sum(same) >= 0.8 * len(pairs)


def test_the_letter_is_a_file_where_a_form_asks_for_it_and_may_be_the_e_mail_elsewhere() -> None:
    people = [person for number in range(40) for person in draw_pair(2, make_pair(number))]
    whole = [person for person in people if letter(person)["in_email"]]
    assert 5 < len(whole) < 30
    for person in whole:
        paragraphs = person.document["x-application"]["email"]["paragraphs"]
        assert all(each in paragraphs for each in letter(person)["paragraphs"])
    asked = [person for number in range(20) for person in draw_pair(2, make_pair(number, answers=True))]
    assert not any(letter(person)["in_email"] for person in asked)


def test_a_letter_speaks_of_the_occupation_and_repeats_no_sentence() -> None:
    said = letter_words("mason")
    for number in range(10):
        for person in draw_pair(6, make_pair(number, occupation="mason", employer_id=f"E{number}")):
            text = " ".join(letter(person)["paragraphs"])
            assert any(word in text.lower() for word in said)
            sentences = re.split(r"(?<=[.!?])\s+", text)
            assert len(set(sentences)) == len(sentences)
            assert all(one.strip() and one[0] == one[0].upper() for one in sentences)
            assert not any(a.split()[:4] == b.split()[:4] for a, b in pairwise(sentences))


def letter_words(occupation: str) -> set[str]:
    texts = SHIPPED.occupations[occupation].texts["nl"].letter
    return {text.split("[")[0].strip() for kind in ("task", "place", "tool") for text in texts[kind] if text[0] != "["}


@pytest.mark.parametrize(
    ("jobs", "written"),
    [
        ([("2020-01", "2022-12"), ("2023-01", None)], "zeven"),
        ([("2026-01", None)], ""),
        ([("1996-01", None)], "31"),
    ],
)
def test_years_are_counted_in_full_and_written_in_words(jobs: list[tuple[str, str | None]], written: str) -> None:
    work = [{"startDate": start} | ({"endDate": end} if end else {}) for start, end in jobs]
    assert years_of(work, date(2027, 2, 1), letter_grammar("nl")) == written


def test_the_two_plans_of_a_block_are_apart() -> None:
    one, two = draw_plans(Draws(1, "test"))
    assert isinstance(one, LetterPlan)
    assert one != two
    assert all(0 <= each < 1 for each in (*one.choices, one.length, two.length))


def test_all_faults_of_a_grammar_come_at_once() -> None:
    text = """
words = [60]
letters = ["opening nowhere", "opening | | closing"]
mails = ["letter"]
[lists]
soon = ["[snel"]
[moves.opening]
any = ["Ik ben {wie}.", "Dag [u."]
[moves.closing]
any = ["Tot dan."]
"""
    with pytest.raises(GeneratorError) as caught:
        letter_grammar("nl", Pools(own=(("instead/letters.nl.toml", text),)))
    message = str(caught.value)
    for place in ("words", "letters[0]", "letters[1]", "lists.soon", "moves.opening.any[0]", "moves.opening.any[1]"):
        assert place in message, place
    for move in FORMULAS:
        assert f"moves.{move}.any" in message


def test_an_occupation_without_words_for_letters_gets_letters_all_the_same() -> None:
    mason = files("corrtest.spec").joinpath("occupations", "mason.toml").read_text(encoding="utf-8")
    bare = re.sub(r"\[\w\w\.letter\]\n(?:\w+ = (?:\[.*\]|\[\n(?:  .*\n)*\])\n)*", "", mason)
    assert ".letter]" in mason
    assert ".letter]" not in bare
    titles = '[titles]\nnl = { title = "steenlegger" }\nen = { title = "stone layer" }\nfr = { title = "poseur" }\n'
    bare = re.sub(r"\[titles\]\n(?:\w+ = .*\n)*", titles, bare)
    names = Names(own=(("occupations/stone_layer.toml", bare),))
    assert not names.faults
    for language in LANGUAGES:
        for number in range(4):
            pair = make_pair(number, occupation="stone_layer", level="turkish_name", criterion="origin")
            for person in draw_pair(8, pair, language=language, names=names):
                assert words(person) > 40


def test_a_studys_own_lines_join_the_shipped_ones() -> None:
    own = '[moves.opening]\nany = ["Zin van eigen hand nummer {title}."]\n'
    pools = Pools(own=(("letters.nl.toml", own),))
    shipped, joined = letter_grammar("nl").moves["opening"]["any"], letter_grammar("nl", pools).moves["opening"]["any"]
    assert len(joined) == len(shipped) + 1
