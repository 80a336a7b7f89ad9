"""Make Office files and archives the same bytes each time: fixed times, fixed order."""

from __future__ import annotations

import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def packed(members: dict[str, bytes]) -> bytes:
    """Return a zip of `members` in their order, with a fixed time on each."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return buffer.getvalue()


def repacked(office_file: bytes) -> bytes:
    """Return an XLSX or DOCX file without the time at which it was made."""
    with zipfile.ZipFile(io.BytesIO(office_file)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    if core in members:
        members[core] = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", members[core])
    return packed(members)
