"""Chapter 2: how it was measured, in plain words."""

from __future__ import annotations

from corrtest.design import rating_sentences
from corrtest.pages import Block, Bullets, Chapter, Facts, Heading, Paragraph
from corrtest.report.conformity import conformity_blocks
from corrtest.report.view import View


def method(view: View) -> Chapter:
    """Return the method in plain words."""
    words = view.words
    study = view.releases.study
    blocks: list[Block] = [
        Paragraph(text=_tests(view)),
        Bullets(
            items=(
                words.text("The control candidate carries no signal; the treated candidate carries it."),
                *_units(view),
                words.text(
                    "Discrimination ratio: the share of treated candidates with a positive reaction divided by the "
                    "share of control candidates with one. 1 is equal treatment; {example} means {fewer} "
                    "fewer positive reactions.",
                    example=words.number(0.8),
                    fewer=words.percent(0.2),
                ),
                *_net_rate(view),
                words.text(
                    "Interval: the values that fit the data well. It narrows as more is tested; employers who were "
                    "tested more than once are taken into account where they are known."
                ),
            )
        ),
    ]
    rows = _design_rows(view)
    if rows:
        blocks += [Heading(text=words.text("This study")), Facts(rows=tuple(rows))]
    blocks += conformity_blocks(study, words)
    if not study:
        blocks.append(
            Paragraph(
                text=words.text(
                    "These results come without a study file, so this report cannot say how vacancies were "
                    "chosen, how many tests were planned or which caps held."
                )
            )
        )
    return Chapter(name="method", title=words.text("How it was measured"), blocks=tuple(blocks))


def _tests(view: View) -> str:
    if view.unpaired:
        return view.words.text(
            "A correspondence test sends an application to a vacancy and records what the employer answers. Here each "
            "vacancy got one: by lot either the application with a signal (a name, an age, a disability) or its twin "
            "without it, alike in all that matters for the job. Over many vacancies the difference in answers can only "
            "come from the signal or from chance, and the interval says how much chance can do."
        )
    return view.words.text(
        "A correspondence test sends two equivalent applications to the same vacancy. They are alike in all that "
        "matters for the job; one carries a signal (a name, an age, a disability), the other does not. What the "
        "employer answers is recorded for both. Over many vacancies the difference in answers can only come from the "
        "signal or from chance, and the interval says how much chance can do."
    )


def _units(view: View) -> tuple[str, ...]:
    words = view.words
    if view.unpaired:
        return (words.text("An employer never sees two candidates of this study for one vacancy."),)
    return (words.text("A pair is two applications to one vacancy; it is counted once."), *_order(view))


def _net_rate(view: View) -> tuple[str, ...]:
    if view.unpaired:
        return ()
    return (
        view.words.text(
            "Net discrimination rate: (only control candidate − only treated candidate) ÷ pairs in which at least one "
            "of the two got a positive reaction."
        ),
    )


def _order(view: View) -> tuple[str, ...]:
    """Return what holds by design in a study of this package; of other data nobody knows it here."""
    if not view.releases.study:
        return ()
    return (
        view.words.text(
            "The order of sending and the layout of the CV alternate, so that neither can explain a difference."
        ),
    )


def _design_rows(view: View) -> list[tuple[str, str]]:
    words, study = view.words, view.releases.study
    rows: list[tuple[str, str]] = []

    def add(label: str, value: object) -> None:
        if value not in (None, "", [], {}):
            rows.append((label, str(value)))

    add(words.text("Control candidate"), view.releases.inputs.get("reference"))
    add(words.text("Study"), study.get("name"))
    add(words.text("Sector"), view.sector_name() if study else None)
    add(words.text("Measurement"), words.name("wave", study["wave"]) if study.get("wave") else None)
    if study.get("period"):
        start, end = (words.date(day) for day in study["period"])
        add(words.text("Period"), words.text("{start} to {end}", start=start, end=end))
    for criterion in study.get("criteria", ()):
        levels = [
            f"{words.name('level', level['name'])} ({words.percent(level['share'])})" for level in criterion["levels"]
        ]
        add(
            words.text("Signals, {criterion}", criterion=words.name("criterion", criterion["name"])),
            "; ".join(levels),
        )
    add(words.text("Rating of the signals"), " ".join(rating_sentences(study.get("signals") or {}, words)))
    for outcome, reactions in (study.get("outcomes") or {}).items():
        add(
            words.text("Counts as: {outcome}", outcome=words.name("outcome", outcome)),
            ", ".join(words.name("reaction", reaction) for reaction in reactions),
        )
    if study.get("tests_are"):
        one = (
            words.text("one pair (two applications)")
            if study["tests_are"] == "pairs"
            else words.text("one application")
        )
        add(words.text("One “test” is"), one)
    lag = study.get("lag_days")
    if lag is not None and not view.unpaired:
        days = words.text("{lower} to {upper}", lower=lag[0], upper=lag[1]) if isinstance(lag, list) else lag
        add(words.text("Days between the two applications"), days)
    if study.get("reaction_window_days") is not None:
        add(words.text("Days that a reaction was awaited"), study["reaction_window_days"])
    if study.get("caps"):
        caps = study["caps"]
        add(
            words.text("Most pairs to one employer"),
            words.text(
                "{total} in all, {pairs} in any {weeks} weeks",
                total=caps["total"],
                pairs=caps["window"]["pairs"],
                weeks=caps["window"]["weeks"],
            ),
        )
    add(words.text("Ethics reference"), study.get("ethics_reference"))
    add(words.text("Authorised by"), study.get("authorised_by"))
    informed = study.get("employers_informed_on")
    add(words.text("Employers informed on"), words.date(informed) if informed else None)
    return rows
