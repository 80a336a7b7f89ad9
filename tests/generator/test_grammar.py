"""Lines of the grammar, against an enumeration that knows nothing of how they are read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.generator.grammar import Line, Move, Unreadable, Vocabulary, parse_line
from corrtest.generator.wording import Draws, parse_phrase

# A tree is words, a choice among trees, or a row of trees.
Tree = str | tuple[str, list["Tree"]]

WORDS = st.sampled_from(["een", "twee ", " drie", "Vier.", "é, "])
TREES: st.SearchStrategy[Tree] = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.tuples(st.just("choice"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("row"), st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=7,
)
NO_WORDS = Vocabulary(words={})


def written(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    kind, parts = tree
    return f"[{'|'.join(map(written, parts))}]" if kind == "choice" else "".join(map(written, parts))


def every(tree: Tree) -> list[tuple[str, float]]:
    """Return each way through a tree: its text and its probability."""
    if isinstance(tree, str):
        return [(tree, 1.0)]
    kind, parts = tree
    if kind == "choice":
        return [(text, chance / len(parts)) for part in parts for text, chance in every(part)]
    found = []
    for ways in product(*map(every, parts)):
        chance = 1.0
        for _, each in ways:
            chance *= each
        found.append(("".join(text for text, _ in ways), chance))
    return found


def line(text: str, words: Sequence[str] = ("task", "tool")) -> Line:
    lists = {"soon": parse_line("[snel|vlot]", "lists.soon", blanks=(), lists={}, words=()).parts}
    return parse_line(text, "here", blanks=("town", "years"), lists=lists, words=words)


@given(tree=TREES, seed=st.integers(0, 1000))
def test_a_line_becomes_every_text_of_its_choices_and_no_other(tree: Tree, seed: int) -> None:
    read, ways = line(written(tree)), every(tree)
    texts = [text for text, _ in ways]
    assert sorted(read.texts()) == sorted(texts)
    spread = read.spread(NO_WORDS)
    assert spread.texts == len(texts)
    assert spread.likeliest == pytest.approx(max(chance for _, chance in ways))
    assert spread.length == pytest.approx(sum(len(text) * chance for text, chance in ways))
    drawn = read.write(Draws(seed, "test"), str)
    assert drawn in {text[:1].upper() + text[1:] for text in texts}


@pytest.mark.parametrize("text", ["a]b", "[a", "a|b", "{wie}", "a}b", "[a|{wie}]", "  "])
def test_a_line_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        line(text)


def test_a_line_says_what_it_asks_for() -> None:
    read = line("[{soon}|in {town}] {task}[|, al {years} jaar]")
    assert (set(read.calls), set(read.blanks)) == ({"task"}, {"town", "years"})
    vocabulary = Vocabulary(words={"task": (parse_phrase("[muren|ramen] verven", "task[0]", ()),)})
    assert vocabulary.has(read.calls)
    assert not vocabulary.has({"tool"})
    # Three beginnings (two of the list), two tasks, two ends.
    assert read.spread(vocabulary).texts == 3 * 2 * 2
    assert read.spread(vocabulary).likeliest == pytest.approx(1 / 2 * 1 / 2 * 1 / 2)
    assert read.write(Draws(1, "test"), lambda kind: f"<{kind}>").count("<task>") == 1


def test_a_rich_line_is_drawn_more_often_but_crowds_out_no_other() -> None:
    plain, rich = line("een"), line("[a|b|c|d|e|f|g|h|i][1|2|3|4|5|6|7|8|9]")
    move = Move.of("trait", [plain, rich], NO_WORDS)
    drawn = [move.pick(Draws(seed, "pick")) for seed in range(2000)]
    # The roots of 1 and of 81: one in ten.
    assert drawn.count(plain) / len(drawn) == pytest.approx(0.1, abs=0.02)
    assert move.likeliest == pytest.approx(0.1)
