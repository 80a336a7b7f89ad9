"""Template sets: folders of `cv_templates/` with a `set.toml`, rendered in a sandbox.

A set holds Jinja2 templates (HTML, e-mail) and Typst templates (PDF). A Jinja2 template sees text and lists of
text, in an immutable sandbox with undefined names as errors; a Typst template reads the same values as JSON.
Neither can run code of ours, read a file outside the set's folder, or put text in as markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.word_documents import DOCX_KEYS
from corrtest.language import say
from corrtest.resources import cv_templates_folder
from corrtest.spec import parse_toml

__all__ = ["TemplateSet", "read_template_set"]

REQUIRED_FILES = ("cv_html", "cv_pdf", "letter_html", "letter_pdf", "email")
_KEYS = {"name", "description", "fonts", "files", "words", "file_names", "docx"}
# What every layout names, whatever it calls it: the headings that its templates and the DOCX use.
_WORDS = {"profile", "personal", "born", "nationality", "licence", "work", "education", "certificates", "skills"}
_WORDS |= {"languages", "interests", "subject"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSet:
    """One layout: its files, the fonts it uses and its own headings per language."""

    name: str
    folder: Path
    languages: tuple[str, ...]
    description: str
    fonts: tuple[str, ...]
    files: Mapping[str, Path]
    words: Mapping[str, Mapping[str, str]]
    file_names: Mapping[str, Mapping[str, str]]
    docx: Mapping[str, Any]

    @property
    def places(self) -> dict[str, str]:
        """Where each file lies within the set's folder, as templates name it."""
        return {key: path.relative_to(self.folder).as_posix() for key, path in self.files.items()}


def _inside(folder: Path, name: str) -> Path | None:
    """Return the path of a set's file, or None when it lies outside the set's folder or does not exist."""
    path = (folder / name).resolve()
    return path if path.is_file() and path.is_relative_to(folder.resolve()) else None


def read_template_set(name: str, folder: Path | None = None) -> TemplateSet:
    """Read a template set by name from `cv_templates/`, or from a folder of the study's own."""
    base = folder if folder is not None else cv_templates_folder() / name
    manifest = base / "set.toml"
    if not manifest.is_file():
        known = sorted(path.parent.name for path in cv_templates_folder().glob("*/set.toml"))
        raise GeneratorError(
            say("There is no template set '{name}'. {nearest}", name=name, nearest=nearest(name, known))
        )
    place = say("{name}/set.toml", name=name)
    data, wrong = parse_toml(place, manifest.read_text(encoding="utf-8"))
    if data is None or wrong:
        raise GeneratorError(say("{file} cannot be read.", file=place), wrong)
    faults = _key_faults(place, data)
    paths: dict[str, Path] = {}
    if not faults:
        paths = {key: path for key, file in data["files"].items() if (path := _inside(base, file)) is not None}
        faults = [*_file_faults(place, data["files"], paths), *_word_faults(place, data)]
    if faults:
        raise GeneratorError(say("The template set '{name}' cannot be used.", name=name), faults)
    return TemplateSet(
        name=name,
        folder=base.resolve(),
        languages=tuple(data["words"]),
        description=data["description"],
        fonts=tuple(data["fonts"]),
        files=paths,
        words=data["words"],
        file_names=data["file_names"],
        docx=data["docx"],
    )


def _key_faults(place: str, data: Mapping[str, Any]) -> list[Fault]:
    """Return the keys of a manifest that are unknown or missing."""
    unknown = [
        Fault(file=place, key=key, expected=say("a known key"), action=nearest(key, sorted(_KEYS)))
        for key in sorted(set(data) - _KEYS)
    ]
    missing = [
        Fault(file=place, key=key, expected=say("this key"), action=say("Add it; another set shows the form."))
        for key in sorted(_KEYS - set(data))
    ]
    return unknown + missing


def _file_faults(place: str, files: Mapping[str, str], found: Mapping[str, Path]) -> list[Fault]:
    """Return the templates that a manifest does not name, or that do not lie in the set's own folder."""
    missing = [
        Fault(file=place, key=f"files.{key}", expected=say("a template file"), action=say("Add it."))
        for key in REQUIRED_FILES
        if key not in files
    ]
    outside = [
        Fault(
            file=place,
            key=f"files.{key}",
            given=repr(file),
            expected=say("a file inside the set's own folder"),
            action=say("Put the template in the folder and name it without a path."),
        )
        for key, file in files.items()
        if key not in found
    ]
    return missing + outside


def _word_faults(place: str, data: Mapping[str, Any]) -> list[Fault]:
    """Return what a language lacks that another one has, and what Word documents need."""
    tables = [
        Fault(
            file=place, key=f"{table}.{language}", expected=say("this table"), action=say("Add it for this language.")
        )
        for language in sorted(set(data["words"]) | set(data["file_names"]))
        for table in ("words", "file_names")
        if language not in data[table]
    ]
    words = [
        Fault(file=place, key=f"words.{language}.{word}", expected=say("this heading"), action=say("Add it."))
        for language, known in data["words"].items()
        for word in sorted(_WORDS.union(*data["words"].values()) - set(known))
    ]
    docx = [
        Fault(
            file=place, key=f"docx.{key}", expected=say("this key"), action=say("Add it; another set shows the form.")
        )
        for key in sorted(DOCX_KEYS - set(data["docx"]))
    ]
    return tables + words + docx


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which `job.position` looks into a dict first, not at its methods.

    What a persona has is nearly always a dict; looked for as an attribute first, each value would cost an exception.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an entry of a dict, or what the sandbox allows of anything else."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class TextRenderer:
    """Renders the Jinja2 templates of one set (HTML and e-mail)."""

    def __init__(self, template_set: TemplateSet) -> None:
        self._set = template_set
        self._environment = _Sandbox(
            loader=jinja2.FileSystemLoader(template_set.folder, followlinks=False),
            autoescape=jinja2.select_autoescape(enabled_extensions=("html", "html.j2")),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.globals.clear()
        self._places = template_set.places
        self._templates: dict[str, jinja2.Template] = {}

    def render(self, key: str, values: Mapping[str, Any]) -> str:
        """Return the text of one of the set's templates for one persona."""
        name = self._places[key]
        place = f"{self._set.name}/{name}"
        try:
            if key not in self._templates:
                self._templates[key] = self._environment.get_template(name)
            return self._templates[key].render(values)
        except jinja2.TemplateSyntaxError as error:
            raise _template_error(
                place, error.lineno, say("a template that Jinja2 can read"), str(error.message)
            ) from error
        except jinja2.TemplateNotFound as error:
            raise _template_error(
                place, None, say("templates of the set's own folder"), say("a reference to '{error}'", error=error.name)
            ) from error
        except jinja2.UndefinedError as error:
            line = _line_of(error, name)
            raise _template_error(place, line, say("values that a persona has"), str(error.message)) from error
        except SecurityError as error:
            line = _line_of(error, name)
            raise _template_error(place, line, say("a template that only places text"), str(error)) from error


def _line_of(error: BaseException, name: str) -> int | None:
    """Return the template line at which an error arose: Jinja2 rewrites the traceback to the template's own lines."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(name):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _template_error(place: str, line: int | None, expected: str, given: str) -> GeneratorError:
    return GeneratorError(
        say("A template cannot be rendered."),
        [Fault(file=place, line=line, given=given.rstrip("."), expected=expected, action=say("Mend the template."))],
    )
