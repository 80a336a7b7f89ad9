"""Read and check a study's table; its design is chosen here.

=============  ===================================================================
pairs          one row a pair, or where the study is unpaired:
applications   one row an application
answers        one row an answer, where there is one arm alone
long_form      several candidates per vacancy, compared with one reference
reading        files; cells: what a cell of reactions may hold
=============  ===================================================================
"""

from corrtest.analysis.read.answers import AnswersTable, answers_table, read_answers
from corrtest.analysis.read.applications import ApplicationsTable
from corrtest.analysis.read.long_form import (
    CandidateTable,
    candidate_table,
    compared_candidates,
    long_table,
    read_candidates,
    read_long,
)
from corrtest.analysis.read.one_row_an_application import applications_of_pairs
from corrtest.analysis.read.pairs import PairsTable, StudyTable, pairs_table, read_pairs, require_pairs

__all__ = [
    "AnswersTable",
    "ApplicationsTable",
    "CandidateTable",
    "PairsTable",
    "StudyTable",
    "answers_table",
    "applications_of_pairs",
    "candidate_table",
    "compared_candidates",
    "long_table",
    "pairs_table",
    "read_answers",
    "read_candidates",
    "read_long",
    "read_pairs",
    "require_pairs",
]
