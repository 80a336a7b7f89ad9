"""The audit of a study's documents as one page: the checks, what readers can link, and the worst pairs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corrtest.generator.detectability.readers import FEW, HALF, LINKS
from corrtest.generator.detectability.shared_runs import marked, runs_of
from corrtest.generator.study_audit import LINKED, Check, Closest, StudyAudit
from corrtest.language import SOURCE
from corrtest.pages import (
    Block,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Heading,
    Paragraph,
    SideBySide,
    Span,
    Table,
    catalogue,
    languages,
)

__all__ = ["audit_page"]

# Kind of document, as the catalogues name it.
DOCUMENT = "audit"


def audit_page(audit: StudyAudit, name: str, language: str) -> Document:
    """Return the page on the audit of the study called `name`, in its language where there are words for it."""
    words = catalogue(language if language in languages(DOCUMENT) else SOURCE, DOCUMENT)
    return Document(
        language=words.language,
        title=words.text("Audit of the documents: {name}", name=name),
        subtitle=words.text(
            "{pairs} pairs. Internal: the page quotes the documents, with signals and identity taken out.",
            pairs=words.number(audit.pairs, 0),
        ),
        simulated="",
        contents_title=words.text("Contents"),
        chapters=(
            _checks(audit, words),
            _readers(audit, words),
            _arms(audit, words),
            _worst(audit.closest, words),
        ),
    )


def _table(name: str, caption: str, headers: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> Table:
    """Return a table whose first column is text and whose others are numbers."""
    return Table(
        name=name,
        caption=caption,
        columns=tuple(Column(header=header, numeric=at > 0) for at, header in enumerate(headers)),
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        note=note,
    )


def _checks(audit: StudyAudit, words: Catalogue) -> Chapter:
    checks = audit.checks()
    failed = sum(not check.passed for check in checks)
    said = (
        words.text("All checks passed.")
        if not failed
        else words.text(
            "{failed} of {all} checks failed.", failed=words.number(failed, 0), all=words.number(len(checks), 0)
        )
    )
    blocks: list[Block] = [
        Paragraph(text=said, role="finding"),
        _table(
            "checks",
            words.text("What was looked at"),
            [words.text("Check"), words.text("Found"), words.text("At most"), words.text("Passed")],
            [
                (
                    words.text(check.name),
                    *(_written(words, check, each) for each in (check.value, check.limit)),
                    words.text("yes") if check.passed else words.text("no"),
                )
                for check in checks
            ],
        ),
    ]
    if audit.oddities:
        blocks.append(
            _table(
                "oddities",
                words.text("What is odd about dates, numbers, contact data and files"),
                [words.text("What"), words.text("How often")],
                [(words.name("oddity", name), words.number(count, 0)) for name, count in audit.oddities.items()],
            )
        )
    if audit.misspelled:
        found = words.several(list(audit.misspelled)[:30])
        blocks.append(Paragraph(text=words.text("Misspelled words: {words}.", words=found)))
    return Chapter(name="checks", title=words.text("The checks"), blocks=tuple(blocks))


def _written(words: Catalogue, check: Check, value: float) -> str:
    """Return a value of a check: a chance as a percentage."""
    return words.percent(value, 1) if check.name in LINKED else words.short(value)


def _readers(audit: StudyAudit, words: Catalogue) -> Chapter:
    explained = words.text(
        "Two documents are linked when they share {runs} runs of five words (a sentence of twelve words has eight), or "
        "contact data that only one sender has. Readers are drawn at random: an occupation, "
        "then employers that get documents for it. A workplace or school that two documents name is shown beside it: "
        "many name the same one. Only a firm that was coined for the study links.",
        runs=words.number(audit.limits.shared_runs, 0),
    )
    rows = [
        (
            words.name("reader", each.reader),
            words.number(each.employers, 0),
            words.number(each.documents, 0),
            *(words.percent(each.chance[kind], 1) for kind in ("any", *LINKS)),
            *(
                words.text("more than {documents}", documents=words.number(each.most, 0))
                if after is None
                else words.number(after, 0)
                for after in each.after.values()
            ),
        )
        for each in audit.readers
    ]
    headers = [
        words.text("Reader"),
        words.text("Employers"),
        words.text("Documents"),
        words.text("Links two of them"),
        *(words.text("By {what}", what=words.name("link", kind)) for kind in LINKS),
        *(words.text("Documents until {share} link two", share=words.percent(share)) for share in (FEW, HALF)),
    ]
    table = _table("readers", words.text("Who can link two documents, and after how many"), headers, rows)
    return Chapter(
        name="readers", title=words.text("Reading many documents"), blocks=(Paragraph(text=explained), table)
    )


def _arms(audit: StudyAudit, words: Catalogue) -> Chapter:
    told = _table(
        "arms",
        words.text("How well a classifier tells the arms apart by anything but the signal (AUC; 0.5 = not at all)"),
        [words.text("It looks at"), words.text("AUC"), words.text("Interval"), words.text("If the arms are alike")],
        [
            (
                words.text(each.features),
                words.number(each.auc, 3),
                words.interval(*each.interval, 3),
                words.interval(*each.alike, 3),
            )
            for each in audit.told
        ],
    )
    lengths = _table(
        "lengths",
        words.text("Difference in length between the arms, in standard deviations (treated minus control)"),
        [words.text("Measure"), words.text("Difference")],
        [(words.name("length", name), words.number(gap, 3)) for name, gap in audit.differences.items()],
        words.text("With the signal; names and contact data count as one mark each."),
    )
    likeness = words.text(
        "The two of a pair have more words in common than two of different pairs with a chance of {chance}; one half "
        "would be as alike as strangers.",
        chance=words.number(audit.likeness, 2),
    )
    return Chapter(name="arms", title=words.text("The two arms"), blocks=(told, lengths, Paragraph(text=likeness)))


def _worst(closest: Sequence[Closest], words: Catalogue) -> Chapter:
    blocks: list[Block] = [
        Paragraph(text=words.text("What two documents share is marked: runs of five words or more."))
    ]
    for each in closest:
        shared = runs_of(each.one.text) & runs_of(each.other.text)
        blocks += [
            Heading(
                text=words.text(
                    "{runs} runs of five words in common, {share} of all",
                    runs=words.number(each.runs, 0),
                    share=words.percent(each.resemblance, 1),
                )
            ),
            SideBySide(
                titles=(each.one.name, each.other.name),
                left=_spans(each.one.text, shared),
                right=_spans(each.other.text, shared),
            ),
        ]
    return Chapter(name="worst", title=words.text("The documents that share most"), blocks=tuple(blocks))


def _spans(text: str, shared: set[str]) -> tuple[Span, ...]:
    return tuple(Span(text=piece, marked=is_shared) for piece, is_shared in marked(text, shared))
