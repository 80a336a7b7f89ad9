"""What a PDF says of the program that made it: as the layout has it, so that a file tells nothing of how it was made.

Typst puts the information dictionary, the XMP packet and the catalog last and uncompressed. They are rewritten in place
and the cross-reference table is brought up to date; the pages are not touched. Layout: ISO 32000-1, section 7.5.
"""

from __future__ import annotations

import re

from corrtest.errors import GeneratorError

__all__ = ["with_program"]

_INFO = re.compile(rb"(\d+) 0 obj\n<<[^\n]*?(/Creator\(Typst [^)]*\))[^\n]*>>\nendobj\n")
_XMP_TOOL = re.compile(rb"<xmp:CreatorTool>[^<]*</xmp:CreatorTool>")
_LENGTH = re.compile(rb"<</Length (\d+)/Type/Metadata/Subtype/XML>>\nstream\n")
_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n")


def _literal(text: str) -> bytes:
    """Return a PDF string in PDFDocEncoding, which is Latin-1 for what program names hold."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("latin-1") + b")"


def with_program(pdf: bytes, creator: str, producer: str) -> bytes:
    """Return a PDF of Typst that names another creator and producer.

    Parameters
    ----------
    pdf : bytes
        The file as Typst wrote it.
    creator, producer : str
        The word processor, and what it makes PDFs with.
    """
    info = _INFO.search(pdf, max(0, pdf.rfind(b"/Creator(Typst ") - 2000))
    table = pdf.rfind(b"xref\n", 0, pdf.rfind(b"startxref"))
    if info is None or table < 0:
        raise GeneratorError(
            "A PDF does not look as this version of Typst writes it. Install the typst that is pinned."
        )
    tail = pdf[info.start() : table]
    tail = tail.replace(info.group(2), b"/Creator" + _literal(creator) + b"/Producer" + _literal(producer), 1)
    length = _LENGTH.search(tail)
    if length is None:
        raise GeneratorError("A PDF has no XMP packet. Install the typst that is pinned.")
    end = length.end() + int(length.group(1))
    packet = tail[length.end() : end].replace(b' x:xmptk="xmp-writer"', b"")
    tool = f"<xmp:CreatorTool>{creator}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>".encode()
    packet = _XMP_TOOL.sub(lambda _: tool, packet)
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % len(packet)
    tail = tail[: length.start()] + head + packet + tail[end:]
    body = pdf[: info.start()] + tail
    offsets = {
        int(found.group(1)): info.start() + found.start(1)
        for found in _OBJECT.finditer(tail)
        if found.start(1) == 0 or tail[: found.start()].endswith(b"endobj")
    }
    lines = pdf[table:].split(b"\n")
    first = 2  # "xref", then "0 count"
    for number, offset in offsets.items():
        lines[first + number] = b"%010d 00000 n\r" % offset
    lines[-2] = b"%d" % len(body)
    return body + b"\n".join(lines)
