"""Documents: CV, letter and e-mail of one persona in the wanted formats, with the text that an employer reads."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corrtest.errors import GeneratorError, nearest
from corrtest.generator.answer_sheets import answer_files, answer_text
from corrtest.generator.names import plain
from corrtest.generator.pairs import Pair
from corrtest.generator.pdf_metadata import without_program
from corrtest.generator.personas import Persona
from corrtest.generator.presentation import presentation
from corrtest.generator.resume import resume_json
from corrtest.generator.telephone_scripts import call_files
from corrtest.generator.template_sets import TemplateSet, TextRenderer, read_template_set
from corrtest.generator.typesetting import Typesetter, page_count, page_data, stand_in_fonts
from corrtest.generator.word_documents import word_cv, word_letter
from corrtest.language import say

__all__ = ["FORMATS", "Application", "DocumentMaker", "Draft", "file_name_part", "visible_text"]

FORMATS = ("pdf", "html", "docx", "txt", "json")
PARTS = ("cv", "letter")
# What an e-mail has in attachment: the first of these that is made.
ATTACHED = ("pdf", "docx", "html", "txt")
PERSONA_FILE = "persona.json"
EMAIL_FILE = "email.txt"
_WORD = {"cv": word_cv, "letter": word_letter}

_HEAD = re.compile(r"<(head|style|script)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(p|div|li|ul|ol|h\d|br|tr|td|th|table|section|aside|header|main|article|dt|dd|dl)\b[^>]*>", re.I
)
_TAG = re.compile(r"<[^>]+>")
# Any run of spaces but a single one, which would be put back as it was.
_SPACES = re.compile(r"[\t\r\f\v][ \t\r\f\v]*| [ \t\r\f\v]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What one persona sends: files by name, and the text and pages of each part for the audit.

    `stand_ins` are the fonts in each part of which the layout knows nothing: they set letters that its own lack.
    `subject` is the letter's subject line: a heading of the layout with the job's title, as everyone writes it.
    """

    files: Mapping[str, bytes]
    texts: Mapping[str, str]
    pages: Mapping[str, int]
    subject: str = ""
    stand_ins: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application whose texts are there and whose files are not: what the layout is filled with, and its markup."""

    persona: Persona
    template_set: TemplateSet
    values: Mapping[str, Any]
    names: Mapping[str, str]
    markup: Mapping[str, str]
    application: Application


def visible_text(markup: str) -> str:
    """Return the text that a reader of an HTML page sees, one block a line.

    >>> visible_text("<head><title>x</title></head><p>Jan <b>Claes</b></p><ul><li>lassen</li></ul>")
    'Jan Claes\\nlassen'
    """
    text = _BLOCK.sub("\n", _HEAD.sub("", markup))
    text = _SPACES.sub(" ", html.unescape(_TAG.sub("", text)))
    return "\n".join(line for each in text.split("\n") if (line := each.strip()))


def file_name_part(text: str) -> str:
    """Return a name as people put it in a file name: capitals kept, accents and spaces gone."""
    folded = "".join(a if a.isascii() else plain(a).upper() if a.isupper() else plain(a) for a in text)
    return re.sub(r"[^A-Za-z0-9 -]", "", folded)


def _file_name(pattern: str, persona: Persona) -> str:
    name = pattern.format(given=file_name_part(persona.given), family=file_name_part(persona.family))
    return name if " " in pattern else name.replace(" ", "_")


def _email(values: Mapping[str, Any], body: str) -> bytes:
    """Return the e-mail as a text file: sender, subject and attachments, then the text."""
    email, mark = values["email"], f"[{values['specimen']}] " if values["specimen"] else ""
    head = (
        f"From: {values['name']} <{values['email_address']}>",
        f"Subject: {mark}{email['subject']}",
        f"Attachments: {', '.join(email['attachments'])}",
    )
    return ("\n".join(head) + f"\n\n{body}").encode()


class DocumentMaker:
    """Maker of documents with some template sets; one per process, because it keeps a compiler."""

    def __init__(self, set_names: Iterable[str], language: str, formats: Sequence[str]) -> None:
        for name in formats:
            if name not in FORMATS:
                raise GeneratorError(
                    say("The format '{name}' is not known. {nearest}", name=name, nearest=nearest(name, FORMATS))
                )
        self._formats, self._language = tuple(formats), language
        self._sets = {name: _speaking(read_template_set(name), language) for name in sorted(set(set_names))}
        self._text = {name: TextRenderer(each) for name, each in self._sets.items()}
        self._typesetter = Typesetter(self._sets.values()) if "pdf" in formats else None

    def make(self, pair: Pair, persona: Persona) -> Application:
        """Return the application of one persona."""
        return self.complete(self.draft(pair, persona))

    def complete(self, draft: Draft) -> Application:
        """Return the application whose texts were drafted, with its files."""
        chosen, persona, values = draft.template_set, draft.persona, draft.values
        texts, markup = draft.application.texts, draft.markup
        call = call_files(persona.document, persona.pair_id, persona.language, pdf=self._typesetter is not None)
        # Who calls sends no letter and no e-mail; the CV is there for an employer who asks for it.
        names = {part: name for part, name in draft.names.items() if not call or part == PARTS[0]}
        files: dict[str, bytes] = {}
        pages: dict[str, int] = {}
        stand_ins: dict[str, Sequence[str]] = {}
        data = page_data(values) if self._typesetter is not None else b""
        for part, name in names.items():
            if "html" in self._formats:
                files[f"{name}.html"] = markup[part].encode()
            if self._typesetter is not None:
                made = self._typesetter.pdf(chosen.name, f"{part}_pdf", data, persona.written)
                files[f"{name}.pdf"] = without_program(made, persona.written)
                pages[part], stand_ins[part] = page_count(made), stand_in_fonts(made, chosen.fonts)
            if "docx" in self._formats:
                files[f"{name}.docx"] = _WORD[part](values, chosen.docx, persona.written)
            if "txt" in self._formats:
                files[f"{name}.txt"] = (texts[part] + "\n").encode()
        files |= call or {EMAIL_FILE: _email(values, markup["email"])}
        files |= answer_files(persona)
        if "json" in self._formats:
            files[PERSONA_FILE] = resume_json(persona.document)
        return replace(draft.application, files=files, pages=pages, stand_ins=stand_ins)

    def draft(self, pair: Pair, persona: Persona) -> Draft:
        """Return the texts of an application, of which `complete` makes its files."""
        chosen, values, names = self._values(pair, persona)
        texts, markup = self._texts(chosen, values)
        answers = persona.document["x-application"].get("answers")
        texts |= {"answers": answer_text(answers)} if answers else {}
        return Draft(
            persona=persona,
            template_set=chosen,
            values=values,
            names=names,
            markup=markup,
            application=Application(files={}, texts=texts, pages={}, subject=str(values["letter"]["subject"])),
        )

    def frames(self, person: Persona) -> dict[str, dict[str, int]]:
        """Return template set → part → characters of one and the same person's text in that set's layout."""
        found = {}
        for name, chosen in self._sets.items():
            values = presentation(person, chosen.words[self._language], self._language)
            found[name] = {part: len(text) for part, text in self._texts(chosen, values)[0].items()}
        return found

    def _values(self, pair: Pair, persona: Persona) -> tuple[TemplateSet, dict[str, Any], dict[str, str]]:
        chosen = self._sets[pair.template(persona.arm)]
        values = presentation(persona, chosen.words[self._language], self._language)
        names = {part: _file_name(chosen.file_names[self._language][part], persona) for part in _parts(values)}
        suffix = next((each for each in ATTACHED if each in self._formats), ATTACHED[0])
        values["email"]["attachments"] = [f"{name}.{suffix}" for name in names.values()]
        return chosen, values, names

    def _texts(self, chosen: TemplateSet, values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the visible texts and the markup of CV, e-mail and, where it is no part of the e-mail, letter."""
        renderer = self._text[chosen.name]
        markup = {part: renderer.render(f"{part}_html", values) for part in _parts(values)}
        texts = {part: visible_text(page) for part, page in markup.items()}
        markup["email"] = renderer.render("email", values)
        texts["email"] = f"{values['email']['subject']}\n{markup['email']}"
        return texts, markup


def _parts(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts that are files of their own: no letter where the e-mail is the letter."""
    return PARTS[:1] if values["letter"]["in_email"] else PARTS


def _speaking(chosen: TemplateSet, language: str) -> TemplateSet:
    if language not in chosen.languages:
        raise GeneratorError(
            say(
                "The template set '{chosen}' has no headings in language '{language}'; it has: {languages}. Add "
                "[words.{language}] to its set.toml, or choose another set.",
                chosen=chosen.name,
                language=language,
                languages=", ".join(chosen.languages),
            )
        )
    return chosen
