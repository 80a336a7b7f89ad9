"""Messages in the user's language: what is chosen, what is said, how numbers are written."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from corrtest import language
from corrtest.language import (
    current,
    from_environment,
    keep,
    keep_together,
    languages,
    mark,
    say,
    say_n,
    spoken,
    use,
)

CATALOGUE = """
msgid ""
msgstr ""
"Language: {locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Usage:"
msgstr "{usage}"

msgid "Nothing is written to {{folder}}."
msgstr "Er komt niets in {{folder}}."

msgid "{{share:.1%}} of {{total:,}} at {{cost:.2f}} euro"
msgstr "{{share:.1%}} van {{total:,}} tegen {{cost:.2f}} euro"

msgid "{{count}} pair in {{file}}"
msgid_plural "{{count}} pairs in {{file}}"
msgstr[0] "{{count}} paar in {{file}}"
msgstr[1] "{{count}} paren in {{file}}"

msgid "Not yet translated"
msgstr ""
"""


@pytest.fixture(autouse=True)
def _two_catalogues(tmp_path, monkeypatch):
    found = {}
    for name, locale, usage in (("fr", "fr_BE", ""), ("nl", "nl_BE", "Gebruik:")):
        found[name] = tmp_path / f"{name}.po"
        found[name].write_text(CATALOGUE.format(locale=locale, usage=usage), encoding="utf-8")
    monkeypatch.setattr(language, "catalogues", lambda: found)
    language.translations.cache_clear()
    yield
    language.translations.cache_clear()


def test_a_message_is_said_in_the_language_in_use_and_in_english_where_it_has_no_translation():
    assert say("Nothing is written to {folder}.", folder="plan") == "Nothing is written to plan."
    with use("nl"):
        assert current() == "nl"
        assert say("Nothing is written to {folder}.", folder="plan") == "Er komt niets in plan."
        assert say("Not yet translated") == "Not yet translated"
        assert say(mark("Never heard of: {what}"), what="x") == "Never heard of: x"
    assert current() == "en"


def test_a_number_with_a_format_is_written_as_the_language_writes_it_and_one_without_as_it_is():
    facts = {"share": 0.1234, "total": 72000, "cost": 1.5}
    message = "{share:.1%} of {total:,} at {cost:.2f} euro"
    assert say(message, **facts) == "12.3% of 72,000 at 1.50 euro"
    with use("nl"):
        assert say(message, **facts) == "12,3\N{NO-BREAK SPACE}% van 72.000 tegen 1,50 euro"
        assert say("Nothing is written to {folder}.", folder=0.5) == "Er komt niets in 0.5."


def test_a_plural_follows_the_rule_of_the_language():
    for speech, said in (("en", ["0 pairs", "1 pair", "2 pairs"]), ("nl", ["0 paren", "1 paar", "2 paren"])):
        with use(speech):
            given = [say_n("{count} pair in {file}", "{count} pairs in {file}", n, file="a") for n in (0, 1, 2)]
        assert given == [f"{each} in a" for each in said]


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({}, "en"),
        ({"LANG": "nl_BE.UTF-8"}, "nl"),
        ({"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "C.UTF-8", "LC_ALL": "nl_NL"}, "nl"),
        ({"CORRTEST_LANGUAGE": "en", "LANG": "nl_BE.UTF-8"}, "en"),
        ({"CORRTEST_LANGUAGE": "", "LANG": "nl_BE.UTF-8"}, "nl"),
        ({"CORRTEST_LANGUAGE": "nl-BE"}, "nl"),
        ({"CORRTEST_LANGUAGE": "fr"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_language_follows_the_environment_and_is_english_where_a_catalogue_has_no_messages(environment, chosen):
    assert from_environment(environment) == chosen


def test_languages_are_those_whose_catalogue_covers_the_messages():
    assert languages() == ("en", "nl")


def test_what_a_file_keeps_is_english_and_is_shown_in_the_language_in_use():
    with use("nl"):
        one = keep("Nothing is written to {folder}.", folder=keep("Not yet translated"))
        both = keep_together(
            [one, None, keep("{share:.1%} of {total:,} at {cost:.2f} euro", share=0.5, total=1, cost=2)]
        )
        for text in (one, pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
            assert spoken(text) == "Er komt niets in Not yet translated."
        assert spoken(both) == f"{spoken(one)} 50,0\N{NO-BREAK SPACE}% van 1 tegen 2,00 euro"
        assert spoken("as it is") == "as it is"
        assert spoken("a " + (one + " b")) == f"a {spoken(one)} b"
        assert not keep_together([None])
    assert json.dumps(both) == '"Nothing is written to Not yet translated. 50.0% of 1 at 2.00 euro"'


def test_each_thread_has_its_own_language():
    def speak(name: str) -> str:
        with use(name):
            return say("Nothing is written to {folder}.", folder=name)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(speak, ["nl", "en"] * 50))
    assert said == ["Er komt niets in nl.", "Nothing is written to en."] * 50


def test_an_english_command_does_not_load_the_translations():
    script = "import sys; from corrtest.language import say; say('x'); assert 'babel' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, env={"CORRTEST_LANGUAGE": "en", "PATH": ""}, timeout=60)
