"""What a caller says for an application by telephone: the same for both arms but for who calls and the signal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from corrtest.generator.languages import language_of
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.signals import Signal
from corrtest.pages import Block, Callout, Chapter, Document, Facts, Paragraph, html_page, pdf_file

__all__ = ["CALL_SHEET", "call_faults", "call_files", "call_rows"]

CALL_SHEET = "call"
# The line in which the arms may differ.
SIGNAL_LINE = "signal"

Rows = Sequence[Mapping[str, str]]


def _pool(language: str, pools: Pools) -> Mapping[str, Any]:
    return pools.table(f"calls.{language}.toml")


def call_rows(
    document: Mapping[str, Any], wanted: Signal, language: str, pools: Pools = SHIPPED_POOLS
) -> list[dict[str, str]]:
    """Return the lines that one persona's caller says: group, cue, key and text of each.

    A signal told by age or by a sentence is said aloud, each arm its own; one told by the name is said with the name,
    and both arms say the same neutral line in its place.
    """
    pool, basics = _pool(language, pools), document["basics"]
    words = {
        "name": basics["name"],
        "title": basics["label"],
        "town": basics["location"]["city"],
        "phone": basics["phone"],
        "said": _said(document, wanted, pool["says"]),
    }
    return [
        {"group": row["group"], "cue": row["cue"], "key": row.get("key", ""), "text": row["text"].format(**words)}
        for row in pool["line"]
    ]


def _said(document: Mapping[str, Any], wanted: Signal, says: Mapping[str, str]) -> str:
    told = [_sentences(document)]
    if wanted.ages is not None:
        more = document["x-application"]
        born, on = date.fromisoformat(more["birthDate"]), date.fromisoformat(more["date"])
        told.insert(0, says["age"].format(age=on.year - born.year - ((on.month, on.day) < (born.month, born.day))))
    return " ".join(each for each in told if each) or says["neutral"]


def _sentences(document: Mapping[str, Any]) -> str:
    """Return the sentence that tells a signal, or what the control arm says in its place; "" where a name tells it."""
    more = document["x-application"]
    return str(more["letter"]["disclosure"] or more["disclosure"])


def call_faults(documents: Sequence[Mapping[str, Any]], wanted: Signal) -> Iterator[tuple[str, str]]:
    """Yield (fault, detail) of a pair's scripts: lines that differ in more than the signal and who calls.

    It reads the scripts as they were written and takes out of either what is that persona's own; nothing where neither
    has a script.
    """
    scripts: list[Rows] = [each["x-application"].get(CALL_SHEET, ()) for each in documents]
    if not any(scripts):
        return
    bare = [[_bare(row, document) for row in rows] for rows, document in zip(scripts, documents, strict=True)]
    for one, two in zip(*bare, strict=False):
        if one != two and one[0] != SIGNAL_LINE:
            yield "call_unlike", f"{one[1]} / {two[1]}"
    if len(bare[0]) != len(bare[1]):
        yield "call_unlike", f"{len(bare[0])} and {len(bare[1])} lines"
        return
    said = [text for rows in bare for key, text in rows if key == SIGNAL_LINE]
    if len(said) != len(bare):
        yield "call_signal", "a script without the line of the signal"
        return
    of_one_age = wanted.ages is None or wanted.ages[0] == wanted.ages[1]
    if (said[0] == said[1]) != (of_one_age and not any(map(_sentences, documents))):
        yield "call_signal", f"{said[0]} / {said[1]}"


def _bare(row: Mapping[str, str], document: Mapping[str, Any]) -> tuple[str, str]:
    """Return a line with marks in place of the persona's name, town and telephone."""
    basics, text = document["basics"], row["text"]
    for name, own in (("NAME", basics["name"]), ("PHONE", basics["phone"]), ("TOWN", basics["location"]["city"])):
        text = text.replace(str(own), name)
    return row["key"], text


def call_files(
    document: Mapping[str, Any], pair_id: str, language: str, *, pdf: bool, pools: Pools = SHIPPED_POOLS
) -> dict[str, bytes]:
    """Return file name → content of a persona's call sheet; nothing where nobody calls for it."""
    rows: Rows = document["x-application"].get(CALL_SHEET, ())
    if not rows:
        return {}
    page = _page(document, rows, pair_id, language, _pool(language, pools))
    return {f"{CALL_SHEET}.html": html_page(page).encode()} | ({f"{CALL_SHEET}.pdf": pdf_file(page)} if pdf else {})


def _page(document: Mapping[str, Any], rows: Rows, pair_id: str, language: str, pool: Mapping[str, Any]) -> Document:
    blocks: list[Block] = [Paragraph(text=pool["note"])]
    if document["x-application"]["specimen"]:
        blocks.insert(0, Callout(kind="notice", text=language_of(language).specimen))
    chapters = [Chapter(name="note", title=document["basics"]["name"], blocks=tuple(blocks))]
    for group, title in pool["groups"].items():
        facts = tuple((row["cue"], row["text"]) for row in rows if row["group"] == group)
        chapters.append(Chapter(name=group, title=title, blocks=(Facts(rows=facts),)))
    return Document(
        language=language,
        title=pool["title"],
        subtitle=f"{pair_id} · {document['basics']['label']}",
        simulated="",
        contents_title="",
        numbered=False,
        chapters=tuple(chapters),
    )
