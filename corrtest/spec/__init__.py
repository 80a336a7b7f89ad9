"""The study as the researcher writes it, the tables that come with it, and reference facts.

==============  =======================================================================
study           the frozen objects
reading         TOML → `Study`, every fault at once (options: how it is carried out; section: one table, key by key)
tables          CSV, XLSX, Parquet as users have them
vacancies       the vacancy file against its published schema
folder          where the files of a study lie, and who may see them
reference       committees, postal codes, published experiments: data with their sources
==============  =======================================================================
"""

from corrtest.spec.folder import PLACES, Handling, Place, StudyFolder, make_private, secret_folder_of
from corrtest.spec.reading import read_study, read_study_text
from corrtest.spec.reference import belgian_experiments, joint_committees, postal_codes
from corrtest.spec.study import (
    ARMS,
    REACTIONS,
    AnalysisOptions,
    Approval,
    Budget,
    Caps,
    Committee,
    Criterion,
    DisclosureOptions,
    Documents,
    Fieldwork,
    Level,
    MonitoringRule,
    Occupation,
    Outcomes,
    Partner,
    Period,
    SizeStep,
    Study,
    Window,
)
from corrtest.spec.tables import (
    parse_days,
    parse_numbers,
    read_table,
    require_columns,
    require_text,
    sheet_row,
)
from corrtest.spec.vacancies import check_vacancies, read_vacancies, vacancy_schema

__all__ = [
    "ARMS",
    "PLACES",
    "REACTIONS",
    "AnalysisOptions",
    "Approval",
    "Budget",
    "Caps",
    "Committee",
    "Criterion",
    "DisclosureOptions",
    "Documents",
    "Fieldwork",
    "Handling",
    "Level",
    "MonitoringRule",
    "Occupation",
    "Outcomes",
    "Partner",
    "Period",
    "Place",
    "SizeStep",
    "Study",
    "StudyFolder",
    "Window",
    "belgian_experiments",
    "check_vacancies",
    "joint_committees",
    "make_private",
    "parse_days",
    "parse_numbers",
    "postal_codes",
    "read_study",
    "read_study_text",
    "read_table",
    "read_vacancies",
    "require_columns",
    "require_text",
    "secret_folder_of",
    "sheet_row",
    "vacancy_schema",
]
