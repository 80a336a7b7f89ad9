"""The contact sheet: some pairs side by side as one HTML page, signals highlighted, to look at before a study."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from corrtest.design import Plan
from corrtest.generator.contacts import ContactPool
from corrtest.generator.documents import EMAIL_FILE
from corrtest.generator.earlier import read_earlier
from corrtest.generator.factors import document_seed, plan_pairs
from corrtest.generator.journal import written_safely
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import DOCUMENTS, Persona
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.resume import SIGNAL_KEY
from corrtest.generator.workshop import Employer, Job, Workshop
from corrtest.language import current, say
from corrtest.spec import ARMS, SHIPPED, Documents, Names

__all__ = ["preview_plan", "write_contact_sheet"]

_STYLE = """body{font:15px/1.4 system-ui,sans-serif;margin:1.5rem;background:#f4f4f2;color:#222}
h1{font-size:1.3rem}h2{font-size:1rem;margin:2rem 0 .5rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
iframe{width:100%;height:60rem;border:1px solid #bbb;background:#fff}
mark{background:#ffe27a}pre{white-space:pre-wrap;background:#fff;border:1px solid #bbb;padding:.7rem;margin:.5rem 0}"""


def _signals(pair: Pair, persona: Persona, names: Names) -> list[str]:
    """Return the texts that carry the signal in a persona's documents."""
    level = names.criteria[pair.criterion].levels[pair.level]
    if level.names or level.gender:
        return [persona.given, persona.family]
    if level.age:
        extra = [entry for entry in persona.document["work"] if entry.get(SIGNAL_KEY)]
        return [str(persona.born.year), *(entry["name"] or entry["position"] for entry in extra)]
    return list(persona.signal_texts)


def _marked(markup: str, signals: Iterable[str]) -> str:
    """Highlight texts in the body of a page; the head stays as it is."""
    head, start, body = markup.partition("<body>")
    for text in signals:
        escaped = html.escape(text, quote=False)
        body = body.replace(escaped, f'<mark style="background:#ffe27a">{escaped}</mark>')
    return head + start + body


def write_contact_sheet(
    pairs: Iterable[Pair],
    path: str | Path,
    count: int,
    *,
    seed: int,
    language: str = "nl",
    contacts: ContactPool | None = None,
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
    pools: Pools = SHIPPED_POOLS,
    earlier: Sequence[str | Path] = (),
) -> Path:
    """Write `count` pairs, spread evenly over the study, side by side on one self-contained HTML page."""
    chosen = list(pairs)
    step = max(1, len(chosen) // max(1, count))
    shown = chosen[::step][:count]
    job = Job(
        seed=seed,
        language=language,
        formats=("html",),
        sets=tuple(sorted({pair.template(arm) for pair in chosen for arm in ARMS})),
        contacts=contacts,
        documents=documents,
        names=names,
        pools=pools,
        folder=Path(path).parent,
    )
    workshop, marks = Workshop(job), read_earlier(earlier)
    parts = []
    for pair in shown:
        # With the employer's earlier pairs before it, so that what is shown is what will be sent.
        before = [each for each in chosen if each.employer_id == pair.employer_id]
        group = tuple(before[: before.index(pair) + 1])
        employer = Employer(pairs=group, finished={}, marks=marks.get(pair.employer_id, frozenset()))
        *_, last = workshop.shown(employer)
        people, applications = last.people, last.applications
        columns = []
        for persona, made in zip(people, applications, strict=True):
            signals = _signals(pair, persona, names)
            pages = [
                _marked(content.decode(), signals) for name, content in made.files.items() if name.endswith(".html")
            ]
            frames = "".join(f'<iframe srcdoc="{html.escape(page)}" title="{persona.arm}"></iframe>' for page in pages)
            mail = html.escape(made.files[EMAIL_FILE].decode())
            sent = "" if persona.arm in pair.written else say(" (twin for the audit, not sent)")
            columns.append(f"<div><strong>{persona.arm}{sent}</strong>{frames}<pre>{mail}</pre></div>")
        title = html.escape(f"{pair.pair_id}: {pair.criterion}, {pair.level}, {pair.occupation}")
        parts.append(f'<h2>{title}</h2><div class="pair">{"".join(columns)}</div>')
    heading = say("{shown} of {pairs} pairs; signals are highlighted", shown=len(shown), pairs=len(chosen))
    head = f'<meta charset="utf-8"><title>{html.escape(say("Contact sheet"))}</title><style>{_STYLE}</style>'
    body = f"<h1>{html.escape(heading)}</h1>" + "".join(parts)
    page = f'<!doctype html><html lang="{current()}"><head>{head}</head><body>{body}</body></html>\n'
    target = Path(path)
    written_safely(target, page.encode())
    return target


def preview_plan(
    plan: Plan,
    path: str | Path,
    count: int,
    *,
    key: bytes,
    contacts: ContactPool | None = None,
    pools: Pools = SHIPPED_POOLS,
    earlier: Sequence[str | Path] = (),
) -> Path:
    """Write the contact sheet of a frozen plan: documents as `render_plan` makes them with the same key."""
    study, seed = plan.study, document_seed(plan.study.seed, key)
    pairs = plan_pairs(plan.pairs, seed)
    return write_contact_sheet(
        pairs,
        path,
        count,
        seed=seed,
        language=study.language,
        contacts=contacts,
        documents=study.documents,
        names=study.names,
        pools=pools,
        earlier=earlier,
    )
