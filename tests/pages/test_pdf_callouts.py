"""A framed remark stands in the PDF as it does on the HTML page."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from corrtest.pages import Callout, Chapter, Document, pdf_file


@pytest.mark.parametrize("kind", ["simulated", "notice", "hidden"])
def test_a_callout_is_in_the_pdf(kind: str) -> None:
    page = Document(
        language="nl",
        title="Blad",
        subtitle="",
        simulated="",
        contents_title="",
        numbered=False,
        chapters=(Chapter(name="one", title="Een", blocks=(Callout(kind=kind, text="PROEFEXEMPLAAR"),)),),  # type: ignore[arg-type]
    )
    made = PdfReader(io.BytesIO(pdf_file(page)))
    assert "PROEFEXEMPLAAR" in made.pages[0].extract_text()
