"""The verb questionnaire rating: the form by which people rate a study's names and sentences."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import OutFolder, StudyFile
from corrtest.cli.output import show, words
from corrtest.cli.places import Places, shown
from corrtest.language import say


def rating(
    study_file: StudyFile = None,
    out: OutFolder = None,
    per_rater: Annotated[int, typer.Option(min=1, help="About how many names and sentences a rater sees.")] = 15,
    language: Annotated[
        str | None, typer.Option("--language", help="Languages, separated by commas; else all, the study's first.")
    ] = None,
) -> None:
    """Write the form by which people rate the study's names and sentences: origin, gender, age, class, credibility.

    form.xlsx is for a survey tool that reads XLSForm (KoboToolbox, ODK); items.csv says what each question is about,
    and is needed to read the answers. Each rater gets one block of items by lot.
    """
    from corrtest.questionnaires import ITEMS_FILE, rating_form, rating_items, xlsform
    from corrtest.spec import read_study, write_private

    places = Places.around(study_file)
    study = read_study(places.study(study_file))
    target = places.out(out, "ratings", say("The form needs"))
    items = rating_items(study, per_rater=per_rater, pools=places.pools(study.language))
    form = rating_form(study, items, words(language) or None)
    for name, content in (
        ("form.xlsx", xlsform(form)),
        (ITEMS_FILE, items.to_csv(index=False).encode()),
    ):
        write_private(target / name, content)
        show(say("Wrote {path}", path=shown(target / name)))
    show(
        say(
            "{items} names and sentences in {blocks} blocks. When the survey tool has the answers: "
            "corrtest questionnaire rated ANSWERS",
            items=len(items),
            blocks=len(form.blocks),
        )
    )
