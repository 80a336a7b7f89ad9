"""The sheet of answers of one persona as files to copy from: HTML, DOCX and JSON. It is never sent itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from corrtest.generator.languages import language_of
from corrtest.generator.personas import Persona
from corrtest.generator.portal_answers import answer_pool
from corrtest.pages import Block, Callout, Chapter, Document, Facts, Paragraph, docx_file, html_page

__all__ = ["ANSWER_SHEET", "answer_files", "answer_text"]

ANSWER_SHEET = "answers"
SCHEMA = "corrtest/answers/1"

Rows = Sequence[Mapping[str, str]]


def answer_text(rows: Rows) -> str:
    """Return the answers as an employer reads them, one a line; the questions are the employer's own."""
    return "\n".join(row["text"] for row in rows)


def answer_files(persona: Persona) -> dict[str, bytes]:
    """Return file name → content of a persona's sheet; nothing where the persona answers no form."""
    rows: Rows = persona.document["x-application"].get(ANSWER_SHEET, ())
    if not rows:
        return {}
    document = _document(persona, rows)
    values = {
        "schema": SCHEMA,
        "pair_id": persona.pair_id,
        "arm": persona.arm,
        "language": persona.language,
        "specimen": persona.document["x-application"]["specimen"],
        "answers": list(rows),
    }
    return {
        f"{ANSWER_SHEET}.html": html_page(document).encode(),
        f"{ANSWER_SHEET}.docx": docx_file(document),
        f"{ANSWER_SHEET}.json": (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode(),
    }


def _document(persona: Persona, rows: Rows) -> Document:
    pool = answer_pool(persona.language)
    blocks: list[Block] = [Paragraph(text=pool.note)]
    if persona.document["x-application"]["specimen"]:
        blocks.insert(0, Callout(kind="notice", text=language_of(persona.language).specimen))
    chapters = [Chapter(name="note", title=persona.name, blocks=tuple(blocks))]
    for group, title in pool.groups.items():
        facts = tuple((row["question"], row["text"]) for row in rows if row["group"] == group)
        chapters.append(Chapter(name=group, title=title, blocks=(Facts(rows=facts),)))
    return Document(
        language=persona.language,
        title=pool.title,
        subtitle=f"{persona.pair_id} · {persona.document['basics']['label']}",
        simulated="",
        contents_title="",
        numbered=False,
        chapters=tuple(chapters),
    )
