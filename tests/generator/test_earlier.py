"""What an employer was shown in an earlier study, it is not shown again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corrtest.errors import InputError
from corrtest.generator import render_pairs
from corrtest.generator.earlier import read_earlier
from tests.generator.pairs import make_pair


def lines(folder: Path) -> list[str]:
    """Sentences of the letters, without greeting and signature."""
    found = []
    for path in sorted(folder.rglob("*.txt")):
        found += [line for line in path.read_text().split("\n") if len(line.split()) > 8 and line[-1] in ".!?"]
    return found


def test_two_studies_share_no_sentence_name_or_contact_at_one_employer(tmp_path: Path) -> None:
    first = [make_pair(number, employer_id="E", occupation="nurse") for number in range(2)]
    second = [make_pair(number, employer_id="E", occupation="nurse", pair_id=f"Q{number}") for number in range(2)]
    render_pairs(first, tmp_path / "one", seed=1, formats=("txt", "json"), workers=1)
    options = {"seed": 1, "formats": ("txt", "json"), "workers": 1}
    again = render_pairs(second, tmp_path / "two", earlier=[tmp_path / "one"], **options)
    assert again.failures == 0
    assert not set(lines(tmp_path / "one")) & set(lines(tmp_path / "two"))
    seen: list[set[str]] = []
    for name in ("one", "two"):
        people = [json.loads(path.read_text())["basics"] for path in (tmp_path / name).rglob("persona.json")]
        seen.append({value for each in people for value in (each["phone"], each["email"], each["location"]["address"])})
    assert not seen[0] & seen[1]
    # A third study sees both; a resumed one makes the same bytes.
    marks = read_earlier([tmp_path / "one", tmp_path / "two" / "shown.jsonl"])
    assert set(marks) == {"E"}
    assert marks["E"] > read_earlier([tmp_path / "one"])["E"]
    before = (tmp_path / "two" / "manifest.json").read_bytes()
    assert render_pairs(second, tmp_path / "two", earlier=[tmp_path / "one"], **options).kept == 2
    assert (tmp_path / "two" / "manifest.json").read_bytes() == before


def test_earlier_documents_that_cannot_be_read_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no earlier documents"):
        read_earlier([tmp_path])
    (tmp_path / "shown.jsonl").write_text('{"employer_id": "E", "marks": ""}\nnot json\n')
    with pytest.raises(InputError, match=r"shown.jsonl, line 2: .*as 'corrtest render' writes"):
        read_earlier([tmp_path])
