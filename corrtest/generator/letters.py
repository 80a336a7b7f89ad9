"""Letters and e-mails of a pair: what each says, in which order and how long, and the sentences that say it.

How long an application is and in which order it says things is drawn for a block of two pairs and mirrored between
their arms (`mirrored` of `factors`), so that over a study neither arm writes more. Within a pair the two differ in
both. The sentences are drawn for each arm by itself, until the letter is as long as was drawn for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from corrtest.errors import GeneratorError
from corrtest.generator.grammar import Line, Vocabulary
from corrtest.generator.letter_grammar import PROFILE, WHOLE_LETTER, LetterGrammar, letter_grammar, moves_of
from corrtest.generator.outlines import Outline, written_out
from corrtest.generator.pairs import Pair
from corrtest.generator.pool_files import Pools
from corrtest.generator.twins import Considered, Taken
from corrtest.generator.wording import Draws, Phrase, fill
from corrtest.language import say
from corrtest.spec import Names

__all__ = ["LetterPlan", "LetterWriter", "draw_plans", "years_of"]

# Sentences drawn for a place in a letter, and for its last places, which close what is left of the length.
CANDIDATES, LAST_CANDIDATES = 2, 8
LAST_PLACES = 3
# How much longer a structure may be than the letter wanted: its sentences can be short ones.
SHORTENED = 1.08
# Draws of a sentence that the employer has not seen, before the pool is said to be too small.
ATTEMPTS = 60
# Uniforms that settle what a structure leaves open.
CHOICES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPlan:
    """What was drawn for one applicant of a block: uniforms for the letter's length, its structure and all else."""

    length: float
    structure: float
    mail: float
    choices: tuple[float, ...]


def draw_plans(draws: Draws) -> tuple[LetterPlan, LetterPlan]:
    """Draw the plans of two applicants, for `mirrored`."""

    def one() -> LetterPlan:
        return LetterPlan(
            length=draws.uniform(),
            structure=draws.uniform(),
            mail=draws.uniform(),
            choices=tuple(draws.uniform() for _ in range(CHOICES)),
        )

    return one(), one()


def years_of(work: Sequence[Mapping[str, Any]], today: date, grammar: LetterGrammar) -> str:
    """Return the full years of some jobs as they are written in a letter, "" where there are fewer than two."""
    months = 0
    for job in work:
        start, end = job["startDate"], job.get("endDate", f"{today:%Y-%m}")
        months += (int(end[:4]) - int(start[:4])) * 12 + int(end[5:7]) - int(start[5:7])
    years = months // 12
    if years < 2:
        return ""
    return grammar.numbers[years] if years < len(grammar.numbers) else str(years)


