"""The verbs of `corrtest questionnaire`, one a file: forms out to survey tools, answers in."""

import typer

from corrtest.cli.questionnaire.answers import answers
from corrtest.cli.questionnaire.form import form
from corrtest.cli.questionnaire.rated import rated
from corrtest.cli.questionnaire.rating import rating
from corrtest.cli.questionnaire.sample import sample

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

# In the order of the work, which is the order of --help; each verb is the function of its name.
for _verb in (form, sample, answers, rating, rated):
    app.command()(_verb)

__all__ = ["app"]
