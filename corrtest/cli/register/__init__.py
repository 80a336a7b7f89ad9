"""The verbs of `corrtest register`, one a file: the fieldwork from a frozen plan to the pairs table, and its proof."""

import typer

from corrtest.cli.register.aliases import aliases
from corrtest.cli.register.already_sent import already_sent
from corrtest.cli.register.approve import approve
from corrtest.cli.register.audit import audit
from corrtest.cli.register.backup import backup
from corrtest.cli.register.block import block
from corrtest.cli.register.call import call
from corrtest.cli.register.claim import claim
from corrtest.cli.register.code import code
from corrtest.cli.register.correct import correct
from corrtest.cli.register.end import end
from corrtest.cli.register.erase import erase
from corrtest.cli.register.export import export
from corrtest.cli.register.find import find
from corrtest.cli.register.import_ import import_
from corrtest.cli.register.incident import incident
from corrtest.cli.register.init import init
from corrtest.cli.register.person import person
from corrtest.cli.register.progress import progress
from corrtest.cli.register.reaction import reaction
from corrtest.cli.register.reaction_sheet import reaction_sheet
from corrtest.cli.register.sent import sent
from corrtest.cli.register.stage import stage
from corrtest.cli.register.status import status
from corrtest.cli.register.stop import stop
from corrtest.cli.register.study import study
from corrtest.cli.register.verify import verify
from corrtest.cli.register.withdraw import withdraw
from corrtest.cli.register.worklist import worklist

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

# In the order of the work, which is the order of --help; each verb is the function of its name.
FIELDWORK = (
    already_sent,
    worklist,
    claim,
    call,
    stage,
    sent,
    find,
    reaction,
    reaction_sheet,
    withdraw,
    correct,
    end,
    export,
)
SUPERVISION = (person, study, approve, stop, block, incident, aliases, code)
OVERSIGHT = (audit, verify, status, progress, backup, erase)

app.command("init")(init)
app.command("import")(import_)
for _verb in (*FIELDWORK, *SUPERVISION, *OVERSIGHT):
    app.command()(_verb)

__all__ = ["app"]
