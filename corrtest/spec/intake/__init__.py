"""Vacancies in as people have them: where the table begins, what its words mean, and what becomes of each row.

==============  ======================================================================
words           what people call columns and ways to apply: lists with their source
finding         the header below titles, and which column is which; feeds: JobPosting
committees      a committee as it is written; titles, channels, days: likewise
answers         what a person says once about a word
mapping         mapping.toml, where a study keeps these
sorting         the fate of each row; taking: from a file to vacancies
keeping         what came in, week by week, in the study folder
==============  ======================================================================
"""

from corrtest.spec.intake.answers import Question
from corrtest.spec.intake.keeping import Arrival, arrivals, explain, receive, receive_again
from corrtest.spec.intake.mapping import Mapping, read_mapping, waiting_questions
from corrtest.spec.intake.sorting import Dropped
from corrtest.spec.intake.taking import Intake, take_in
from corrtest.spec.intake.words import listed

__all__ = [
    "Arrival",
    "Dropped",
    "Intake",
    "Mapping",
    "Question",
    "arrivals",
    "explain",
    "listed",
    "read_mapping",
    "receive",
    "receive_again",
    "take_in",
    "waiting_questions",
]
