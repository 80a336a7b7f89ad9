"""Twin texts: the same competences in two wordings, drawn so that both documents come out nearly as long.

A few texts are drawn for each line in either wording, and the two that bring the documents closest in length are
kept. Which arm gets which twin is counterbalanced, so the balancing favours neither arm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Literal

from corrtest.errors import GeneratorError
from corrtest.generator.earlier import Remembered
from corrtest.generator.grammar import Line
from corrtest.generator.languages import Language
from corrtest.generator.pairs import Pair
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import Interest, Profile, Sentences, sentence_pool
from corrtest.generator.wording import Draws, Phrase, fill
from corrtest.language import say
from corrtest.spec import ARMS

__all__ = ["Arm", "Considered", "Frames", "Taken", "TwinWriter", "short_tasks"]

Arm = Literal["control", "treated"]
Words = Mapping[Arm, Mapping[str, str]]
Drafts = Mapping[Arm, dict[str, Any]]
# Template set → part of the application → characters that the layout adds to any text.
Frames = Mapping[str, Mapping[str, int]]
# Lines of pools that were considered together: those of twin a and of twin b, or those that any arm may write.
Considered = Sequence[Sequence["Phrase | Line"]]

SKILLS = 5
INTERESTS = 2
# Tasks per job, most recent first, by number of jobs; and in all.
TASKS = {2: (4, 3), 3: (3, 3, 2)}
TASKS_LISTED = 8
# Short tasks that an occupation needs for its CVs to list those; words that a short one has at most, so that it is a
# fact that anyone states and no sentence that only one person writes.
LEAST_SHORT, SHORT_WORDS = 5, 4
# Share of CVs that list short tasks one a line, and on one line a job; the rest list those of the last job only.
ONE_A_LINE, ONE_LINE = 0.5, 0.3
# Texts drawn for each twin's line; the two that bring the documents closest in length are kept.
CANDIDATES = 3
# Rounds of drawing a line before its tasks get a tail, and in all.
PLAIN_ATTEMPTS = 4
ATTEMPTS = 20
# A task gets a tail in the shorter document when the two differ by more characters than this.
TAIL_GAP = 24
# Texts with fewer spaces are formulas ("Met vriendelijke groeten") that anyone may write.
FORMULA_SPACES = 4
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Taken:
    """What earlier pairs showed the same employer: sentences (blanks left open), family names, contact data."""

    sentences: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)

    def copy(self) -> Taken:
        """Return an independent copy."""
        return Taken(sentences=self.sentences.copy(), families=self.families.copy(), contacts=self.contacts.copy())

    @classmethod
    def after(cls, marks: frozenset[str]) -> Taken:
        """Return what is taken when an employer has been shown texts with these marks before."""
        if not marks:
            return cls()
        return cls(
            sentences=Remembered(marks=marks), families=Remembered(marks=marks), contacts=Remembered(marks=marks)
        )

    def added_to(self, before: Taken) -> set[str]:
        """Return what was taken since `before`."""
        own, earlier = (set().union(each.sentences, each.families, each.contacts) for each in (self, before))
        return own - earlier


class TwinWriter:
    """Writer of the texts of both personas of one pair."""

    def __init__(
        self,
        subject: Profile,
        shared: Draws,
        own: Mapping[Arm, Draws],
        pair: Pair,
        genders: Mapping[Arm, str],
        town: str,
        taken: Taken,
        language: Language,
        frames: Frames,
        pools: Pools = SHIPPED_POOLS,
    ) -> None:
        self._subject, self._shared, self._own, self._pair = subject, shared, own, pair
        self._taken, self._town, self._genders, self._language = taken, town, genders, language
        self._frames = frames
        self._pool: Sentences = sentence_pool(language.code, pools)
        self._skills = shared.sample(range(len(subject.skills)), SKILLS)
        self._certificates = shared.sample(range(len(subject.certificates)), 1 + shared.index(2))
        # Short tasks, as the letter has them, where the occupation has enough of them; else those in twin lines.
        self._short = short_tasks(subject)
        self._is_short = len(self._short) >= LEAST_SHORT
        known = self._short if self._is_short else subject.tasks
        self._tasks = shared.sample(range(len(known)), min(TASKS_LISTED, len(known)))
        self._listing = shared.uniform()
        self._interest_draws = [shared.uniform() for _ in range(INTERESTS)]
        # Pool lines that were drawn from, of twin a and of twin b.
        self.considered: list[Considered] = []
        # The arm that writes as twin a, then the arm that writes as twin b.
        self.order = sorted(ARMS, key=pair.twin)

    def lists(self, arm: Arm, interests: Mapping[str, Sequence[Interest]]) -> dict[str, Any]:
        """Return the skills, certificates and interests of an arm: the same things in twin words."""
        twin, own = self._pair.twin(arm), self._own[arm]

        def write(twins: tuple[Phrase, Phrase]) -> str:
            self.considered.append((twins,))
            return twins[twin].write(own, {})

        kinds = list(interests)
        chosen = []
        for draw in self._interest_draws:
            rows = interests[kinds.pop(int(draw * len(kinds)))]
            chosen.append(rows[int(draw * 1000) % len(rows)].written[twin])
        return {
            "skills": [{"name": write(self._subject.skills[n])} for n in own.sample(self._skills, SKILLS)],
            "certificates": [{"name": write(self._subject.certificates[n])} for n in self._certificates],
            "interests": [{"name": name} for name in chosen],
        }

    def write(self, drafts: Drafts) -> None:
        """Fill the highlights of both drafts."""
        words = self.words(drafts)
        first, second = (drafts[arm] for arm in self.order)
        gap = _size(second) - _size(first) + self._frame("cv")
        slots = iter(self._tasks)
        jobs = [job for job in first["work"] if "x-signal" not in job]
        counts = TASKS[len(jobs)]
        for number, count in enumerate(counts):
            written: tuple[list[str], list[str]] = ([], [])
            for slot in islice(slots, count):
                if self._is_short:
                    text, twin = self._short_texts(self._short[slot])
                else:
                    one, two = self._subject.tasks[slot]
                    text, twin, gap = self._twin_texts(((one,), (two,)), words, gap, tails=True)
                written[0].append(text)
                written[1].append(twin)
            listed: list[str] = []
            for arm, lines in zip(self.order, written, strict=True):
                before, listed = listed, self._own[arm].sample(lines, len(lines))
                # The two never list the same words in the same order.
                listed = listed[::-1] if listed == before else listed
                drafts[arm]["work"][number]["highlights"] = self._listed(listed, number) if self._is_short else listed

    def _short_texts(self, phrase: Phrase) -> tuple[str, str]:
        """Return a short task as the first and as the second twin writes it, in other words where there are any."""
        self.considered.append(((phrase,),))
        first, second = self.order
        text = self._own[first].pick(phrase.texts)
        others = [each for each in phrase.texts if each != text]
        return text, self._own[second].pick(others or phrase.texts)

    def _listed(self, tasks: Sequence[str], number: int) -> list[str]:
        """Return a job's tasks as this pair's CVs list them: one a line, on one line, or those of the last job only."""
        if self._listing < ONE_A_LINE or not tasks:
            return [_capital(task) for task in tasks]
        if self._listing < ONE_A_LINE + ONE_LINE:
            return [_capital(", ".join(tasks))]
        return [_capital(task) for task in tasks] if number == 0 else []

    def words(self, drafts: Drafts) -> Words:
        """Return what fills the blanks of either arm's texts."""
        return {
            arm: self._language.with_agreements(
                {
                    "title": self._subject.titles[self._genders[arm]],
                    "town": self._town,
                    "employer": drafts[arm]["employer"],
                }
            )
            for arm in ARMS
        }

    def _frame(self, part: str) -> int:
        """Return how much longer the second twin's layout makes a part by its own headings and labels."""
        first, second = (self._frames.get(self._pair.template(arm), {}).get(part, 0) for arm in self.order)
        return second - first

    def _twin_texts(
        self,
        lines: tuple[tuple[Phrase, ...], tuple[Phrase, ...]],
        words: Words,
        gap: int,
        tails: bool = False,
    ) -> tuple[str, str, int]:
        """Write one line of both twins; `gap` is how much longer the second's document is so far, and then.

        With `tails`, a line may end in a few words more: where all its wordings are used up, and in the arm that is
        too short.
        """
        self.considered.append(lines)
        (first, second), used = self.order, self._taken.sentences
        texts = self._own[first].texts(lines[0], CANDIDATES)
        twins = self._own[second].texts(lines[1], CANDIDATES)
        if not used.isdisjoint(texts):
            texts = self._fresh(texts, lines[0], first, tails)
        if not used.isdisjoint(twins):
            twins = self._fresh(twins, lines[1], second, tails)
        # A line's blanks are the same in all its texts.
        longer = gap + _filling(lines[1][0].texts[0], words[second]) - _filling(lines[0][0].texts[0], words[first])
        text, twin = _closest(texts, twins, longer)
        if tails and abs(left := longer + len(twin) - len(text)) > TAIL_GAP:
            texts += self._with_tails(lines[0], first) if left > 0 else []
            twins += self._with_tails(lines[1], second) if left < 0 else []
            text, twin = _closest(texts, twins, longer)
        for each in (text, twin):
            if each.count(" ") >= FORMULA_SPACES:
                used.add(each)
        text, twin = fill(text, words[first]), fill(twin, words[second])
        return text, twin, gap + len(twin) - len(text)

    def _fresh(self, texts: list[str], lines: tuple[Phrase, ...], arm: Arm, tails: bool) -> list[str]:
        """Return what the employer has not seen of the texts drawn, or draw others; blanks are left open."""
        own, used = self._own[arm], self._taken.sentences
        for attempt in range(ATTEMPTS):
            found = [text for text in texts if text not in used]
            if found:
                return found
            if tails and attempt >= PLAIN_ATTEMPTS:
                found = self._with_tails(lines, arm)
                if found:
                    return found
            texts = own.texts(lines, CANDIDATES)
        raise GeneratorError(
            say(
                "Pool entry {entry} has too few wordings: every text of it has already been used for one "
                "employer. Add lines or choices there, or lower the load cap.",
                entry=lines[0].entry,
            )
        )

    def _with_tails(self, lines: tuple[Phrase, ...], arm: Arm) -> list[str]:
        """Draw a few texts with a few words more at their end, that the employer has not seen."""
        own, tails = self._own[arm], self._pool.slots["tail"][self._pair.twin(arm)]
        found = [text + own.texts(tails, 1)[0] for text in own.texts(lines, CANDIDATES)]
        return [text for text in found if text not in self._taken.sentences]


