"""Chapter 3: how many tests were planned and used, how often anyone reacted, what was lost, and when they ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from corrtest.design import shortfall_cause
from corrtest.pages import (
    Block,
    Bullets,
    Cell,
    Chapter,
    Column,
    Figure,
    Heading,
    Paragraph,
    Table,
    WeekBar,
    weeks_svg,
)
from corrtest.report.tables import number_cell
from corrtest.report.view import View
from corrtest.spec import INCIDENT, TEST_FATES

# From so many weeks on, the names of the months no longer fit below the bars.
_WEEKS_WITH_TICKS = 60


def response(view: View) -> Chapter:
    """Return response, what was lost on the way, and when the tests went out."""
    words = view.words
    blocks: list[Block] = [_response_table(view), Heading(text=words.text("From quota to complete tests"))]
    strata = view.releases.fieldwork.get("strata") or ()
    if strata:
        blocks += [_fieldwork_table(view, strata), *_marked(view)]
    blocks.append(_shortfall_table(view, strata) if view.releases.shortfalls else Paragraph(text=_no_shortfall(view)))
    blocks += _timeline(view)
    return Chapter(name="response", title=words.text("Response and shortfalls"), blocks=tuple(blocks))


def _fieldwork_table(view: View, strata: Sequence[Mapping[str, Any]]) -> Table:
    """Return what became of every test that the study asked for, a column for each criterion and one for all."""
    words = view.words
    criteria = list(dict.fromkeys(str(stratum["criterion"]) for stratum in strata))
    wanted = _wanted(view)
    short = dict.fromkeys(criteria, 0)
    for shortfall in view.releases.shortfalls:
        name = str(shortfall["criterion"])
        short[name] = short.get(name, 0) + int(shortfall["wanted"]) - int(shortfall["planned"])

    def fates(*names: str) -> dict[str, int]:
        return {
            criterion: sum(stratum[name] for stratum in strata if stratum["criterion"] == criterion for name in names)
            for criterion in criteria
        }

    # A reserve stands in the plan beside the test that it replaced.
    steps: list[tuple[str, dict[str, int], bool]] = [
        (words.text("Wanted by the study"), {name: wanted.get(name, 0) for name in criteria}, bool(wanted)),
        (words.text("… could not be planned"), short, True),
        (words.text("Planned"), fates(*(fate for fate in TEST_FATES if fate != "replaced")), True),
        (words.text("… another vacancy took the place of the first"), fates("replaced"), True),
        (words.text("… given up before both applications were out"), fates("given_up"), True),
        (words.text("… not sent yet"), fates("not_sent"), False),
        (words.text("… reactions still awaited"), fates("awaiting_reactions"), False),
        (words.text("… coded differently by two people"), fates("awaiting_adjudication"), False),
        (words.text("… left out after an incident with the employer, as the study says"), fates("left_out"), False),
        (words.text("Complete: these count"), fates("complete"), True),
    ]
    rows = [
        (
            Cell(text=label),
            *(number_cell(view, tests[name]) for name in criteria),
            number_cell(view, sum(tests[name] for name in criteria)),
        )
        for label, tests, always in steps
        if always or any(tests.values())
    ]
    return Table(
        name="fieldwork",
        caption=words.text("What became of the tests that the study asked for"),
        columns=(
            Column(header=words.text("Step")),
            *(Column(header=words.title("criterion", name), numeric=True) for name in criteria),
            Column(header=words.text("Together"), numeric=True),
        ),
        rows=tuple(rows),
        note=words.text("Lines with … say where tests were lost or changed between the lines around them."),
    )


def _marked(view: View) -> list[Block]:
    """Return what befell complete tests, in the whole study; small numbers are not told."""
    words, fieldwork = view.words, view.releases.fieldwork
    marked = fieldwork.get("marked")
    if not marked:
        return []
    least = str(fieldwork["least"])
    said = {
        "bounced": words.text("an application came back as undeliverable"),
        "vacancy_withdrawn": words.text("the vacancy was withdrawn after an application was out"),
        "late_answer": words.text("an answer came too late to count"),
        "second_late": words.text("the second application followed later than the study tolerates"),
    }
    if (view.releases.study or {}).get("analysis", {}).get("incidents") == "flag":
        said[INCIDENT] = words.text("an employer complained or found out, and the test counts all the same")
    items = [
        words.text(
            "{what}: {tests}",
            what=said[name],
            tests=words.text("fewer than {least}", least=least) if tests is None else words.number(tests, 0),
        )
        for name, tests in marked.items()
        if name in said
    ]
    return [Paragraph(text=words.text("Among the complete tests, in the whole study:")), Bullets(items=tuple(items))]


def _timeline(view: View) -> list[Block]:
    """Return when the tests went out: a bar a week, and a table a month."""
    words = view.words
    weeks = view.releases.fieldwork.get("weeks") or ()
    if not weeks:
        return []
    tests = {str(week["week"]): int(week["tests"]) for week in weeks}
    first, last = date.fromisoformat(min(tests)), date.fromisoformat(max(tests))
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    months: dict[str, int] = {}
    bars = []
    for monday in mondays:
        name = words.month(monday.isoformat())
        tick = "" if name in months else name.split()[0]
        months[name] = months.get(name, 0) + tests.get(monday.isoformat(), 0)
        bars.append(
            WeekBar(value=tests.get(monday.isoformat(), 0), tick=tick if len(mondays) < _WEEKS_WITH_TICKS else "")
        )
    simulated = words.text("SIMULATED") + ". " if view.releases.simulated else ""
    caption = words.text("Tests by the week in which their first application went out")
    alternative = simulated + words.text(
        "A bar for each week from {first} to {last}. Most in one week: {most}.",
        first=words.date(first.isoformat()),
        last=words.date(last.isoformat()),
        most=max(tests.values()),
    )
    table = Table(
        name="timeline",
        caption=words.text("Tests by the month in which their first application went out"),
        columns=(Column(header=words.text("Month")), Column(header=words.text("Tests"), numeric=True)),
        rows=tuple((Cell(text=name), number_cell(view, number)) for name, number in months.items()),
        note=words.text("A week counts in the month of its Monday."),
    )
    svg = weeks_svg(bars, simulated + caption, alternative, "timeline")
    return [
        Heading(text=words.text("When the tests went out")),
        Figure(name="timeline", svg=svg, caption=caption, alternative=alternative),
        table,
    ]


def _no_shortfall(view: View) -> str:
    words = view.words
    if not view.releases.study:
        return words.text("How many tests were planned is not known, so shortfalls cannot be shown.")
    return words.text("Every test that the study asked for was planned: there is no shortfall against the quota.")


def _response_table(view: View) -> Table:
    words = view.words
    wanted = _wanted(view)
    rows = []
    for criterion in view.criteria:
        for release in view.headline(criterion, view.main_outcome):
            quota = wanted.get(criterion or "") if release.level is None and len(view.sectors) == 1 else None
            reacted = release.reacted
            rows.append(
                (
                    Cell(text=view.label(release, with_criterion=True)),
                    number_cell(view, quota),
                    number_cell(view, release.pairs)
                    if release.shown
                    else Cell(text=words.text("not shown"), muted=True),
                    number_cell(view, release.employers),
                    number_cell(view, reacted),
                    Cell(text=words.percent(reacted / release.pairs, 1), value=reacted / release.pairs)
                    if reacted is not None and release.pairs
                    else Cell(text="–"),
                )
            )
    headers = (
        (
            words.text("Applications wanted"),
            words.text("Applications used"),
            words.text("Employers"),
            words.text("Applications with a positive reaction"),
            words.text("Share of applications"),
        )
        if view.unpaired
        else (
            words.text("Pairs wanted"),
            words.text("Pairs used"),
            words.text("Employers"),
            words.text("Pairs with a positive reaction"),
            words.text("Share of pairs"),
        )
    )
    return Table(
        name="response",
        caption=words.text("Tests and positive reactions: {outcome}", outcome=words.name("outcome", view.main_outcome)),
        columns=(
            Column(header=words.text("Result")),
            *(Column(header=header, numeric=True) for header in headers),
        ),
        rows=tuple(rows),
        note=words.text("A dash means that the number is not known or does not apply."),
    )


def _wanted(view: View) -> dict[str, int]:
    """Return what the study asks for a criterion, in pairs or, where each vacancy gets one, in applications."""
    study = view.releases.study
    # A quota of tests that are pairs is that many applications of each arm.
    each = 2 if view.unpaired and study.get("tests_are") == "pairs" else 1
    wanted: dict[str, int] = {}
    for committee in study.get("committees", ()):
        for criterion, tests in committee["pairs"].items():
            wanted[criterion] = wanted.get(criterion, 0) + each * tests
    return wanted


def _shortfall_table(view: View, strata: Sequence[Mapping[str, Any]]) -> Table:
    """Return where the plan fell short; criteria of one committee with one cause stand in one row."""
    words = view.words
    complete = {(str(each["joint_committee"]), str(each["criterion"])): int(each["complete"]) for each in strata}
    together: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for shortfall in view.releases.shortfalls:
        together.setdefault((str(shortfall["joint_committee"]), _cause(view, shortfall)), []).append(shortfall)
    rows = []
    for (committee, cause), members in together.items():
        wanted = sum(int(each["wanted"]) for each in members)
        planned = sum(int(each["planned"]) for each in members)
        names = [words.name("criterion", each["criterion"]) for each in members]
        rows.append(
            (
                Cell(text=view.committee_name(committee)),
                Cell(text=words.several(names)),
                number_cell(view, wanted),
                number_cell(view, planned),
                number_cell(view, sum(complete.get((committee, str(each["criterion"])), 0) for each in members))
                if complete
                else Cell(text="–"),
                Cell(text=cause[:1].upper() + cause[1:]),
            )
        )
    return Table(
        name="shortfalls",
        caption=words.text("Where fewer tests could be planned than the study asked for"),
        columns=(
            Column(header=words.text("Joint committee")),
            Column(header=words.text("Criterion")),
            Column(header=words.text("Tests wanted"), numeric=True),
            Column(header=words.text("Tests planned"), numeric=True),
            Column(header=words.text("Tests complete"), numeric=True),
            Column(header=words.text("Cause")),
        ),
        rows=tuple(rows),
        note=words.text("A shortfall makes the intervals wider; it does not by itself tilt a ratio to one side."),
    )


def _cause(view: View, shortfall: Mapping[str, Any]) -> str:
    """Say in the reader's language what binds; a plan that names no binding keeps its own words."""
    if not shortfall.get("binding"):
        return str(shortfall.get("cause") or "–")
    study = view.releases.study or {}
    return shortfall_cause(
        str(shortfall["binding"]),
        shortfall.get("figures") or {},
        pairing=study.get("pairing", view.releases.design),
        stratify_by=study.get("stratify_by", ()),
        words=view.words,
    )
