"""Questionnaires: forms out to survey tools, answers in.

=========  =====================================================================================
forms      a form as data: questions, choices, blocks of which each respondent gets one by lot
xlsform    a form as XLSForm, which KoboToolbox, ODK and ArcGIS Survey123 read
rating/    how names and sentences are perceived: items, form, answers, rated signals, agreement
=========  =====================================================================================
"""

from corrtest.questionnaires.forms import Block, Choice, Form, Question
from corrtest.questionnaires.rating import (
    ITEMS_FILE,
    agreement,
    krippendorff_alpha,
    rated_signals_of,
    rating_form,
    rating_items,
    rating_languages,
    read_items,
    read_ratings,
)
from corrtest.questionnaires.xlsform import xlsform

__all__ = [
    "ITEMS_FILE",
    "Block",
    "Choice",
    "Form",
    "Question",
    "agreement",
    "krippendorff_alpha",
    "rated_signals_of",
    "rating_form",
    "rating_items",
    "rating_languages",
    "read_items",
    "read_ratings",
    "xlsform",
]
