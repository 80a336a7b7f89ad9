"""Weekly progress as a page and a workbook: where the study and each partner stand, when all is out, week by week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from corrtest.language import SOURCE
from corrtest.pages import (
    Block,
    Callout,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Figure,
    Paragraph,
    Table,
    WeekBar,
    catalogue,
    languages,
    weeks_svg,
)
from corrtest.register.oversight.progress import Pace, Standing, WeekLine, WeeklyProgress

__all__ = ["pace_sentence", "progress_page", "progress_words"]

# Kind of document, as the catalogues name it.
DOCUMENT = "progress"
# So many ticks fit below the bars of the weeks.
_TICKS = 14


def progress_words(language: str) -> Catalogue:
    """Return the words of the page in a language, in English where there are none."""
    return catalogue(language if language in languages(DOCUMENT) else SOURCE, DOCUMENT)


def progress_page(found: WeeklyProgress) -> Document:
    """Return the page in the study's language."""
    words = progress_words(found.study.language)
    return Document(
        language=words.language,
        title=words.text("Progress of the fieldwork: {study}", study=found.study.name),
        subtitle=words.text(
            "As of {day}. It names no employer and no reaction.", day=words.date(found.as_of.isoformat())
        ),
        simulated=words.text("SIMULATED") if found.simulated else "",
        contents_title=words.text("Contents"),
        chapters=(
            Chapter(name="standing", title=words.text("Where it stands"), blocks=tuple(_standing(found, words))),
            Chapter(name="weeks", title=words.text("Week by week"), blocks=tuple(_weeks(found, words))),
            Chapter(name="words", title=words.text("What is counted"), blocks=tuple(_meanings(found, words))),
        ),
        numbered=False,
    )


def pace_sentence(pace: Pace, words: Catalogue) -> str:
    """Say when all that is left will be out at the speed of the last weeks."""
    left = words.number(pace.letters_left, 0)
    if pace.letters_left == 0:
        return words.text("Nothing is left to be sent.")
    if pace.per_week is None:
        return words.text(
            "{left} letters are left. When they will be out cannot be said before two whole weeks of sending.",
            left=left,
        )
    speed = words.number(pace.per_week, 1)
    if pace.done_on is None or pace.earliest is None:
        return words.text(
            "{left} letters are left. At the speed of the last weeks ({speed} a week) no end is in sight.",
            left=left,
            speed=speed,
        )
    facts = {
        "left": left,
        "speed": speed,
        "done": words.date(pace.done_on.isoformat()),
        "earliest": words.date(pace.earliest.isoformat()),
    }
    if pace.latest is None:
        return words.text(
            "{left} letters are left. At the speed of the last weeks ({speed} a week) they are out by {done}; "
            "{earliest} at the earliest, and no latest day can be said.",
            **facts,
        )
    return words.text(
        "{left} letters are left. At the speed of the last weeks ({speed} a week) they are out by {done}; "
        "80% interval: {earliest} to {latest}.",
        **facts,
        latest=words.date(pace.latest.isoformat()),
    )


def _standing(found: WeeklyProgress, words: Catalogue) -> list[Block]:
    whole = found.whole
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "{sent} of {planned} letters are out; {so_far} were planned until today. Of {pairs} pairs {out} are "
                "out and {complete} complete.",
                sent=words.number(whole.letters_sent, 0),
                planned=words.number(whole.letters_planned, 0),
                so_far=words.number(whole.letters_planned_so_far, 0),
                pairs=words.number(whole.pairs_planned, 0),
                out=words.number(whole.pairs_out, 0),
                complete=words.number(whole.pairs_complete, 0),
            ),
            role="lead",
        ),
        Paragraph(text=pace_sentence(whole.pace, words), role="finding"),
    ]
    blocks += [Callout(kind="notice", text=text) for text in _late(found, words)]
    if len(found.partners) > 1 or (found.partners[:1] and found.partners[0].name is not None):
        blocks.append(
            _standings("partners", words.text("By partner"), words.text("Partner"), found.partners, whole, words)
        )
    blocks.append(
        _standings(
            "committees",
            words.text("By joint committee"),
            words.text("Joint committee"),
            found.committees,
            whole,
            words,
        )
    )
    return blocks


def _late(found: WeeklyProgress, words: Catalogue) -> Iterable[str]:
    """Yield what a coordinator must not overlook."""
    end, latest = found.study.period.end, found.whole.pace.latest
    if found.whole.pace.per_week is not None and found.whole.pace.letters_left and (latest is None or latest > end):
        yield words.text(
            "It is not sure that all letters are out by the study's last day, {day}.", day=words.date(end.isoformat())
        )
    if found.whole.withdrawn_late:
        yield words.text_n(
            "{count} positive reaction waited longer than {hours} hours for its withdrawal.",
            "{count} positive reactions waited longer than {hours} hours for their withdrawal.",
            found.whole.withdrawn_late,
            hours=found.study.fieldwork.withdraw_within_hours,
        )


