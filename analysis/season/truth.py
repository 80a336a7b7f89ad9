"""What really happens in a season: letters, answers, mishaps to pairs. It knows nothing of corrtest.

The rules are those that the study's file states, written down again in the fewest words: an answer counts until thirty
days after its letter's day, the most favourable one is the outcome, silence is "none".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

FAVOUR = ("none", "automatic", "negative", "request", "other_positive", "invitation")
POSITIVE = ("other_positive", "invitation")
WINDOW, TOTAL, WITHIN, ALLOWED_HOURS, TOLERATED = 30, 2, 56, 24, 7
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

Place = tuple[str, str]  # study and pair
Part = tuple[str, str, str]  # study, pair and arm


@dataclass
class Letter:
    """One application: when it went out, what came back, what the employer was told, how it ended."""

    sent: datetime | None = None
    answers: list[tuple[str, datetime]] = field(default_factory=list)
    withdrawn: datetime | None = None
    end: str = ""  # failed, skipped or replaced

    @property
    def outcome(self) -> str:
        """The most favourable answer within the window."""
        return max((word for word, at in self.answers if self.counts(at)), key=FAVOUR.index, default="none")

    def counts(self, at: datetime) -> bool:
        """Say whether an answer of then lies within the window."""
        return self.sent is not None and (at.date() - self.sent.date()).days <= WINDOW

    @property
    def positive(self) -> datetime | None:
        """When the first positive answer came, in or out of the window."""
        return min((at for word, at in self.answers if word in POSITIVE), default=None)

    @property
    def late_withdrawal(self) -> bool:
        """Whether the employer waited for its answer longer than the study allows."""
        return bool(self.positive and self.withdrawn and self.withdrawn - self.positive > ALLOWED_HOURS * HOUR)

    def state(self, on: date) -> str:
        """Return the state in which a person who did all that was due has left it."""
        if self.end:
            return self.end
        if self.sent is None:
            return "planned"
        passed = (on - self.sent.date()).days > WINDOW
        if self.positive is not None and self.withdrawn is None:
            return "sent"
        if passed:
            return "closed"
        return "withdrawn" if self.withdrawn else "sent"


@dataclass
class Pair:
    """Two letters to one vacancy."""

    study: str
    number: str
    vacancy: str
    employer: str
    first_arm: str
    partner: str
    lag: int  # days planned between both letters
    letters: dict[str, Letter]
    candidates: dict[str, str]
    cause: str = ""  # bounced or vacancy_withdrawn, where a letter that was out failed
    incident: bool = False

    @property
    def out(self) -> bool:
        """Whether both letters went out."""
        return all(letter.sent for letter in self.letters.values())

    @property
    def status(self) -> str:
        """What the pair is marked with."""
        if self.incident:
            return "incident"
        if self.cause:
            return self.cause
        late = any(
            FAVOUR.index(word) > FAVOUR.index(letter.outcome) and not letter.counts(at)
            for letter in self.letters.values()
            for word, at in letter.answers
        )
        if late:
            return "late_answer"
        days = sorted(letter.sent.date() for letter in self.letters.values() if letter.sent)
        return "second_late" if self.out and (days[1] - days[0]).days > self.lag + TOLERATED else "ok"


@dataclass
class World:
    """All pairs of both studies, and every rule that was broken in what really went out."""

    pairs: dict[Place, Pair] = field(default_factory=dict)
    blocked: dict[str, datetime] = field(default_factory=dict)
    stops: dict[str, list[tuple[datetime, datetime | None]]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def letter(self, part: Part) -> Letter:
        """Return one letter."""
        study, number, arm = part
        return self.pairs[study, number].letters[arm]

    def post(self, part: Part, at: datetime) -> None:
        """Let a letter go out, and note every rule that this breaks."""
        study, number, arm = part
        pair, letter = self.pairs[study, number], self.letter(part)
        if letter.sent is not None:
            self.broken.append(f"{part} went out twice: {letter.sent} and {at}")
        if letter.end:
            self.broken.append(f"{part} went out though it was {letter.end}")
        if pair.employer in self.blocked and at > self.blocked[pair.employer]:
            self.broken.append(f"{part} went to an employer that asked to be left alone")
        if any(since < at and (until is None or at < until) for since, until in self.stops.get(study, ())):
            self.broken.append(f"{part} went out during a stop")
        first = pair.letters[pair.first_arm]
        if arm != pair.first_arm and (first.sent is None or first.sent.date() >= at.date()):
            self.broken.append(f"{part} went out before its turn")
        letter.sent = at
        self._check_caps(pair.employer)

    def _check_caps(self, employer: str) -> None:
        days = sorted(
            min(letter.sent for letter in pair.letters.values() if letter.sent).date()
            for pair in self.pairs.values()
            if pair.employer == employer and any(letter.sent for letter in pair.letters.values())
        )
        if len(days) > TOTAL:
            self.broken.append(f"employer {employer} has {len(days)} pairs")
        if any((later - earlier).days < WITHIN for earlier, later in pairwise(days)):
            self.broken.append(f"employer {employer} has two pairs within eight weeks")

    def give_up(self, part: Part, end: str, cause: str = "") -> None:
        """End a letter; what is not out of its pair does not go out any more."""
        study, number, arm = part
        pair = self.pairs[study, number]
        pair.letters[arm].end = end
        pair.cause = cause
        for other in pair.letters.values():
            if not other.end and other.sent is None:
                other.end = "skipped"

    def of_study(self, study: str) -> Iterator[Pair]:
        """Yield the pairs of one study."""
        yield from (pair for pair in self.pairs.values() if pair.study == study)

    def complete(self, study: str) -> dict[str, tuple[str, str, str, date, date]]:
        """Return pair → outcomes of control and treated, status, days of both letters, of pairs that went out whole."""
        return {
            pair.number: (
                pair.letters["control"].outcome,
                pair.letters["treated"].outcome,
                pair.status,
                min(letter.sent for letter in pair.letters.values() if letter.sent).date(),
                max(letter.sent for letter in pair.letters.values() if letter.sent).date(),
            )
            for pair in self.of_study(study)
            if pair.out
        }
