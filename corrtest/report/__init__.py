"""The uniform sector report, from releases alone.

- `content`: a report as chapters of blocks; `building` and `chapters` make it from a `ReleaseSet`.
- `catalogue`: words and notation, Dutch and English from one source (`locale/`, `labels.toml`).
- `view`, `sentences`, `tables`, `forest`, `shrinkage`: what the chapters share.
- `html`: the renderers; `writing`: all files or none.
"""

from corrtest.report.building import build_document
from corrtest.report.writing import FORMATS, write_report

__all__ = ["FORMATS", "build_document", "write_report"]
