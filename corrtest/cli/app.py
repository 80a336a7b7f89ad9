"""The command line as a whole: its verbs, and what a user sees when something is wrong."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, NoReturn, TextIO

import typer

from corrtest.cli import actions, mail, questionnaire, register, vacancies
from corrtest.cli.amend import amend
from corrtest.cli.analyse import analyse
from corrtest.cli.audit import audit
from corrtest.cli.backup import backup
from corrtest.cli.balance import balance
from corrtest.cli.budget import budget
from corrtest.cli.candidates import candidates
from corrtest.cli.check import check
from corrtest.cli.committees import committees
from corrtest.cli.compare import compare
from corrtest.cli.concentration import concentration
from corrtest.cli.conformity import conformity
from corrtest.cli.contrast import contrast
from corrtest.cli.demo import demo
from corrtest.cli.employers import employers
from corrtest.cli.ethics import ethics
from corrtest.cli.export import export
from corrtest.cli.models import models
from corrtest.cli.monitor import monitor
from corrtest.cli.new import new
from corrtest.cli.overview import overview
from corrtest.cli.plan import plan
from corrtest.cli.policy import policy
from corrtest.cli.pool import pool
from corrtest.cli.pool_experiments import pool_experiments
from corrtest.cli.power import power
from corrtest.cli.power_of_change import power_of_change
from corrtest.cli.power_of_pairs import power_of_pairs
from corrtest.cli.prereg import prereg
from corrtest.cli.preview import preview
from corrtest.cli.render import render
from corrtest.cli.report import report
from corrtest.cli.restore import restore
from corrtest.cli.sensitivity import sensitivity
from corrtest.cli.status import status
from corrtest.cli.summary import summary
from corrtest.cli.translated import Refused, command_in_current_language, refusal
from corrtest.cli.two_by_two import two_by_two
from corrtest.cli.verify import verify
from corrtest.cli.web import web
from corrtest.errors import CorrtestError, InputWarning
from corrtest.language import from_environment, mark, say, use

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

# In the order of a study's life, which is the order of --help; each verb is the function of its name.
Verbs = tuple[Callable[..., None], ...]
BEFORE: Verbs = (demo, new, status, web, check, conformity, committees, power, power_of_pairs, power_of_change, budget)
ASKED: Verbs = (ethics, employers)
PLANNED: Verbs = (plan, amend, verify, balance, prereg, render, preview, audit)
MEASURED: Verbs = (export, analyse, summary, monitor, sensitivity, pool, models, concentration, contrast)
PUBLISHED: Verbs = (two_by_two, candidates, pool_experiments)
RELEASED: Verbs = (policy, report, compare, overview)
KEPT: Verbs = (backup, restore)

for _verb in (*BEFORE, *ASKED, *PLANNED):
    app.command()(_verb)
app.add_typer(vacancies.app, name="vacancies", help="Vacancies in, week after week, as people have them.")
app.add_typer(questionnaire.app, name="questionnaire", help="Forms for survey tools, and what their answers say.")
app.add_typer(register.app, name="register", help="The fieldwork register: what was sent, what came back.")
app.add_typer(mail.app, name="mail", help="Mail: applications go out.")
for _verb in (*MEASURED, *RELEASED, *PUBLISHED, *KEPT):
    app.command()(_verb)
app.add_typer(actions.app, name="actions")


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
    with use(from_environment(os.environ)), warnings.catch_warnings():
        warnings.showwarning = _tell
        try:
            code = command_in_current_language(app)(standalone_mode=False)
        except CorrtestError as error:
            _stop(error.text(), error.exit_code)
        except Refused as error:
            _stop(refusal(error), 2)
        except (KeyboardInterrupt, typer.Abort):
            _stop(say(_STOPPED), 130)
        except OSError as error:
            _stop(_os_message(error), 2)
        except Exception as error:  # the outermost edge: a user never sees a traceback
            if os.environ.get("CORRTEST_DEBUG"):
                raise
            _stop(_unforeseen(error), 2)
        if code == 130:
            _stop(say(_STOPPED), 130)
        raise SystemExit(code if isinstance(code, int) else 0)


def _tell(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say what the owner of a table should know, without the place in the program where it was found."""
    told = str(message) if issubclass(category, InputWarning) else None
    typer.echo(told or warnings.formatwarning(message, category, filename, lineno, line), err=True)


def _unforeseen(error: Exception) -> str:
    return say(
        "corrtest met a fault that it did not foresee ({name}: {error}). Nothing you did need be wrong: "
        "please report it with the command that you typed; CORRTEST_DEBUG=1 shows where it happened.",
        name=type(error).__name__,
        error=error,
    )


def _os_message(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return say(
        "The system refused: {strerror}{where}. Check the folder, its rights and the free space.",
        strerror=error.strerror or error,
        where=where,
    )


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(code)
