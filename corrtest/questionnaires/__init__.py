"""Questionnaires: forms out to survey tools, answers in.

===========  =====================================================================================
forms        a form as data: questions, choices, blocks, lots of which each respondent gets one
xlsform      a form as XLSForm, which KoboToolbox, ODK and ArcGIS Survey123 read
limesurvey   a form as LimeSurvey's survey structure
printing     a form on paper
answers      what a survey tool exports, read back
figures      what was found, before disclosure control
study_forms  which form a study has
texts        the texts of the questionnaires, in their languages; committees: committees and grounds
rating/      how names and sentences are perceived: items, form, answers, rated signals, agreement
risk/        the risk analysis: form, scores, ranks, and what they say to measure
survey/      the sector survey: sample, form, weighted estimates, item experiments
===========  =====================================================================================
"""

from corrtest.questionnaires.answers import read_form_answers
from corrtest.questionnaires.committees import committee_choices, committee_key, committee_number, ground_labels
from corrtest.questionnaires.figures import Figure, QuestionnaireResults, is_questionnaire_results
from corrtest.questionnaires.forms import Block, Choice, Form, Lot, Question
from corrtest.questionnaires.limesurvey import limesurvey
from corrtest.questionnaires.printing import paper_form, paper_versions
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
from corrtest.questionnaires.risk import (
    MEASURED_FROM,
    SCALES,
    analyse_risks,
    measured_by,
    ranked,
    recruitment_scores,
    risk_form,
    risks_of,
)
from corrtest.questionnaires.study_forms import study_form
from corrtest.questionnaires.survey import (
    SAMPLE_FILE,
    Sample,
    SurveyWeights,
    analyse_survey,
    draw_sample,
    list_answers,
    matched,
    read_frame,
    read_population,
    read_sample,
    survey_form,
    survey_items,
    survey_weights,
)
from corrtest.questionnaires.texts import questionnaire_texts
from corrtest.questionnaires.xlsform import xlsform

__all__ = [
    "ITEMS_FILE",
    "MEASURED_FROM",
    "SAMPLE_FILE",
    "SCALES",
    "Block",
    "Choice",
    "Figure",
    "Form",
    "Lot",
    "Question",
    "QuestionnaireResults",
    "Sample",
    "SurveyWeights",
    "agreement",
    "analyse_risks",
    "analyse_survey",
    "committee_choices",
    "committee_key",
    "committee_number",
    "draw_sample",
    "ground_labels",
    "is_questionnaire_results",
    "krippendorff_alpha",
    "limesurvey",
    "list_answers",
    "matched",
    "measured_by",
    "paper_form",
    "paper_versions",
    "questionnaire_texts",
    "ranked",
    "rated_signals_of",
    "rating_form",
    "rating_items",
    "rating_languages",
    "read_form_answers",
    "read_frame",
    "read_items",
    "read_population",
    "read_ratings",
    "read_sample",
    "recruitment_scores",
    "risk_form",
    "risks_of",
    "study_form",
    "survey_form",
    "survey_items",
    "survey_weights",
    "xlsform",
]