def _standings(
    name: str, caption: str, header: str, standings: Sequence[Standing], whole: Standing, words: Catalogue
) -> Table:
    headers = (
        words.text("Pairs planned"),
        words.text("Pairs out"),
        words.text("Pairs complete"),
        words.text("Pairs lost"),
        words.text("Letters planned until today"),
        words.text("Letters sent"),
        words.text("Overdue"),
        words.text("Due next week"),
        words.text("Withdrawn late"),
    )
    rows = [(each.name or words.text("no firm"), each) for each in standings]
    if len(standings) > 1:
        rows.append((words.text("Together"), whole))
    return Table(
        name=name,
        caption=caption,
        columns=(
            Column(header=header),
            *(Column(header=text, numeric=True) for text in headers),
            Column(header=words.text("All sent by")),
        ),
        rows=tuple(
            (
                Cell(text=title),
                *_counts(
                    words,
                    each.pairs_planned,
                    each.pairs_out,
                    each.pairs_complete,
                    each.pairs_lost,
                    each.letters_planned_so_far,
                    each.letters_sent,
                    each.overdue,
                    each.due_next_week,
                    each.withdrawn_late,
                ),
                Cell(text=_by(each.pace, words)),
            )
            for title, each in rows
        ),
    )


def _by(pace: Pace, words: Catalogue) -> str:
    """Return the day by which all is out, with its interval."""
    if pace.letters_left == 0:
        return words.text("all sent")
    if pace.done_on is None or pace.earliest is None:
        return "–"
    latest = "…" if pace.latest is None else _day(pace.latest)
    return f"{_day(pace.done_on)} ({_day(pace.earliest)} – {latest})"


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def _counts(words: Catalogue, *values: int) -> tuple[Cell, ...]:
    return tuple(Cell(text=words.number(value, 0), value=value) for value in values)


def _weeks(found: WeeklyProgress, words: Catalogue) -> list[Block]:
    lines = found.lines
    if not lines:
        return [Paragraph(text=words.text("The plan has no letters yet."))]
    weeks = sorted({line.week for line in lines})
    sent = {week: sum(line.sent for line in lines if line.week == week) for week in weeks}
    every = -(-len(weeks) // _TICKS)
    bars = [
        WeekBar(value=sent[week], tick=f"{week:%d/%m}" if number % every == 0 else "")
        for number, week in enumerate(weeks)
    ]
    caption = words.text("Letters sent in each week")
    alternative = words.text(
        "A bar for each week from {first} to {last}. Most in one week: {most}.",
        first=words.date(weeks[0].isoformat()),
        last=words.date(weeks[-1].isoformat()),
        most=max(sent.values()),
    )
    headers = (
        words.text("Planned"),
        words.text("Sent"),
        words.text("Pairs out"),
        words.text("Pairs complete"),
        words.text("Overdue"),
        words.text("Due next week"),
        words.text("Withdrawn late"),
    )
    table = Table(
        name="weeks",
        caption=words.text("By week and partner"),
        columns=(
            Column(header=words.text("Week of")),
            Column(header=words.text("Partner")),
            *(Column(header=text, numeric=True) for text in headers),
        ),
        rows=tuple(_row(line, words) for line in lines),
        note=words.text("A week is named by its Monday; the last one ends on the day of the report."),
    )
    return [
        Figure(
            name="weeks", svg=weeks_svg(bars, caption, alternative, "weeks"), caption=caption, alternative=alternative
        ),
        table,
    ]


def _row(line: WeekLine, words: Catalogue) -> tuple[Cell, ...]:
    return (
        Cell(text=_day(line.week)),
        Cell(text=line.partner or words.text("no firm")),
        *_counts(
            words,
            line.planned,
            line.sent,
            line.pairs_out,
            line.pairs_complete,
            line.overdue,
            line.due_next_week,
            line.withdrawn_late,
        ),
    )


def _meanings(found: WeeklyProgress, words: Catalogue) -> list[Block]:
    days = found.study.fieldwork.reaction_window_days
    return [
        Paragraph(
            text=words.text(
                "A letter counts in the week in which it went out, whatever became of it: withdrawn or closed, it "
                "stays sent. A count falls only where a sending is taken back."
            )
        ),
        Paragraph(
            text=words.text(
                "A pair is out once its last letter is, and complete {days} days later, when its reaction window has "
                "ended. A pair is lost where a letter of it will not go out any more and no reserve took its place.",
                days=days,
            )
        ),
        Paragraph(
            text=words.text(
                "Overdue is what was due and not out at the end of the week; what will not go out any more is left out."
            )
        ),
    ]
