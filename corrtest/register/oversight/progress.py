"""Progress week by week and partner by partner against the plan, and when all is sent at the present speed.

Counts follow from when a letter was due and when it went out, not from the state in which it is now: what was sent
stays sent after it is withdrawn or closed. A count falls only where a sending is taken back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import mean, variance
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from corrtest.register.clock import day, later, window_end
from corrtest.register.events.acts import OUT
from corrtest.register.fieldwork.lateness import late_by
from corrtest.register.store import schema
from corrtest.spec import Study

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c
_WEEK = timedelta(weeks=1)
# A speed rests on so many of the last whole weeks, and on no fewer than two; of an interval of 80 % this many standard
# deviations lie on each side. Who needs longer than three years stands still.
_WEEKS_OF_SPEED, _FEWEST_WEEKS, _LONGEST_WEEKS, _Z = 8, 2, 156, 1.2816


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """What one partner was to do in a week and did. Letters are counted where nothing else is said.

    Attributes
    ----------
    week : date
        Its Monday.
    partner : str or None
        The firm; None for pairs that no firm was given.
    planned, sent : int
        Due in this week, and gone out in it.
    pairs_out, pairs_complete : int
        Pairs of which the last letter went out in it, and those whose last reaction window ended in it.
    overdue : int
        Due by the week's last day (in the present week: before today) and not out then; without what will not go out
        any more.
    due_next_week : int
    withdrawn_late : int
        Positive reactions that had waited for their withdrawal longer than the study allows in this week.
    """

    week: date
    partner: str | None
    planned: int
    sent: int
    pairs_out: int
    pairs_complete: int
    overdue: int
    due_next_week: int
    withdrawn_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When the letters that are left will be out at the speed of the last weeks, with an interval of 80 %.

    `per_week` is None where fewer than two whole weeks have passed since the first letter; a day is None where none can
    be said. No day is earlier than that for which the last letter is planned.
    """

    letters_left: int
    weeks: int
    per_week: float | None
    done_on: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a partner, a committee or the whole study stands; `name` is None for pairs that no firm was given."""

    name: str | None
    pairs_planned: int
    pairs_out: int
    pairs_complete: int
    pairs_lost: int
    letters_planned: int
    letters_planned_so_far: int
    letters_sent: int
    overdue: int
    due_next_week: int
    withdrawn_late: int
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyProgress:
    """How far a study is on a day: by week and partner, by partner, by committee, and in all.

    `of_firm` is the firm whose part of it this is; None for the whole study.
    """

    study: Study
    of_firm: str | None
    as_of: date
    simulated: bool
    lines: tuple[WeekLine, ...]
    partners: tuple[Standing, ...]
    committees: tuple[Standing, ...]
    whole: Standing

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain objects: no partner, no employer and no reaction."""
        whole = self.whole
        return {
            "study": self.study.name,
            "sector": self.study.sector,
            "wave": self.study.wave,
            "as_of": self.as_of.isoformat(),
            "simulated": self.simulated,
            "period": {"start": self.study.period.start.isoformat(), "end": self.study.period.end.isoformat()},
            "committees": [
                {
                    "joint_committee": each.name,
                    "pairs_planned": each.pairs_planned,
                    "pairs_out": each.pairs_out,
                    "pairs_complete": each.pairs_complete,
                    "pairs_lost": each.pairs_lost,
                }
                for each in self.committees
            ],
            "letters": {
                "planned": whole.letters_planned,
                "planned_so_far": whole.letters_planned_so_far,
                "sent": whole.letters_sent,
                "overdue": whole.overdue,
                "due_next_week": whole.due_next_week,
            },
            "withdrawn_late": whole.withdrawn_late,
            "forecast": {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in asdict(whole.pace).items()
                if name != "weeks"
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """One application as it stood at the moment of the report; days are Belgian days."""

    pair: int
    partner: str | None
    committee: str
    due: date
    sent: date | None
    lost: bool
    late: date | None

    def waits(self, on: date) -> bool:
        """Say whether it is still to go out at the end of that day."""
        return not self.lost and (self.sent is None or self.sent > on)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PairDays:
    """When the last letter of a pair went out, and when its last reaction window had ended."""

    partner: str | None
    committee: str
    out: date | None
    complete: date | None
    lost: bool


def weekly_progress(
    connection: Connection, study_ref: int, study: Study, at: str, of_firm: str | None = None
) -> WeeklyProgress:
    """Count how far the study is at the moment `at`, or one firm's part of it."""
    rows = [row for row in _rows(connection, study_ref) if of_firm is None or row.partner in (None, of_firm)]
    letters = [_letter(row, study.fieldwork.withdraw_within_hours, at) for row in rows]
    today = day(at)
    ends = {row.pair_ref: _end(row.last_sent, study.fieldwork.reaction_window_days, at) for row in rows}
    pairs = _pairs(letters, ends)
    names = sorted({letter.partner for letter in letters}, key=lambda name: (name is None, name or ""))
    return WeeklyProgress(
        study=study,
        of_firm=of_firm,
        as_of=today,
        simulated=any(row.simulated for row in rows),
        lines=tuple(_lines(letters, pairs, names, today)),
        partners=tuple(_of(letters, pairs, name, lambda each: each.partner, today) for name in names),
        committees=tuple(
            _of(letters, pairs, name, lambda each: each.committee, today)
            for name in sorted({letter.committee for letter in letters})
        ),
        whole=_standing(None, letters, pairs, today),
    )


def _rows(connection: Connection, study_ref: int) -> Sequence[Any]:
    """Return the applications; a pair that a reserve replaced is not in the plan any more."""
    other = schema.application.alias("other")
    replaced = sa.exists().where(other.c.pair_ref == _A.pair_ref, other.c.state == "replaced")
    unsent = sa.exists().where(other.c.pair_ref == _A.pair_ref, other.c.sent_at.is_(None))
    last = sa.select(sa.func.max(other.c.sent_at)).where(other.c.pair_ref == _A.pair_ref, ~unsent).scalar_subquery()
    query = (
        sa.select(
            _A.pair_ref,
            _P.partner,
            _P.joint_committee,
            _A.due_on,
            _A.state,
            _A.sent_at,
            _A.positive_at,
            _A.withdrawn_at,
            _A.simulated,
            _E.blocked,
            last.label("last_sent"),
        )
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .join(schema.employer, _P.employer_ref == _E.employer_ref)
        .where(_P.study_ref == study_ref, ~replaced)
        .order_by(_A.application_ref)
    )
    return connection.execute(query).all()


def _letter(row: Row[Any], allowed: int, at: str) -> _Letter:
    out = row.sent_at is not None and row.sent_at <= at
    ended = row.state not in ("planned", "claimed", *OUT) or row.blocked
    late = None
    if row.positive_at is not None and row.positive_at <= at:
        answered = row.withdrawn_at if row.withdrawn_at is not None and row.withdrawn_at <= at else at
        if late_by(row.positive_at, answered, allowed) is not None:
            late = day(later(row.positive_at, timedelta(hours=allowed)))
    return _Letter(
        pair=row.pair_ref,
        partner=row.partner,
        committee=row.joint_committee,
        due=day(row.due_on),
        sent=day(row.sent_at) if out else None,
        lost=bool(row.sent_at is None and ended),
        late=late,
    )


def _end(last_sent: str | None, window: int, at: str) -> date | None:
    """Return the day on which a pair was complete, where it was by `at`."""
    if last_sent is None or (end := window_end(last_sent, window)) > at:
        return None
    return day(end)


def _pairs(letters: Sequence[_Letter], ends: Mapping[int, date | None]) -> list[_PairDays]:
    of: dict[int, list[_Letter]] = {}
    for letter in letters:
        of.setdefault(letter.pair, []).append(letter)
    return [
        _PairDays(
            partner=mine[0].partner,
            committee=mine[0].committee,
            out=max((each.sent for each in mine if each.sent), default=None)
            if all(each.sent for each in mine)
            else None,
            complete=ends[pair],
            lost=any(each.lost for each in mine),
        )
        for pair, mine in of.items()
    ]


def monday_of(on: date) -> date:
    """Return the Monday of the week of a day."""
    return on - timedelta(days=on.weekday())


def _lines(
    letters: Sequence[_Letter], pairs: Sequence[_PairDays], names: Sequence[str | None], today: date
) -> Iterable[WeekLine]:
    """Yield a line for each week until today and each partner that had or did anything in it or before."""
    if not letters:
        return
    days = [letter.due for letter in letters] + [letter.sent for letter in letters if letter.sent]
    began = min(*days, today)
    week = monday_of(began)
    while week <= today:
        for name in names:
            mine = [letter for letter in letters if letter.partner == name]
            yield _line(week, name, mine, [pair for pair in pairs if pair.partner == name], today)
        week += _WEEK


def _line(
    week: date, name: str | None, letters: Sequence[_Letter], pairs: Sequence[_PairDays], today: date
) -> WeekLine:
    def within(days: Iterable[date | None], start: date = week) -> int:
        return sum(on is not None and start <= on < start + _WEEK for on in days)

    last = min(week + _WEEK - timedelta(days=1), today)
    return WeekLine(
        week=week,
        partner=name,
        planned=within(letter.due for letter in letters),
        sent=within(letter.sent for letter in letters),
        pairs_out=within(pair.out for pair in pairs),
        pairs_complete=within(pair.complete for pair in pairs),
        overdue=_overdue(letters, last, today),
        due_next_week=within((letter.due for letter in letters if letter.waits(last)), week + _WEEK),
        withdrawn_late=within(letter.late for letter in letters),
    )


def _overdue(letters: Iterable[_Letter], last: date, today: date) -> int:
    """Count what was due by the end of `last`, or before today where that is the day, and was not out then."""
    limit = last if last < today else today - timedelta(days=1)
    return sum(letter.due <= limit and letter.waits(last) for letter in letters)


def _of(
    letters: Sequence[_Letter],
    pairs: Sequence[_PairDays],
    name: str | None,
    which: Callable[[_Letter | _PairDays], str | None],
    today: date,
) -> Standing:
    mine = [letter for letter in letters if which(letter) == name]
    return _standing(name, mine, [pair for pair in pairs if which(pair) == name], today)


def _standing(name: str | None, letters: Sequence[_Letter], pairs: Sequence[_PairDays], today: date) -> Standing:
    following = monday_of(today) + _WEEK
    return Standing(
        name=name,
        pairs_planned=len(pairs),
        pairs_out=sum(pair.out is not None for pair in pairs),
        pairs_complete=sum(pair.complete is not None for pair in pairs),
        pairs_lost=sum(pair.lost for pair in pairs),
        letters_planned=len(letters),
        letters_planned_so_far=sum(letter.due <= today for letter in letters),
        letters_sent=sum(letter.sent is not None for letter in letters),
        overdue=_overdue(letters, today, today),
        due_next_week=sum(following <= letter.due < following + _WEEK for letter in letters if letter.waits(today)),
        withdrawn_late=sum(letter.late is not None for letter in letters),
        pace=pace(
            [letter.sent for letter in letters if letter.sent],
            [letter.due for letter in letters if letter.waits(today)],
            today,
        ),
    )


def pace(sent: Sequence[date], waiting: Sequence[date], today: date) -> Pace:
    """Return when what waits will be out, told from the days on which letters went out so far.

    The number of the next h weeks has the mean h·m and the variance h·s² + h²·s²/n, with m and s² of the last n whole
    weeks (s² no less than m, as for Poisson counts): the weeks themselves vary, and m is estimated. The interval ends
    where the number, taken this far above or below, reaches what is left.
    """
    left = len(waiting)
    counts = _weekly(sent, today)
    if left == 0:
        return Pace(letters_left=0, weeks=len(counts), per_week=None, done_on=None, earliest=None, latest=None)
    if len(counts) < _FEWEST_WEEKS:
        return Pace(letters_left=left, weeks=len(counts), per_week=None, done_on=None, earliest=None, latest=None)
    speed, spread = mean(counts), max(variance(counts), mean(counts))

    def weeks(deviations: float) -> int | None:
        for number in range(1, _LONGEST_WEEKS + 1):
            uncertain = math.sqrt(number * spread + number**2 * spread / len(counts))
            if number * speed + deviations * uncertain >= left:
                return number
        return None

    def on(number: int | None) -> date | None:
        return None if number is None else max(today + number * _WEEK, *waiting)

    return Pace(
        letters_left=left,
        weeks=len(counts),
        per_week=speed,
        done_on=on(weeks(0)),
        earliest=on(weeks(_Z)),
        latest=on(weeks(-_Z)),
    )


def _weekly(sent: Sequence[date], today: date) -> list[int]:
    """Return how many went out in each of the last whole weeks, from the week of the first on."""
    if not sent:
        return []
    first, this = monday_of(min(sent)), monday_of(today)
    weeks = [this - number * _WEEK for number in range(_WEEKS_OF_SPEED, 0, -1)]
    return [sum(week <= on < week + _WEEK for on in sent) for week in weeks if week >= first]
