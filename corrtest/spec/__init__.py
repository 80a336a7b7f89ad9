"""The study as the researcher writes it, the tables that come with it, and reference facts.

study           the frozen objects
names           every criterion and occupation a study may name: those of corrtest and the study's own files
criteria        one TOML each: levels, signals, labels, literature; occupations: titles and what documents say
reading         TOML → `Study`, every fault at once (options: how it is carried out; naming: are all names known;
                section: one table, key by key; detectability: the limits of the audit of documents;
                questionnaire_options: who is asked)
quota_writing   numbers put into a study file, its comments kept
languages       the languages in which documents can be written; phrases: their lines with choices and blanks
tables          the one reader of tables: CSV (delimited, encodings), workbooks (book_xlsx, book_xls, book_ods; sheets:
                which one), Parquet (parquets), Stata and SPSS (labelled), R (r_files), within limits (limits, archives)
cells           what the cells of any table must be (values, moments: what a text says)
belgian_time    the clock in which days, hours and documents are
folder          where the files of a study lie, and who may see them (new_folder: make one; progress: how far it is)
profiles        dated, sourced sets of choices: what departs from them, and study files drawn up after them
actions         what a sector does after its measurement, as a sheet
follow_up       the study file of a follow-up, from its baseline
channels        the ways of applying that a study declares; calling: who calls; reaching: attempts, answers, stages
private         files for their owner alone, and the keys of a study
columns         the pair's row: each column once (columns.toml), from which every table takes its own
fieldwork_account  what became of every planned test in the field, counted
vacancies       the vacancy file against its columns (vacancy_folder: all that came in, together)
intake          files as people have them, through the study's mapping, to vacancies
reference       committees, postal codes, published experiments: data with their sources
"""

from corrtest.spec.actions import Action, add_action, read_actions, write_action_sheet
from corrtest.spec.belgian_time import BELGIAN_TIME
from corrtest.spec.calling import Caller, Calling
from corrtest.spec.cells import cell_faults, sheet_row
from corrtest.spec.channels import vacancy_channels
from corrtest.spec.client_calls import ClientCalls, Wish, client_wishes
from corrtest.spec.columns import (
    DICTIONARY_LANGUAGES,
    Column,
    Table,
    column_names,
    every_column,
    identifying_columns,
    needed_columns,
    table_columns,
    table_schema,
)
from corrtest.spec.combinations import Combination, CombinedSignal
from corrtest.spec.criteria import (
    AssumedRates,
    KnownCriterion,
    KnownLevel,
    LevelTexts,
    PooledRatio,
    written_label,
)
from corrtest.spec.criterion import Criterion, Level
from corrtest.spec.detectability import Detectability
from corrtest.spec.fieldwork_account import (
    INCIDENT,
    MARKED_TESTS,
    SECOND_LATE,
    TEST_FATES,
    read_fieldwork_account,
    write_fieldwork_account,
)
from corrtest.spec.firms import FIRM_COLUMNS, read_firms, write_firms_template
from corrtest.spec.folder import (
    PLACES,
    SECRET_FOLDER,
    YOU,
    Handling,
    Place,
    StudyFolder,
    documents_key_of,
    identities_of,
    release_log_of,
    secret_folder_of,
)
from corrtest.spec.follow_up import follow_up_text
from corrtest.spec.intake import (
    Arrival,
    Intake,
    Question,
    arrivals,
    explain,
    listed,
    read_mapping,
    receive,
    receive_again,
    waiting_questions,
)
from corrtest.spec.languages import document_languages, language_table, phrase_blanks
from corrtest.spec.moments import read_moment
from corrtest.spec.names import CRITERIA, OCCUPATIONS, SHIPPED, Names, own_files
from corrtest.spec.narrowing import narrowed_text, with_terms
from corrtest.spec.new_folder import design_text, folder_of_text, make_study_folder
from corrtest.spec.occupations import LETTER_WORDS, KnownOccupation, OccupationTexts, Title
from corrtest.spec.phrases import phrase_form, phrase_texts
from corrtest.spec.private import (
    KEY_BYTES,
    close_to_others,
    keyed,
    make_folders,
    make_key,
    make_private,
    open_to_others,
    read_key,
    write_private,
)
from corrtest.spec.profiles import Departure, Fact, Profile, departures, fact_label, profile, profile_names, profile_of
from corrtest.spec.progress import FieldworkCount, Progress, Step, progress_of
from corrtest.spec.questionnaire_options import AREAS, QUESTIONNAIRES, RiskAnalysis, Survey
from corrtest.spec.quota_writing import write_quotas
from corrtest.spec.ratings import (
    RATED_COLUMNS,
    RATED_FILE,
    ChosenNames,
    ChosenOf,
    RatedSignal,
    SignalOptions,
    choose_names,
    rated_signals,
    rated_text,
)
from corrtest.spec.reaching import (
    CALL_BACK,
    LAST_STAGE,
    SPOKEN,
    call_outcomes,
    heard_answers,
    portal_stages,
    reaching_labels,
)
from corrtest.spec.reading import read_study, read_study_text
from corrtest.spec.reference import belgian_experiments, joint_committees, postal_codes
from corrtest.spec.section import Section, key_lines
from corrtest.spec.simulated import SIMULATED, TRUE_WORDS, simulated_rows
from corrtest.spec.standing import Standing, StandingStratum, is_standing, read_standing, standing_of
from corrtest.spec.study import (
    ARMS,
    CALL_ANSWERS,
    EMPLOYER_AND_CALLER,
    EVERY_REACTION,
    INCIDENT_RULES,
    NOT_REACHED,
    PRIMARY_OUTCOMES,
    PROTECTIONS,
    REACTIONS,
    AnalysisOptions,
    Approval,
    Budget,
    Caps,
    Committee,
    DisclosureOptions,
    Documents,
    Fieldwork,
    MonitoringRule,
    Occupation,
    Outcomes,
    Partner,
    Period,
    SizeStep,
    Study,
    Window,
)
from corrtest.spec.tables import TABLE_KINDS, coded, read_rows, read_table, require_columns, require_text, table_file
from corrtest.spec.toml_text import parse_toml
from corrtest.spec.vacancies import check_vacancies, enterprise_number, is_enterprise_number
from corrtest.spec.vacancy_folder import read_vacancies, read_vacancy_table, vacancy_files
from corrtest.spec.vacancy_template import write_vacancy_template
from corrtest.spec.value_labels import value_labels, word_of
from corrtest.spec.values import parse_days, parse_numbers
from corrtest.spec.workbooks import sheet_values

