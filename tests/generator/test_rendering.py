from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from corrtest.errors import GeneratorError
from corrtest.generator import Pair, render_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.personas import draw_pair
from tests.generator.pairs import make_pair, make_pairs


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_with_one_worker_and_with_two(tmp_path: Path) -> None:
    pairs = make_pairs(26)
    seen: list[tuple[int, int]] = []
    first = render_pairs(pairs, tmp_path / "one", seed=11, workers=1, progress=lambda done, of: seen.append((done, of)))
    render_pairs(pairs, tmp_path / "two", seed=11, workers=2)
    one, two = hashes(tmp_path / "one"), hashes(tmp_path / "two")
    assert one == two
    assert len(one) == first.files + 2
    assert seen[-1] == (26, 26)
    assert first.failures == 0
    assert not list((tmp_path / "one").rglob("*.part"))


def test_manifest_and_audit_say_what_was_made(tmp_path: Path) -> None:
    result = render_pairs(make_pairs(4), tmp_path, seed=1, formats=("html",), workers=1)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["schema"] == "corrtest/documents/1"
    assert manifest["specimen"] is True is result.specimen
    on_disk = hashes(tmp_path)
    assert manifest["files"] == {name: digest for name, digest in on_disk.items() if "/" in name}
    audit = pd.read_csv(tmp_path / "audit.csv")
    assert audit["passed"].all()
    assert list(audit["pair_id"]) == ["P00000", "P00001", "P00002", "P00003"]
    assert audit["cv_length_difference"].abs().max() <= 0.05


@pytest.mark.parametrize("number", range(4))
def test_pdfs_read_back(number: int) -> None:
    pair: Pair = make_pair(number)
    maker = DocumentMaker(["classic_rules", "side_column"], "nl", ("pdf",))
    for person in draw_pair(1, pair):
        made = maker.make(pair, person)
        for name, content in made.files.items():
            if not name.endswith(".pdf"):
                continue
            reader = PdfReader(io.BytesIO(content))
            assert len(reader.pages) == 1
            assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
            assert reader.metadata is not None
            assert reader.metadata.author == person.name
            assert b"corrtest" not in content.lower()
            text = " ".join(reader.pages[0].extract_text().split())
            assert person.family in text
            assert "PROEFEXEMPLAAR" in text
            fonts = reader.pages[0]["/Resources"]["/Font"]
            for font in fonts.values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                assert any(key.startswith("/FontFile") for key in inner)


def test_letters_beyond_latin_1_survive_in_a_pdf() -> None:
    pair = make_pair(0, criterion="origin", level="eastern_european_name")
    person = draw_pair(1, pair)[1]
    odd = "Łukasz Şahin-Ğdańćzę"
    document = {**person.document, "basics": {**person.document["basics"], "name": odd}}
    person = dataclasses.replace(person, document=document, given="Łukasz", family="Şahin-Ğdańćzę")
    for sets in (("classic_rules", "side_column"), ("side_column", "classic_rules")):
        maker = DocumentMaker(sets, "nl", ("pdf",))
        made = maker.make(make_pair(0, sets=sets), person)
        content = next(body for name, body in made.files.items() if name.endswith(".pdf"))
        text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
        assert "Łukasz" in text
        assert "Şahin-Ğdańćzę" in text


def test_a_full_disk_is_one_message(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(GeneratorError, match="cannot be written"):
        render_pairs(make_pairs(1), blocked / "out", seed=1, formats=("html",), workers=1)