def short_tasks(subject: Profile) -> list[Phrase]:
    """Return the occupation's tasks that can be said in few words, in those wordings."""
    found = []
    for phrase in subject.letter.get("task", ()):
        texts = tuple(text for text in phrase.texts if len(_WORD.findall(text)) <= SHORT_WORDS)
        if texts:
            found.append(replace(phrase, texts=texts))
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _closest(texts: list[str], twins: list[str], longer: int) -> tuple[str, str]:
    """Return the text and the twin whose lengths differ least once the gap so far is added."""
    one, two = texts[0], twins[0]
    smallest = abs(longer + len(two) - len(one))
    for text in texts:
        if not smallest:
            break
        short = len(text) - longer
        for twin in twins:
            gap = len(twin) - short
            if -smallest < gap < smallest:
                one, two, smallest = text, twin, abs(gap)
    return one, two


def _filling(text: str, words: Mapping[str, str]) -> int:
    """Return how much longer a line becomes when its blanks are filled."""
    return len(fill(text, words)) - len(text) if "{" in text else 0


_COUNTED = frozenset({"name", "position", "area", "studyType", "fluency"})


def _size(draft: Mapping[str, Any]) -> int:
    """Return how many characters the parts of a CV hold that are not written line by line.

    Names of towns are left out: the persona's own is masked by the audit, and the others even out.
    """
    size = 0
    for section in ("work", "education", "certificates", "skills", "languages", "interests"):
        for entry in draft[section]:
            if "x-signal" in entry:
                continue
            for key, value in entry.items():
                if key in _COUNTED:
                    size += len(value)
    return size
