"""The verb vacancies columns: which columns vacancies have, and which headers are known for each."""

from __future__ import annotations

from corrtest.cli.options import AsJson
from corrtest.cli.output import show_json, show_table
from corrtest.language import current, say


def columns(as_json: AsJson = False) -> None:
    """List the columns of vacancies, what each means, and the headers that are known for it without being asked."""
    from corrtest.spec import DICTIONARY_LANGUAGES, listed, table_columns

    headers = listed("headers")
    language = current() if current() in DICTIONARY_LANGUAGES else "en"
    rows = [
        (
            column.name,
            column.needed_in("vacancies"),
            column.description[language],
            ", ".join(row["header"] for row in headers if row["column"] == column.name),
        )
        for column in table_columns("vacancies")
    ]
    if as_json:
        show_json([dict(zip(("column", "needed", "meaning", "headers"), row, strict=True)) for row in rows])
        return
    show_table(say("Columns of vacancies"), (say("column"), say("needed"), say("meaning")), [row[:3] for row in rows])
    show_table(say("Headers that are known for it"), (say("column"), say("header")), [(row[0], row[3]) for row in rows])
