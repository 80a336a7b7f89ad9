"""One word for one thing: what a text may not call a thing that has another name, in any language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# The word of the house → its twins.
TWINS = {
    "treated candidate": r"\btest candidates?\b",
    "control candidate": r"\bcomparison candidates?\b",
    "testkandidaat": r"\bkandida(at|ten) met (het|een) kenmerk\b",
    "controlekandidaat": r"\bvergelijkingskandida|\breferentiekandida",
    "candidat test": r"\bcandidats? traités?\b|\bcandidats? testés?\b",
    "candidat témoin": r"\bcandidats? de (contrôle|référence|comparaison)\b",
    "Testkandidat": r"\bBehandlungskandidat|\bTestbewerber",
    "Kontrollkandidat": r"\bVergleichskandidat|\bKontrollbewerber",
}
TEXTS = {".py", ".po", ".toml", ".json", ".md", ".jinja", ".j2", ".typ", ".txt"}


def texts(repository: Path) -> list[Path]:
    folders = [repository / "corrtest", repository / "docs", repository / "designs", repository / "cv_templates"]
    return [path for folder in folders for path in folder.rglob("*") if path.suffix in TEXTS]


@pytest.mark.parametrize("word", TWINS)
def test_no_text_calls_it_otherwise(repository, word):
    files = texts(repository)
    assert len(files) > 300
    # A text in the code may be broken over lines, between quotes.
    twin = re.compile(TWINS[word].replace(" ", r"[\s\"']+"), re.IGNORECASE)
    found = [path.name for path in files if twin.search(path.read_text(encoding="utf-8"))]
    assert not found, f"say '{word}'"
