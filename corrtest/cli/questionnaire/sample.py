"""The verb questionnaire sample: whom the sector survey invites."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show, show_table
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError
from corrtest.language import say, written


def sample(
    frame: Annotated[
        Path,
        typer.Argument(help="The whole sector, a row each: unit, joint_committee, workers."),
    ],
) -> None:
    """Draw whom the survey invites, by joint committee and size, and give each a code.

    invitations.csv says who gets which code, and stays where it is; sample.csv says of each code only which group it is
    in, and is needed to weight the answers.
    """
    from corrtest.questionnaires import SAMPLE_FILE, committee_number, draw_sample, read_frame
    from corrtest.spec import make_key, read_study, write_private

    places = Places.here()
    folder = places.folder
    if folder is None:
        raise CorrtestError(say("This is no study folder: it has no study.toml. Make one with: corrtest new SECTOR"))
    study = read_study(folder.study)
    listed = read_frame(frame, study)
    folder.make_secret()
    key = folder.documents_key.read_bytes() if folder.documents_key.is_file() else make_key(folder.documents_key)
    drawn = draw_sample(study, listed, key)
    for name, table in ((SAMPLE_FILE, drawn.codes), ("invitations.csv", drawn.invitations)):
        write_private(folder.questionnaire / name, table.to_csv(index=False).encode())
        show(say("Wrote {path}", path=shown(folder.questionnaire / name)))
    show_table(
        say("Who is invited"),
        (say("group"), say("in all"), say("invited"), say("answers expected")),
        [
            (
                f"{committee_number(row['committee'])} {row['size'].replace('_', '–')}",
                row["population"],
                row["invited"],
                written(row["expected"], ".0f"),
            )
            for row in drawn.strata.to_dict("records")
        ],
    )
    points = written(100 * drawn.margin(), ".1f")
    show(
        say(
            "If as many answer as expected, a share of 50% has a margin of about {points} percentage points up and "
            "down.",
            points=points,
        )
    )
