"""What a sector sends to its employers before the start: a letter, a one-page leaflet, questions and answers.

Made from the study file, so that what employers are told is what is done. It names the grounds, the period and the
load, never the occupations, signals or templates: who knows those would recognise an application.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Chapter,
    Document,
    Facts,
    Heading,
    Paragraph,
    catalogue,
    write_documents,
)
from corrtest.spec import Study

PARTS = ("letter", "leaflet", "questions")


def write_employer_pack(
    study: Study,
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html", "pdf", "docx"),
    *,
    simulated: bool = False,
) -> list[Path]:
    """Write the letter, the leaflet and the questions and answers in each language and format; return the files."""
    written = []
    for part in PARTS:
        documents = [employer_document(study, part, language, simulated=simulated) for language in languages]
        written += write_documents(documents, f"employers_{part}", out, formats)
    return written


def employer_document(study: Study, part: str, language: str, *, simulated: bool = False) -> Document:
    """Return one part ("letter", "leaflet" or "questions") in one language."""
    words, made_up = catalogue(language, "letter").with_labels(study.names.own_labels()), simulated or study.simulated
    make = {"letter": _letter, "leaflet": _leaflet, "questions": _questions}[part]
    label = words.text("SIMULATED: this study does not exist. No application will be sent.") if made_up else ""
    title = words.text(
        "A measurement of equal chances in our sector: {sector}", sector=words.name("sector", study.sector)
    )
    return Document(
        language=language,
        title=words.text("SIMULATED: {title}", title=title) if made_up else title,
        subtitle={
            "letter": words.text("Letter to the employers of the sector"),
            "leaflet": words.text("In short, for employers"),
            "questions": words.text("Questions and answers for employers"),
        }[part],
        simulated=label,
        contents_title=words.text("Contents"),
        chapters=(make(study, words),),
        numbered=False,
    )


def _facts(study: Study, words: Catalogue) -> dict[str, str]:
    criteria = [criterion.name for criterion in study.criteria]
    tested = [name for name in criteria if any(name in committee.pairs for committee in study.committees)]
    return {
        "sector": words.name("sector", study.sector),
        "start": words.date(study.period.start.isoformat()),
        "end": words.date(study.period.end.isoformat()),
        "criteria": words.several([words.name("criterion", name) for name in tested or criteria]),
        "any_criterion": words.one_of([words.name("criterion", name) for name in tested or criteria]),
        "committees": words.several([committee.number for committee in study.committees]),
        "pairs": words.number(study.pairs_wanted, 0),
        "total": words.number(study.caps.total, 0),
        "window": words.number(study.caps.window.pairs, 0),
        "weeks": words.number(study.caps.window.weeks, 0),
        "hours": words.number(study.fieldwork.withdraw_within_hours, 0),
    }


def _letter(study: Study, words: Catalogue) -> Chapter:
    facts = _facts(study, words)
    blocks: list[Block] = [
        Paragraph(text=words.text("[Place, date]")),
        Paragraph(text=words.text("Dear employer,")),
        Paragraph(
            text=words.text(
                "Between {start} and {end} our sector ({sector}, joint committee {committees}) measures whether "
                "everyone gets the same chance at the first step of an application. The measurement looks at "
                "{criteria}.",
                **facts,
            )
        ),
        Paragraph(
            text=words.text(
                "Researchers send pairs of equivalent fictitious applications to real vacancies, {pairs} pairs "
                "in all. An employer gets at most {total} pairs, and at most {window} in any {weeks} weeks. "
                "After a positive reaction the application is withdrawn politely within {hours} hours.",
                **facts,
            )
        ),
        Paragraph(
            text=words.text(
                "The result is a figure for the sector. There will be no list of firms, not for the sector, not "
                "for the government and not for anyone else; the figures are protected so that no firm's answer "
                "can be worked out."
            )
        ),
        Paragraph(
            text=words.text(
                "You need not do anything. Please treat all applications as you always do. Questions are welcome "
                "at the address below."
            )
        ),
        Paragraph(text=words.text("With kind regards,")),
        Paragraph(text=words.text("[Name, function, organisation, telephone and e-mail address for questions]")),
        *_approval(study, words),
    ]
    return Chapter(name="letter", title=words.text("What is going to happen"), blocks=tuple(blocks))


def _approval(study: Study, words: Catalogue) -> list[Block]:
    rows = [
        (
            words.text("Ethics reference"),
            study.approval.ethics_reference or words.text("[to be filled in before the start]"),
        ),
        (words.text("Authorised by"), study.approval.authorised_by or words.text("[to be filled in before the start]")),
    ]
    return [Facts(rows=tuple(rows))]


def _leaflet(study: Study, words: Catalogue) -> Chapter:
    facts = _facts(study, words)
    return Chapter(
        name="leaflet",
        title=words.text("In short"),
        blocks=(
            Facts(
                rows=(
                    (
                        words.text("What"),
                        words.text("Pairs of equivalent fictitious applications, which differ in one thing only."),
                    ),
                    (
                        words.text("Why"),
                        words.text(
                            "To know whether {any_criterion} changes the chance of a positive reaction.", **facts
                        ),
                    ),
                    (words.text("When"), words.text("{start} to {end}", start=facts["start"], end=facts["end"])),
                    (words.text("How many"), words.text("{pairs} pairs in the whole sector.", **facts)),
                    (
                        words.text("At most, per employer"),
                        words.text(
                            "{total} in all, {pairs} in any {weeks} weeks",
                            total=facts["total"],
                            pairs=facts["window"],
                            weeks=facts["weeks"],
                        ),
                    ),
                    (words.text("What is published"), words.text("Figures for the sector. Never a firm.")),
                    (words.text("What you do"), words.text("What you always do.")),
                )
            ),
            Heading(text=words.text("What it is not")),
            Bullets(
                items=(
                    words.text("Not an inspection: the results are not used to sanction employers."),
                    words.text("Not a list: nobody outside the research team can see who was approached."),
                    words.text(
                        "Not an end: the sector uses the figures to help employers recruit fairly, and measures again."
                    ),
                )
            ),
            Paragraph(text=words.text("[Name, function, organisation, telephone and e-mail address for questions]")),
        ),
    )


def _rights(words: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return what employers and who is named in their letters may ask, and of whom."""
    return (
        (
            words.text("Can I opt out?"),
            words.text(
                "Yes. Write to the address in the letter: your organisation is then no longer approached, and that is "
                "kept, so that it holds for later measurements as well."
            ),
        ),
        (
            words.text("Where can I complain?"),
            words.text(
                "With the researchers, with the ethics committee named in the letter, or with the data-protection "
                "authority. Each complaint is noted and answered."
            ),
        ),
        (
            words.text("Which rights do my staff and I have?"),
            words.text(
                "Whoever is named in a vacancy or a reply may ask what is kept of them, have it corrected or erased, "
                "and object. While the measurement runs, an answer may wait where it would give tests away."
            ),
        ),
        (
            words.text("May I discuss this with the works council?"),
            words.text(
                "Yes. This letter may be put before the works council or the trade-union delegation; it says nothing "
                "about your organisation."
            ),
        ),
    )


