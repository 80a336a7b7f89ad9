"""The Markdown of the preregistration as Typst: headings, paragraphs, lists, tables, bold and code; nothing else."""

from __future__ import annotations

import re

__all__ = ["markdown_to_typst"]

_SPECIAL = re.compile(r"([\\#$*_`<>@\[\]~=+\-/\"'])")
_INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`")


def markdown_to_typst(markdown: str) -> str:
    """Translate; text is escaped, so that nothing in a study's name can act as markup."""
    parts: list[str] = []
    lines = markdown.splitlines()
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.startswith("|"):
            end = position
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            parts.append(_table(lines[position:end]))
            position = end
            continue
        if heading := re.match(r"(#+) (.*)", line):
            parts.append(f"#heading(level: {len(heading[1])})[{_inline(heading[2])}]")
        elif line.startswith("- "):
            parts.append(f"#list.item[{_inline(line[2:])}]")
        else:
            parts.append(_inline(line))
        position += 1
    return "\n".join(parts)


def _inline(text: str) -> str:
    """Translate bold and code, and escape the rest."""
    parts, last = [], 0
    for found in _INLINE.finditer(text):
        parts.append(_escape(text[last : found.start()]))
        if found["bold"] is not None:
            parts.append(f"#strong[{_escape(found['bold'])}]")
        else:
            parts.append(f"#raw({_quoted(found['code'])})")
        last = found.end()
    return "".join([*parts, _escape(text[last:])])


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(rows: list[str]) -> str:
    """Translate a pipe table; its second row is the rule, and an empty heading row is left out."""
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    head, body = cells[0], cells[2:]
    width = len(head)
    columns = ", ".join(["auto"] * (width - 1) + ["1fr" if width == 2 else "auto"])
    shown = [*([head] if any(head) else []), *body]
    parts = ["".join(f"[{_inline(cell)}], " for cell in row) for row in shown]
    if any(head):
        parts[0] = f"table.header({parts[0].replace('[', '[#strong[').replace('], ', ']], ')}),"
    return f"#table(columns: ({columns}), align: left, {' '.join(parts)})\n"
