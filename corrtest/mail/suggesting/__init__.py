"""What an answer may be: suggested by words, decided by a person.

=========  ========================================================================================
words      what its writer wrote, without quotes, masks, addresses and numbers
rules      `rules.toml`: words by which an answer tells what it is, and that an employer found out
model      a small model, trained on the made texts of `texts.toml` and a study's own answers
suggester  the two together
confusion  what was wrong, by arm
=========  ========================================================================================
"""

from corrtest.mail.suggesting.confusion import Checked, Confusion, confusion
from corrtest.mail.suggesting.model import MODEL_FILE, Model, made_texts, read_model, train
from corrtest.mail.suggesting.rules import CLASSES, discovery, ruled
from corrtest.mail.suggesting.suggester import Suggestion, suggest
from corrtest.mail.suggesting.words import plain_words

__all__ = [
    "CLASSES",
    "MODEL_FILE",
    "Checked",
    "Confusion",
    "Model",
    "Suggestion",
    "confusion",
    "discovery",
    "made_texts",
    "plain_words",
    "read_model",
    "ruled",
    "suggest",
    "train",
]
