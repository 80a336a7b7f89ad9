"""Help and refusals of the command line in the user's language.

The verbs write their help in English, beside the option that it explains. Here the finished tree of commands is walked
once and each text replaced by its translation; what Typer says of its own accord is recognised and said again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer
from typer.main import get_command

from corrtest.language import SOURCE, USAGE, current, mark, say

# Typer names the classes of its refusals nowhere but here.
Refused: type[Exception] = typer.BadParameter.__mro__[2]

# What Typer says, as templates: a fact that is itself such a sentence is said again too.
TYPER_SAYS = (
    mark("Missing command."),
    mark("Missing argument {what}. Choose from:{choices}"),
    mark("Missing option {what}. Choose from:{choices}"),
    mark("Missing argument {what}."),
    mark("Missing option {what}."),
    mark("No such command {what}. Did you mean {others}?"),
    mark("No such command {what}."),
    mark("No such option: {what} (Possible options: {others})"),
    mark("No such option: {what} Did you mean {others}?"),
    mark("No such option: {what}"),
    mark("Got unexpected extra argument(s) ({what})"),
    mark("Got unexpected extra argument ({what})"),
    mark("Got unexpected extra arguments ({what})"),
    mark("Option {what} requires an argument."),
    mark("Option {what} requires {count} arguments."),
    mark("Option {what} does not take a value."),
    mark("Argument {what} takes {count} values."),
    mark("Invalid value for {what}: {why}"),
    mark("Invalid value: {why}"),
    mark("{what} is not a valid integer range."),
    mark("{what} is not a valid integer."),
    mark("{what} is not a valid float range."),
    mark("{what} is not a valid float."),
    mark("{what} is not a valid boolean."),
    mark("{what} is not one of {others}."),
    mark("{what} is not in the range {range}."),
    mark("Value {what} is not a valid int."),
    mark("Value {what} is not a valid float."),
    mark("Value {what} is not a valid bool."),
    mark("Value {what} is not a valid {kind}."),
    mark("Input should be a valid integer, unable to parse string as an integer"),
    mark("Input should be a valid number, unable to parse string as a number"),
    mark("Input should be a valid boolean, unable to interpret input"),
    mark("Input should be greater than or equal to {least}"),
    mark("Input should be greater than {least}"),
    mark("Input should be less than or equal to {most}"),
    mark("Input should be less than {most}"),
    mark("Input should be {others}"),
    mark("File {what} does not exist."),
    mark("Directory {what} does not exist."),
    mark("Path {what} does not exist."),
    mark("File {what} is a directory."),
    mark("Directory {what} is a file."),
    mark("{kind} {what} is not readable."),
    mark("{kind} {what} is not writable."),
    mark("Could not open file {what}: {why}"),
)
HEADINGS = (mark("Arguments"), mark("Options"), mark("Commands"))
EXTRAS = (mark("default"), mark("required"), mark("env var"))
HELP_OPTION = mark("Show this message and exit.")
METAVARS = (mark("[OPTIONS]"), mark("COMMAND [ARGS]..."))


def command_in_current_language(app: typer.Typer) -> Any:
    """Return the command of `app`, its help in the current language."""
    command = get_command(app)
    if current() != SOURCE:
        for each in _all_commands(command):
            _translate(each)
    return command


def help_texts(app: typer.Typer) -> set[str]:
    """Return every text that the help of `app` shows and that is ours to translate."""
    found: set[str] = set()
    for command in _all_commands(get_command(app)):
        found.update(_one_line(text) for text in (command.help, command.short_help, command.epilog) if text)
        for parameter in command.params:
            found.update(_one_line(text) for text in (getattr(parameter, "help", None), parameter.metavar) if text)
            if isinstance(getattr(parameter, "show_default", None), str):
                found.add(parameter.show_default)
    return found


def refusal(error: Exception) -> str:
    """Return what Typer refuses, in the current language, with where to find help."""
    told: str = error.format_message()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return told
    lines = []
    if context is not None:
        command, option = context.command_path, context.help_option_names[0]
        lines += [context.get_usage(), say("Try '{command}' for help.", command=f"{command} {option}"), ""]
    return "\n".join([*lines, say("Error: {message}", message=said_by_typer(told))])


def said_by_typer(message: str) -> str:
    """Return a sentence of Typer in the current language; one that is not known stays as it is."""
    for template in TYPER_SAYS:
        match = _pattern(template).fullmatch(message)
        if match:
            facts: Mapping[str, str] = match.groupdict()
            return say(
                template, **{name: said_by_typer(fact) if name == "why" else fact for name, fact in facts.items()}
            )
    return message


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    texts = [re.escape(part) if index % 2 == 0 else f"(?P<{part}>.+)" for index, part in enumerate(parts)]
    return re.compile("".join(texts), re.DOTALL)


def _all_commands(command: Any) -> Iterator[Any]:
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _all_commands(each)


def _translate(command: Any) -> None:
    command.help, command.short_help, command.epilog = map(_said, (command.help, command.short_help, command.epilog))
    command.context_class = _speaking(command.context_class)
    command.options_metavar = _said(command.options_metavar)
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = _said(command.subcommand_metavar)
    for parameter in command.params:
        parameter.metavar = _said(parameter.metavar)
        if hasattr(parameter, "help"):
            parameter.help = _said(parameter.help)
        if isinstance(getattr(parameter, "show_default", None), str):
            parameter.show_default = _said(parameter.show_default)


def _said(text: str | None) -> str | None:
    return say(_one_line(text)) if text else text


def _one_line(text: str) -> str:
    """Return a text as the catalogue has it: a paragraph a line, whatever the width of the source."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _speaking(context: type[Any]) -> type[Any]:
    class Formatter(context.formatter_class):  # type: ignore[name-defined, misc]
        """Typer's own, with its own words translated."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or f"{say(USAGE)} ")

        def write_heading(self, heading: str) -> None:
            super().write_heading(say(heading))

        def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
            super().write_dl([(name, _row(text)) for name, text in rows], *args, **options)

    class Context(context):  # type: ignore[misc]
        """Typer's own, with that formatter."""

        formatter_class = Formatter

    return Context


def _row(text: str) -> str:
    """Return the text of one option with what Typer appends: "[default: 0.05; required]"."""
    text = text.replace(HELP_OPTION, say(HELP_OPTION))
    start, bracket, extras = text.rpartition("[")
    if not bracket or not extras.endswith("]"):
        return text
    said = [_extra(extra) for extra in extras[:-1].split("; ")]
    return f"{start}[{'; '.join(said)}]"


def _extra(extra: str) -> str:
    name, colon, value = extra.partition(": ")
    return say(name) + colon + value if name in EXTRAS else extra