class _Words:
    """The occupation's words in the order in which one letter uses them: none twice before all were used."""

    def __init__(self, vocabulary: Vocabulary, draws: Draws) -> None:
        self._draws = draws
        self._order = {kind: draws.sample(phrases, len(phrases)) for kind, phrases in vocabulary.words.items()}
        self._used = Counter[str]()
        self._ahead = Counter[str]()

    def begin(self) -> None:
        """Begin a sentence that may be kept or not."""
        self._ahead = Counter()

    def next(self, kind: str) -> str:
        """Return a next word for the sentence under way."""
        phrases = self._order[kind]
        phrase: Phrase = phrases[(self._used[kind] + self._ahead[kind]) % len(phrases)]
        self._ahead[kind] += 1
        return self._draws.pick(phrase.texts)

    def asked(self) -> Counter[str]:
        """Return how many words of each kind the sentence under way has asked for."""
        return self._ahead

    def keep(self, asked: Counter[str]) -> None:
        """Count the words of the sentence that was kept as used."""
        self._used += asked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A sentence that may be kept: how far its length is from the one wanted, and as it is with its blanks open."""

    gap: float
    written: str
    text: str
    line: Line
    asked: Counter[str]


class LetterWriter:
    """Writer of the letter and the e-mail of one arm."""

    def __init__(
        self,
        pair: Pair,
        language: str,
        names: Names,
        pools: Pools,
        draws: Draws,
        blanks: Mapping[str, str],
        taken: Taken,
    ) -> None:
        self._draws, self._blanks, self._taken = draws, blanks, taken
        self._grammar = letter_grammar(language, pools)
        self._letter_is_file = pair.answers
        known = frozenset(name for name, text in blanks.items() if text)
        made_of = moves_of(pair.occupation, language, names, pools, known)
        self._moves, self._vocabulary, self._structures = made_of.moves, made_of.vocabulary, made_of.structures
        self._words = _Words(self._vocabulary, draws)
        # Lines that this application has used, so that it never says a thing twice in almost the same words.
        self._said: set[str] = set()

    @property
    def considered(self) -> list[Considered]:
        """What was drawn from: the lines of the moves, and the occupation's words."""
        return [tuple(move.lines for move in self._moves.values()), tuple(self._vocabulary.words.values())]

    def write(self, plan: LetterPlan, disclosure: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return letter and e-mail; `disclosure` is the sentence of the letter that says the signal, or its twin.

        A letter that stands in the e-mail has no paragraphs in both: it is `in_email`.
        """
        letter = self._letter(plan, disclosure)
        # A form asks for the letter as a file.
        mails = [each for each in self._grammar.mails if not (self._letter_is_file and each.names(WHOLE_LETTER))]
        form = mails[int(plan.mail * len(mails))]
        whole = form.names(WHOLE_LETTER)
        paragraphs: list[str] = []
        for part in form.paragraphs:
            if part[0].move == WHOLE_LETTER:
                paragraphs += letter["paragraphs"]
            else:
                said = [self.sentence(slot.move) for slot in part if slot.move in self._moves]
                paragraphs += [" ".join(said)] if said else []
        email = {
            "subject": self._subject(),
            "greeting": letter["greeting"] if whole else self._formula("greeting"),
            "paragraphs": paragraphs,
            "signoff": letter["signoff"] if whole else self._formula("signoff"),
        }
        return {**letter, "in_email": whole}, email

    def profile(self, plan: LetterPlan) -> str:
        """Return what the CV says of its writer, in a sentence or two; to be asked before the letter is written."""
        moves = PROFILE[: 1 + int(plan.choices[-2] * len(PROFILE))]
        return " ".join(self.sentence(move) for move in moves if move in self._moves)

    def _subject(self) -> str:
        """Return a subject line that the employer has not seen, as long as there is one."""
        for _ in range(ATTEMPTS):
            text = self._moves["subject"].pick(self._draws).write(self._draws, self._words.next)
            if text not in self._taken.sentences:
                break
        self._taken.sentences.add(text)
        return _filled(text, self._blanks)

    def _formula(self, move: str) -> str:
        return _filled(self._moves[move].pick(self._draws).write(self._draws, self._words.next), self._blanks)

    def _letter(self, plan: LetterPlan, disclosure: str) -> dict[str, Any]:
        least, most = self._grammar.words
        target = (least + plan.length * (most - least)) * self._grammar.letters_a_word - len(disclosure)
        outline = self._outline(plan, target)
        left, ahead = target, sum(self._moves[move].length + 1 for part in outline for move in part)
        places = sum(map(len, outline))
        paragraphs = []
        for part in outline:
            sentences = []
            for move in part:
                ahead -= self._moves[move].length + 1
                places -= 1
                count = CANDIDATES if places >= LAST_PLACES else LAST_CANDIDATES
                sentence = self.sentence(move, wanted=left - ahead - 1, count=count)
                left -= len(sentence) + 1
                sentences.append(sentence)
            paragraphs.append(" ".join(sentences))
        if disclosure:
            self._place(paragraphs, disclosure, plan.choices[-1])
        return {
            "greeting": self._formula("greeting"),
            "signoff": self._formula("signoff"),
            "paragraphs": paragraphs,
            "structure": written_out(outline),
        }

    @staticmethod
    def _place(paragraphs: list[str], disclosure: str, draw: float) -> None:
        """Put the disclosure before the last paragraph: by itself, or at the end of the paragraph before it."""
        if draw < 0.5 or len(paragraphs) < 2:
            paragraphs.insert(len(paragraphs) - 1, disclosure)
        else:
            paragraphs[-2] = f"{paragraphs[-2]} {disclosure}"

    def _outline(self, plan: LetterPlan, target: float) -> Outline:
        """Return the moves of each paragraph, in a structure that the employer has not seen."""
        fitting = [each for each in self._structures if each.least <= target * SHORTENED and each.most >= target]
        first = int(plan.structure * len(fitting))
        # Where none of those is left, the one that says least: a letter may be longer than was drawn for it.
        rest = sorted(self._structures, key=lambda each: each.least)
        for each in (*fitting[first:], *fitting[:first], *rest):
            outline = each.filled(target, plan.choices)
            marks = {f"structure {each.structure.key}", f"structure {written_out(outline)}"}
            if self._taken.sentences.isdisjoint(marks):
                self._taken.sentences |= marks
                return outline
        raise GeneratorError(
            say(
                "There are too few structures of letters: every one that fits has already been shown to one employer. "
                "Add lines to 'letters' of the grammar, or lower the load cap."
            )
        )

    def can(self, move: str) -> bool:
        """Tell whether the occupation can fill a line of a move."""
        return move in self._moves

    def sentence(self, move: str, wanted: float | None = None, count: int = 1) -> str:
        """Return a sentence of a move that the employer has not seen, of about the length wanted."""
        found, best, drawn = self._moves[move], None, 0
        for attempt in range(ATTEMPTS):
            line = found.pick(self._draws)
            if line.entry in self._said and attempt < ATTEMPTS // 2:
                continue
            self._words.begin()
            text = line.write(self._draws, self._words.next)
            if text in self._taken.sentences:
                continue
            written = _filled(text, self._blanks)
            gap = 0.0 if wanted is None else abs(len(written) - wanted)
            if best is None or gap < best.gap:
                best = _Drawn(gap=gap, written=written, text=text, line=line, asked=self._words.asked())
            drawn += 1
            if drawn == count:
                break
        if best is None:
            raise GeneratorError(
                say(
                    "Pool entry {entry} has too few wordings: every text of it has already been used for one "
                    "employer. Add lines or choices there, or lower the load cap.",
                    entry=found.lines[0].entry,
                )
            )
        self._said.add(best.line.entry)
        self._taken.sentences.add(best.text)
        self._words.keep(best.asked)
        return best.written


def _filled(text: str, blanks: Mapping[str, str]) -> str:
    """Return a text with its blanks filled, and a capital where it starts with one."""
    written = fill(text, blanks)
    return written[:1].upper() + written[1:]