def _questions(study: Study, words: Catalogue) -> Chapter:
    facts = _facts(study, words)
    pairs = (
        (
            words.text("How do you choose vacancies?"),
            words.text("By lot among published vacancies of the sector, never because of a suspicion against a firm."),
        ),
        (
            words.text("How much work does this cost me?"),
            words.text(
                "Reading at most {total} pairs of applications in all, and at most {window} in any {weeks} "
                "weeks. The cap holds over all studies that share a register.",
                **facts,
            ),
        ),
        (
            words.text("What if I invite a candidate who does not exist?"),
            words.text(
                "The candidate thanks you and withdraws within {hours} hours, so that you can go on with others.",
                **facts,
            ),
        ),
        (
            words.text("Will I hear how my firm did?"),
            words.text("No. One or two vacancies say nothing about a firm, and nobody is to know them."),
        ),
        (
            words.text("Can the inspection or a court use the results?"),
            words.text(
                "They are not made for that and are not used to sanction anyone: the published figures contain no "
                "firm, and no firm's answer can be worked out from them."
            ),
        ),
        (
            words.text("What happens with my data?"),
            words.text(
                "Replies are kept under lock only as long as coding needs them; the analysis gets neither names "
                "nor texts, and an employer only as a code."
            ),
        ),
        (
            words.text("Is this allowed?"),
            words.text(
                "An ethics committee reviews the study before it starts; its reference stands in the letter. "
                "Nothing is sent before that."
            ),
        ),
        *_rights(words),
        (
            words.text("What can I do meanwhile?"),
            words.text(
                "Recruit as you always do. If you want to do better anyway: fix the criteria before you read "
                "applications, and have two people read them."
            ),
        ),
    )
    blocks: list[Block] = []
    for question, answer in pairs:
        blocks += [Heading(text=question), Paragraph(text=answer)]
    return Chapter(name="questions", title=words.text("Questions and answers"), blocks=tuple(blocks))
