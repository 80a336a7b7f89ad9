"""The uniform sector report, from releases alone.

- `content`: a report as chapters of blocks; `building` and `chapters` make it from a `ReleaseSet`.
- `catalogue`: words and notation, Dutch and English from one source (`locale/`, `labels.toml`).
- `view`, `sentences`, `tables`, `forest`, `shrinkage`: what the chapters share.
- `comparing`, `comparison_sectors`, `comparison_waves`: several release sets side by side.
- `bundle`: the validation bundle.
- `employers`: what employers are told before the start.
- `html`, `pdf`, `xlsx`, `docx`: the renderers; `writing`: all files or none.
"""

from corrtest.report.building import build_document
from corrtest.report.bundle import write_bundle
from corrtest.report.comparing import build_comparison, write_comparison
from corrtest.report.employers import employer_document, write_employer_pack
from corrtest.report.writing import FORMATS, write_report

__all__ = [
    "FORMATS",
    "build_comparison",
    "build_document",
    "employer_document",
    "write_bundle",
    "write_comparison",
    "write_employer_pack",
    "write_report",
]
