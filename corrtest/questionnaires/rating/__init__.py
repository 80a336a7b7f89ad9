"""The rating of signals: what raters see, what they answer, and what that says of each name and sentence."""

from corrtest.questionnaires.rating.agreement import agreement, krippendorff_alpha
from corrtest.questionnaires.rating.answers import read_ratings
from corrtest.questionnaires.rating.form import rating_form, rating_languages
from corrtest.questionnaires.rating.items import ITEMS_FILE, rating_items, read_items
from corrtest.questionnaires.rating.rated import rated_signals_of

__all__ = [
    "ITEMS_FILE",
    "agreement",
    "krippendorff_alpha",
    "rated_signals_of",
    "rating_form",
    "rating_items",
    "rating_languages",
    "read_items",
    "read_ratings",
]
