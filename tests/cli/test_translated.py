"""What Typer says of its own accord is recognised, and is said in the user's language."""

import pytest
import typer

from corrtest.cli.app import app
from corrtest.cli.translated import help_texts, said_by_typer


def test_every_verb_and_option_has_its_help_among_the_texts_to_translate():
    texts = help_texts(app)
    assert "Report every fault of the inputs at once; nothing is written." in texts
    assert "The study file (TOML) or its folder; else this folder's." in texts
    assert "Show the version and stop." in texts
    assert not [text for text in texts if "  " in text]


@pytest.mark.parametrize(
    "arguments",
    [
        ("new",),
        ("check", "study.toml", "--nothing"),
        ("check", "study.toml", "--vacancies"),
        ("two-by-two", "1", "x", "2", "3"),
        ("two-by-two", "1", "2", "3", "4", "5"),
        ("no-such-verb",),
        ("pla",),
        ("register",),
        ("register", "clam"),
        ("power", "--sampels", "3"),
    ],
    ids=" ".join,
)
def test_what_typer_refuses_is_known_to_the_catalogue(arguments, monkeypatch):
    known = []
    monkeypatch.setattr("corrtest.cli.translated.say", lambda message, **facts: known.append(message) or message)
    with pytest.raises(Exception) as refused:
        typer.main.get_command(app)(list(arguments), standalone_mode=False)
    if type(refused.value).__name__ != "NoArgsIsHelpError":
        said_by_typer(refused.value.format_message())
        assert known, refused.value
        why = refused.value.format_message().partition("Input should be")[1]
        assert not why or any(message.startswith(why) for message in known)
