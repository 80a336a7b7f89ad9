"""What `analyse --long` does with more than two candidates: all comparisons at once, and interactions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import probability, say, say_figures, words
from corrtest.errors import AnalysisError

if TYPE_CHECKING:
    from corrtest.analysis import CandidateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class LongColumns:
    """The columns of a long table that the user named."""

    vacancy: str
    candidates: tuple[str, ...]
    positive: str

    @classmethod
    def of(
        cls,
        path: Path,
        long: bool,
        vacancy: str | None,
        candidate: str | None,
        positive: str | None,
        reference: str | None,
    ) -> LongColumns | None:
        """Check that the options of a long table go together; None where the table is not long.

        Raises
        ------
        AnalysisError
            An option is missing, or goes with --long and that is not given.
        """
        given = {"--vacancy": vacancy, "--candidate": candidate, "--positive": positive}
        if not long:
            if reference or any(given.values()):
                raise AnalysisError("--vacancy, --candidate, --positive and --reference go with --long. Add --long.")
            return None
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise AnalysisError(
                f"A long table needs {', '.join(missing)} as well. Write for example: corrtest analyse {path.name} "
                "--long --vacancy offer --candidate origin,gender --positive callback --reference F,Man"
            )
        return cls(vacancy=vacancy or "", candidates=words(candidate), positive=positive or "")


def compare_candidates(
    path: Path, columns: LongColumns, out: Path, all_pairs: bool, four: str | None, confidence_level: float
) -> None:
    """Print what was asked for, and write every comparison to `out`."""
    import pandas as pd

    from corrtest import analysis

    table = analysis.read_candidates(
        path, vacancy=columns.vacancy, candidates=columns.candidates, positive=columns.positive
    )
    if four is not None:
        _show_interaction(table, four, confidence_level)
    if not all_pairs:
        return
    results = analysis.analyse_candidates(table, confidence_level=confidence_level)
    test = analysis.cochran_q(table)
    if test.pvalue is None:
        say(f"Cochran's Q: {test.note}")
    else:
        say(
            f"Cochran's Q over {len(table.names)} candidates of {test.vacancies} vacancies: {test.statistic:.3f} on "
            f"{test.df} degrees of freedom, {probability(test.pvalue)} that all have the same positive rate."
        )
    say_figures("Every two candidates (ratio of the first to the second)", analysis.comparisons_frame(results))
    shares = [(group.level, analysis.components(group)) for group in results.groups]
    for component in ("matched rates", "total shares", "exclusive shares"):
        rows = [frame[frame["component"] == component].assign(comparison=level) for level, frame in shares]
        say_figures(component.capitalize(), pd.concat(rows)[["comparison", "denominator", "control", "treated"]])
    for note in results.notes:
        say(f"* {note}")
    results.write(out)
    say(f"Wrote {len(results.groups)} comparisons to {out}.")


def _show_interaction(table: CandidateTable, four: str, confidence_level: float) -> None:
    from corrtest import analysis

    names = [",".join(part.strip() for part in name.split(",")) for name in four.split(";")]
    if len(names) != 4 or not all(names):
        raise AnalysisError(
            f"An interaction takes four candidates by semicolons, and '{four}' has {len(names)}. Write for example "
            "--interaction 'F,Man;F,Woman;M,Man;M,Woman'."
        )
    neither, first, second, both = names
    found = analysis.interaction(
        table, neither=neither, first=first, second=second, both=both, confidence_level=confidence_level
    )
    say_figures("Interaction of the two criteria", found.to_frame())
    say(found.summary())
