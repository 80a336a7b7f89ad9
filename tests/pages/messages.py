"""Every message of the documents, read from the code that writes them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from babel.messages.extract import extract_from_file
from jinja2 import Environment, nodes

from corrtest.disclosure import REASONS

# Kind of document → where the code that writes it stands.
WRITTEN_BY: Mapping[str, tuple[str, ...]] = {
    "report": ("pages", "report", "analysis/sentences.py", "analysis/designs", "design/shortfall.py"),
    "letter": ("pages", "report/employers.py", "report/ethics.py"),
    "preregistration": ("pages", "design", "power"),
    "audit": ("pages", "generator/audit_page.py"),
    "progress": ("pages", "register/oversight/progress_page.py"),
    "sentence": ("pages", "analysis"),
}
# What is in a folder of one kind and belongs to another.
LEFT_OUT = {"report": {"employers.py", "ethics.py"}}
# What writes documents, and what says messages: those may stay in English where a language does not speak to its user.
WRITTEN = {"text": None, "text_n": (1,), "mark": None}
SAID = {"say": None, "say_n": (1, 2), "keep": None}
METHODS = {".py": "python", ".jinja": "jinja2.ext:babel_extract"}


def messages_of(document: str, package: Path) -> set[str]:
    """Return the messages that a kind of document may hold; for the report also the gate's reasons."""
    files = {file for place in WRITTEN_BY[document] for file in (package / place, *(package / place).rglob("*"))}
    found = {
        message
        for file in files
        if file.name not in LEFT_OUT.get(document, ())
        for message in _extracted(file, WRITTEN)
    }
    return found | set(REASONS.values()) if document == "report" else found


def messages_in(file: Path) -> set[str]:
    """Return the messages that a file of code writes or says."""
    return _extracted(file, {**WRITTEN, **SAID})


def _extracted(file: Path, keywords: Mapping[str, object]) -> set[str]:
    if file.suffix not in METHODS:
        return set()
    found: set[str] = set()
    for _, message, _, _ in extract_from_file(METHODS[file.suffix], str(file), keywords=keywords):
        found.update((message,) if isinstance(message, str) else message)
    return found


def said_in(file: Path) -> set[str]:
    """Return the messages that a module says, keeps or marks, those inside f-strings among them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {*SAID, "mark"}:
            texts = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
            found.update(text for text in texts if isinstance(text, str))
    return found


def said_in_template(file: Path) -> set[str]:
    """Return the messages that a template says."""
    calls = Environment(autoescape=True).parse(file.read_text(encoding="utf-8")).find_all(nodes.Call)
    said = [call.args[0] for call in calls if isinstance(call.node, nodes.Name) and call.node.name == "say"]
    return {text.value for text in said if isinstance(text, nodes.Const)}
