"""Progress by week and partner: against the plan, never falling, with a day by which all is out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from corrtest.register import Register, progress_page
from corrtest.register.oversight.progress import pace
from tests.register.conftest import Clock, Make, a_plan, a_study, ready, sent_rows

PARTNERS = '\n[[partner]]\nname = "North"\n[[partner]]\nname = "South"\n'


@pytest.fixture
def two_firms(make: Make, clock: Clock) -> Register:
    """Eight pairs, two a week: of North the even ones, of South the odd ones; the first three are out."""
    study = a_study(pairs=8, more=PARTNERS)
    plan = a_plan(study, 8, starts=lambda index: date(2027, 1, 11) + timedelta(weeks=index // 2))
    plan.pairs["partner"] = ["North", "South"] * 4
    register = ready(make(study), plan)
    register.sending.import_sent(sent_rows(2))
    clock.at = datetime(2027, 1, 20, 12, tzinfo=UTC)
    register.sending.import_sent(sent_rows(3, date(2027, 1, 18)).iloc[4:])
    return register


def lines(register: Register, **options: object) -> dict[tuple[str, str | None], tuple[int, ...]]:
    found = register.oversight.progress(**options)  # type: ignore[arg-type]
    return {
        (line.week.isoformat(), line.partner): (
            line.planned,
            line.sent,
            line.pairs_out,
            line.pairs_complete,
            line.overdue,
            line.due_next_week,
        )
        for line in found.lines
    }


def test_each_week_and_partner_against_the_plan(two_firms: Register) -> None:
    assert lines(two_firms) == {
        ("2027-01-11", "North"): (2, 2, 1, 0, 0, 2),
        ("2027-01-11", "South"): (2, 2, 1, 0, 0, 2),
        ("2027-01-18", "North"): (2, 2, 1, 0, 0, 2),
        ("2027-01-18", "South"): (2, 0, 0, 0, 2, 2),
    }
    # As it stood before: what came later is not in it.
    assert lines(two_firms, as_of="2027-01-11")["2027-01-11", "North"] == (2, 1, 0, 0, 0, 2)


def test_no_count_falls_when_letters_are_withdrawn_and_closed(two_firms: Register, clock: Clock) -> None:
    two_firms.replies.record("P00001", "control", "invitation", "2027-01-13T10:00")
    before = two_firms.oversight.progress().whole
    clock.at = datetime(2027, 3, 15, 12, tzinfo=UTC)
    two_firms.replies.withdraw("P00001", "control", "2027-03-10T10:00")
    two_firms.replies.close_applications("2027-03-15")
    after = two_firms.oversight.progress().whole
    assert (before.letters_sent, before.pairs_out, before.pairs_complete, before.withdrawn_late) == (6, 3, 0, 1)
    assert (after.letters_sent, after.pairs_out, after.pairs_complete, after.withdrawn_late) == (6, 3, 3, 1)
    assert two_firms.oversight.status().strata["went_out"].tolist() == [6]


def test_a_partner_sees_the_part_of_their_own_firm(two_firms: Register) -> None:
    two_firms.people.add("nora", "partner", partner="North")
    found = two_firms.oversight.progress(actor="nora")
    assert (found.of_firm, {line.partner for line in found.lines}, found.whole.pairs_planned) == ("North", {"North"}, 4)


def test_what_is_lost_is_neither_overdue_nor_waited_for(two_firms: Register) -> None:
    two_firms.sending.skip("P00004", "control", "vacancy gone", "2027-01-19")
    south = next(each for each in two_firms.oversight.progress().partners if each.name == "South")
    assert (south.pairs_planned, south.pairs_lost, south.overdue, south.pace.letters_left) == (4, 1, 0, 4)


def test_the_counts_name_nobody(two_firms: Register) -> None:
    found = two_firms.oversight.progress().to_dict()
    assert found["committees"] == [
        {"joint_committee": "124", "pairs_planned": 8, "pairs_out": 3, "pairs_complete": 0, "pairs_lost": 0}
    ]
    assert found["letters"] == {"planned": 16, "planned_so_far": 8, "sent": 6, "overdue": 2, "due_next_week": 4}
    assert "North" not in json.dumps(found)


def test_the_page_is_in_the_language_of_the_study_and_says_when_all_is_out(two_firms: Register) -> None:
    page = progress_page(two_firms.oversight.progress())
    assert (page.language, page.title) == ("nl", "Voortgang van het veldwerk: small")
    texts = [getattr(block, "text", "") for chapter in page.chapters for block in chapter.blocks]
    # The first whole week alone says no speed.
    assert any(text.startswith("Er resten nog 10 brieven. Pas na twee volle weken") for text in texts)
    assert "P0000" not in repr(page)


class TestPace:
    def test_a_steady_speed_reaches_the_end_when_division_says(self) -> None:
        today = date(2027, 3, 1)
        sent = [today - timedelta(weeks=number // 10 + 1) for number in range(40)]
        found = pace(sent, [today] * 55, today)
        assert (found.per_week, found.done_on) == (10, today + timedelta(weeks=6))
        assert (found.earliest, found.latest) == (today + timedelta(weeks=5), today + timedelta(weeks=8))

    def test_no_day_is_earlier_than_the_plan(self) -> None:
        today = date(2027, 3, 1)
        sent = [today - timedelta(weeks=number // 10 + 1) for number in range(40)]
        assert pace(sent, [date(2027, 6, 1)], today).earliest == date(2027, 6, 1)

    def test_who_stands_still_has_no_end(self) -> None:
        today = date(2027, 3, 1)
        assert pace([today - timedelta(weeks=20)], [today] * 9, today).done_on is None

    def test_four_of_five_seasons_end_within_the_interval(self) -> None:
        rng = np.random.default_rng(5)
        start, within = date(2027, 1, 4), 0
        for _ in range(400):
            sent = [start + timedelta(weeks=week) for week in range(8) for _ in range(rng.poisson(12))]
            needed, left = 0, 100
            while left > 0:
                left -= rng.poisson(12)
                needed += 1
            found = pace(sent, [start] * 100, today := start + timedelta(weeks=8))
            within += found.earliest <= today + timedelta(weeks=needed) <= found.latest  # type: ignore[operator]
        # Whole weeks make it wider than 80 %; three standard errors below that would be 74 %.
        assert 0.74 < within / 400 < 0.97
