"""The sector survey: whom it invites, what it asks, and its weighted figures."""

from corrtest.questionnaires.survey.analysing import analyse_survey, matched, read_population
from corrtest.questionnaires.survey.estimating import Estimated, SurveyWeights, survey_weights
from corrtest.questionnaires.survey.form import Item, list_answers, survey_form, survey_items
from corrtest.questionnaires.survey.sample import SAMPLE_FILE, Sample, draw_sample, read_frame, read_sample

__all__ = [
    "SAMPLE_FILE",
    "Estimated",
    "Item",
    "Sample",
    "SurveyWeights",
    "analyse_survey",
    "draw_sample",
    "list_answers",
    "matched",
    "read_frame",
    "read_population",
    "read_sample",
    "survey_form",
    "survey_items",
    "survey_weights",
]