__all__ = [
    "AREAS",
    "ARMS",
    "BELGIAN_TIME",
    "CALL_ANSWERS",
    "CALL_BACK",
    "CRITERIA",
    "DICTIONARY_LANGUAGES",
    "EMPLOYER_AND_CALLER",
    "EVERY_REACTION",
    "FIRM_COLUMNS",
    "INCIDENT",
    "INCIDENT_RULES",
    "KEY_BYTES",
    "LAST_STAGE",
    "LETTER_WORDS",
    "MARKED_TESTS",
    "NOT_REACHED",
    "OCCUPATIONS",
    "PLACES",
    "PRIMARY_OUTCOMES",
    "PROTECTIONS",
    "QUESTIONNAIRES",
    "RATED_COLUMNS",
    "RATED_FILE",
    "REACTIONS",
    "SECOND_LATE",
    "SECRET_FOLDER",
    "SHIPPED",
    "SIMULATED",
    "SPOKEN",
    "TABLE_KINDS",
    "TEST_FATES",
    "TRUE_WORDS",
    "YOU",
    "Action",
    "AnalysisOptions",
    "Approval",
    "Arrival",
    "AssumedRates",
    "Budget",
    "Caller",
    "Calling",
    "Caps",
    "ChosenNames",
    "ChosenOf",
    "ClientCalls",
    "Column",
    "Combination",
    "CombinedSignal",
    "Committee",
    "Criterion",
    "Departure",
    "Detectability",
    "DisclosureOptions",
    "Documents",
    "Fact",
    "Fieldwork",
    "FieldworkCount",
    "Handling",
    "Intake",
    "KnownCriterion",
    "KnownLevel",
    "KnownOccupation",
    "Level",
    "LevelTexts",
    "MonitoringRule",
    "Names",
    "Occupation",
    "OccupationTexts",
    "Outcomes",
    "Partner",
    "Period",
    "Place",
    "PooledRatio",
    "Profile",
    "Progress",
    "Question",
    "RatedSignal",
    "RiskAnalysis",
    "Section",
    "SignalOptions",
    "SizeStep",
    "Standing",
    "StandingStratum",
    "Step",
    "Study",
    "StudyFolder",
    "Survey",
    "Table",
    "Title",
    "Window",
    "Wish",
    "add_action",
    "arrivals",
    "belgian_experiments",
    "call_outcomes",
    "cell_faults",
    "check_vacancies",
    "choose_names",
    "client_wishes",
    "close_to_others",
    "coded",
    "column_names",
    "departures",
    "design_text",
    "document_languages",
    "documents_key_of",
    "enterprise_number",
    "every_column",
    "explain",
    "fact_label",
    "folder_of_text",
    "follow_up_text",
    "heard_answers",
    "identifying_columns",
    "identities_of",
    "is_enterprise_number",
    "is_standing",
    "joint_committees",
    "key_lines",
    "keyed",
    "language_table",
    "listed",
    "make_folders",
    "make_key",
    "make_private",
    "make_study_folder",
    "narrowed_text",
    "needed_columns",
    "open_to_others",
    "own_files",
    "parse_days",
    "parse_numbers",
    "parse_toml",
    "phrase_blanks",
    "phrase_form",
    "phrase_texts",
    "portal_stages",
    "postal_codes",
    "profile",
    "profile_names",
    "profile_of",
    "progress_of",
    "rated_signals",
    "rated_text",
    "reaching_labels",
    "read_actions",
    "read_fieldwork_account",
    "read_firms",
    "read_key",
    "read_mapping",
    "read_moment",
    "read_rows",
    "read_standing",
    "read_study",
    "read_study_text",
    "read_table",
    "read_vacancies",
    "read_vacancy_table",
    "receive",
    "receive_again",
    "release_log_of",
    "require_columns",
    "require_text",
    "secret_folder_of",
    "sheet_row",
    "sheet_values",
    "simulated_rows",
    "standing_of",
    "table_columns",
    "table_file",
    "table_schema",
    "vacancy_channels",
    "vacancy_files",
    "value_labels",
    "waiting_questions",
    "with_terms",
    "word_of",
    "write_action_sheet",
    "write_fieldwork_account",
    "write_firms_template",
    "write_private",
    "write_quotas",
    "write_vacancy_template",
    "written_label",
]
