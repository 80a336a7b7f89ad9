"""What a PDF says of the program that made it: as the layout has it, so that a file tells nothing of how it was made.

Typst puts the information dictionary, the XMP packet and the catalog last and uncompressed. They are rewritten in place
and the cross-reference table is brought up to date; the pages are not touched. Layout: ISO 32000-1, section 7.5.
"""

from __future__ import annotations

import re

from corrtest.errors import GeneratorError
from corrtest.language import say

__all__ = ["with_program"]

_TRAILER = re.compile(rb"\ntrailer\n<<[^\n]*?/Info (\d+) 0 R")
_XMP_TOOL = re.compile(rb"<xmp:CreatorTool>[^<]*</xmp:CreatorTool>")
_LENGTH = re.compile(rb"<</Length (\d+)/Type/Metadata/Subtype/XML>>\nstream\n")
# Each line of a cross-reference table has 20 bytes, of which the first ten are the place of an object.
_ENTRY, _PLACE = 20, 10


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
    table = pdf.rfind(b"xref\n0 ", 0, pdf.rfind(b"startxref"))
    trailer = _TRAILER.search(pdf, table)
    if table < 0 or trailer is None:
        raise _unlike_typst()
    entries = pdf.index(b"\n", table + len(b"xref\n")) + 1
    number = int(trailer.group(1))
    info = int(pdf[entries + _ENTRY * number :][:_PLACE])
    named = pdf.find(b"/Creator(Typst ", info, table)
    named_end = pdf.find(b")", named) + 1
    length = _LENGTH.search(pdf, info, table)
    if named < 0 or length is None or length.start() < named_end:
        raise _unlike_typst()
    end = length.end() + int(length.group(1))
    program = b"/Creator" + _literal(creator) + b"/Producer" + _literal(producer)
    tool = f"<xmp:CreatorTool>{creator}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>".encode()
    packet = pdf[length.end() : end].replace(b' x:xmptk="xmp-writer"', b"")
    packet = _XMP_TOOL.sub(lambda _: tool, packet)
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % len(packet)
    # What lies behind either change moves by what was added there.
    added = len(program) - (named_end - named)
    added_in_all = added + len(head) + len(packet) - (end - length.start())
    changed = bytearray(pdf[table : trailer.end()])
    for entry in range(entries - table, trailer.start() - table, _ENTRY):
        place = int(changed[entry : entry + _PLACE])
        if place > info:
            moved = place + (added_in_all if place > length.start() else added)
            changed[entry : entry + _PLACE] = b"%010d" % moved
    rest, marker, _ = pdf[trailer.end() :].rpartition(b"startxref\n")
    place_of_table = b"%d\n%%%%EOF" % (table + added_in_all)
    parts = (pdf[:named], program, pdf[named_end : length.start()], head, packet, pdf[end:table])
    return b"".join((*parts, changed, rest, marker, place_of_table))


def _unlike_typst() -> GeneratorError:
    return GeneratorError(
        say("A PDF does not look as this version of Typst writes it. Install the typst that is pinned.")
    )
