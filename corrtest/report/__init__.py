"""The uniform sector report, from releases alone.

- `building`, `chapters`: the report as a document (`corrtest.pages`), made from a `ReleaseSet`.
- `view`, `sentences`, `tables`, `shrinkage`, `multiplicity`: what the chapters share.
- `decisions`: what the gate decided, cell by cell.
- `comparing`, `comparison_sectors`, `comparison_waves`: several release sets side by side.
- `bridging`: results of before beside a study, refused or labelled.
- `conformity`: the profile of a study, and where it departs from it.
- `overview`, `overview_results`: all sectors, for the government and for the public.
- `bundle`: the validation bundle.
- `employers`: what employers are told before the start.
- `ethics`: the ethics and data-protection file.
- `questionnaires`: the report on a survey or risk analysis.
- `writing`: every format of the report.
"""

from corrtest.report.bridging import build_bridge, write_bridge
from corrtest.report.building import build_document
from corrtest.report.bundle import write_bundle
from corrtest.report.comparing import build_comparison, write_comparison
from corrtest.report.conformity import departure_rows, profile_name
from corrtest.report.decisions import Decision, gate_decisions
from corrtest.report.employers import employer_document, write_employer_pack
from corrtest.report.ethics import (
    ETHICS_LANGUAGES,
    ethics_document,
    ethics_parts,
    write_ethics_file,
    write_ethics_part,
)
from corrtest.report.overview import TIERS, Tier, build_overview, figures_of, write_overview
from corrtest.report.questionnaires import questionnaire_document, write_questionnaire_report
from corrtest.report.writing import FORMATS, write_report

__all__ = [
    "ETHICS_LANGUAGES",
    "FORMATS",
    "TIERS",
    "Decision",
    "Tier",
    "build_bridge",
    "build_comparison",
    "build_document",
    "build_overview",
    "departure_rows",
    "employer_document",
    "ethics_document",
    "ethics_parts",
    "figures_of",
    "gate_decisions",
    "profile_name",
    "questionnaire_document",
    "write_bridge",
    "write_bundle",
    "write_comparison",
    "write_employer_pack",
    "write_ethics_file",
    "write_ethics_part",
    "write_overview",
    "write_questionnaire_report",
    "write_report",
]
