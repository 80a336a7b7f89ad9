from __future__ import annotations

import io

import docx
import pikepdf

from corrtest.generator import draw_pair
from corrtest.generator.detectability.files import file_facts, file_oddities
from corrtest.generator.documents import DocumentMaker
from tests.generator.pairs import make_pair


def pdf_with(**properties: str) -> bytes:
    made, document = io.BytesIO(), pikepdf.new()
    for name, value in properties.items():
        document.docinfo[f"/{name}"] = value
    document.save(made)
    return made.getvalue()


def test_what_a_file_says_of_itself_is_read_back() -> None:
    facts = file_facts("cv.pdf", pdf_with(Author="Jan Claes", Producer="Een programma"))
    assert facts is not None
    assert facts.kind == "pdf"
    assert (facts.properties["Author"], facts.properties["Producer"]) == ("Jan Claes", "Een programma")
    assert file_facts("email.txt", b"x") is None
    word, made = docx.Document(), io.BytesIO()
    word.core_properties.author = "Jan Claes"
    word.save(made)
    said = file_facts("cv.docx", made.getvalue())
    assert said is not None
    assert said.properties["creator"] == "Jan Claes"


def test_a_maker_of_many_files_and_a_file_of_the_night_are_odd() -> None:
    def odd(**properties: str) -> list[str]:
        facts = file_facts("cv.pdf", pdf_with(**properties))
        assert facts is not None
        return file_oddities(facts)

    assert odd(Author="Jan Typst", CreationDate="D:20270131201500+01'00'") == []
    assert odd(Creator="Typst 0.15.0") == ["maker_named"]
    assert odd(CreationDate="D:20270131031500+01'00'") == ["made_at_night"]


def test_the_files_of_an_application_say_nothing_odd() -> None:
    pair = make_pair()
    made = DocumentMaker({pair.control_template}, "nl", ("pdf", "docx")).make(pair, draw_pair(1, pair)[0])
    facts = [each for name, content in made.files.items() if (each := file_facts(name, content)) is not None]
    assert len(facts) == 4
    assert [file_oddities(each) for each in facts] == [[]] * 4
    assert all(draw_pair(1, pair)[0].name in each.properties.values() for each in facts)
