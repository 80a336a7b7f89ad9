"""The command line as a whole: its verbs, and what a user sees when something is wrong."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from corrtest.cli import (
    analysing,
    contrasting,
    demonstrating,
    freezing,
    modelling,
    planning,
    powering,
    registering,
    rendering,
    reporting,
    tabulating,
    watching,
)
from corrtest.cli.translated import Refused, command_in_current_language, refusal
from corrtest.errors import CorrtestError
from corrtest.language import from_environment, mark, use

_STOPPED = mark("Stopped at your request. What was finished before is still there.")

app = typer.Typer(
    name="corrtest",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Correspondence tests of hiring discrimination: plan them, send them, analyse them, report them.",
)

app.command("demo")(demonstrating.demo)
app.command("new")(planning.new)
app.command("check")(planning.check)
app.command("committees")(planning.committees)
app.command("power")(powering.power)
app.command("plan")(freezing.plan)
app.command("balance")(freezing.balance)
app.command("prereg")(freezing.prereg)
app.command("render")(rendering.render)
app.add_typer(registering.app, name="register", help="The fieldwork register: what was sent, what came back.")
app.command("analyse")(analysing.analyse)
app.command("two-by-two")(tabulating.two_by_two)
app.command("pool")(analysing.pool)
app.command("sensitivity")(analysing.sensitivity)
app.command("models")(modelling.models)
app.command("contrast")(contrasting.contrast)
app.command("monitor")(watching.monitor)
app.command("report")(reporting.report)
app.command("compare")(reporting.compare)
app.command("policy")(reporting.policy)
app.command("employers")(reporting.employers)


def _show_version(wanted: bool) -> None:
    if wanted:
        from corrtest import __version__

        typer.echo(f"corrtest {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Correspondence tests of hiring discrimination: plan them, send them, analyse them, report them."""


def main() -> None:
    """Run the command; a fault becomes one message on standard error and an exit code (2 wrong use, 1 failed check).

    Set CORRTEST_DEBUG=1 to see the traceback of a fault that corrtest did not foresee.
    """
    with use(from_environment(os.environ)):
        try:
            code = command_in_current_language(app)(standalone_mode=False)
        except CorrtestError as error:
            _stop(error.text(), error.exit_code)
        except Refused as error:
            _stop(refusal(error), 2)
        except (KeyboardInterrupt, typer.Abort):
            _stop(_STOPPED, 130)
        except OSError as error:
            _stop(_os_message(error), 2)
        except Exception as error:  # the outermost edge: a user never sees a traceback
            if os.environ.get("CORRTEST_DEBUG"):
                raise
            _stop(_unforeseen(error), 2)
        if code == 130:
            _stop(_STOPPED, 130)
        raise SystemExit(code if isinstance(code, int) else 0)


def _unforeseen(error: Exception) -> str:
    return (
        f"corrtest met a fault that it did not foresee ({type(error).__name__}: {error}). Nothing you did need be "
        "wrong: please report it with the command that you typed; CORRTEST_DEBUG=1 shows where it happened."
    )


def _os_message(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused: {error.strerror or error}{where}. Check the folder, its rights and the free space."


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(code)
