"""Which signs a text may hold: none that controls a terminal, a header or the direction of what follows."""

from __future__ import annotations

import re

# Control characters, also as Excel writes them (_x000D_), and signs that turn the direction of what follows.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|_x00(?:0[0-8B-CE-F]|1[0-9A-F])_")
BREAK = re.compile(r"[\t\n\r\u2028\u2029]|_x000[9AD]_")
# What may stand in a heading and in the name of a file alike: it begins with a letter or digit and is no path.
_NAME = re.compile(r"\w(?:[\w .,'’&()+–-]*[\w.)])?")


def has_control(text: str) -> bool:
    """Say whether a text holds a control character that is no line break or tab."""
    return CONTROL.search(text) is not None


def on_one_line(text: str) -> bool:
    """Say whether a text is one line without a control character."""
    return not (CONTROL.search(text) or BREAK.search(text))


def is_name(text: str) -> bool:
    """Say whether a text can name a study, a sector or a partner: letters, digits, spaces and a few signs."""
    return _NAME.fullmatch(text) is not None and ".." not in text
