"""`analyse`: from a pairs table to results; `two_by_two`: every statistic of one table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from corrtest.analysis.concentration import concentrations
from corrtest.analysis.designs.paired.counting import MarginCounts
from corrtest.analysis.designs.paired.estimating import group_results
from corrtest.analysis.early_looks import monitor
from corrtest.analysis.every_margin import Margin, every_margin
from corrtest.analysis.families import adjusted_families
from corrtest.analysis.further import DEFAULT_SEED, Further
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.membership import Membership
from corrtest.analysis.odd_reactions import counted as counted_odd
from corrtest.analysis.odd_reactions import odd_rows, without_incidents, without_odd_reactions
from corrtest.analysis.pooling.strata import StrataResult, pool_every_criterion
from corrtest.analysis.preregistered import Choices, says_simulated
from corrtest.analysis.randomisation import Draw, Randomised
from corrtest.analysis.read import StudyTable
from corrtest.analysis.results import Results, shortfall_record
from corrtest.analysis.robustness import Main, Other, Setting, other_rows, robustness_rows
from corrtest.analysis.rows import DEFAULT_OUTCOMES, words
from corrtest.analysis.sending_weeks import sending_weeks
from corrtest.analysis.tables import FloatArray, PairedTables, normal_quantile
from corrtest.analysis.weights import given_weights
from corrtest.errors import AnalysisError, Fault, nearest
from corrtest.language import keep, say
from corrtest.spec import EMPLOYER_AND_CALLER, INCIDENT, REACTIONS

# Fewer callers than this leave an interval too short where callers differ (analysis/telephone).
FEW_CALLERS = 4
# Beyond, limits of different methods no longer differ in what a float can hold.
MOST_PAIRS = 10**12


def analyse(
    table: StudyTable,
    *,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    by: Sequence[str] = (),
    confidence_level: float | None = None,
    all_methods: bool = False,
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    multiplicity: str | None = None,
    odd_reactions: str | None = None,
    incidents: str | None = None,
    bootstrap: int = 0,
    seed: int = DEFAULT_SEED,
    randomisation: Draw | None = None,
    study: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    shortfalls: Iterable[Any] = (),
    fieldwork: Sequence[Mapping[str, Any]] = (),
    simulated: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> Results:
    """Estimate discrimination in every group of a study's table.

    Groups are made by sector × criterion, × level, × joint committee, and both, for each outcome; a table from
    `read_long` gets one group a comparison. With them come the joint committees pooled and shrunken, the ratio under
    other choices than the main one, the p-values adjusted over the preregistered families, and the state of early
    looks where the study preregistered any.

    Parameters
    ----------
    table : PairsTable or ApplicationsTable
        From `read_pairs`, `read_long` or `pairs_table`.
    outcomes : mapping of str to reactions, optional
        Which reactions count as positive, per outcome: those of the study, else strict (invitation) and broad
        (invitation, other_positive). A table with 0/1 columns has one outcome of its own.
    by : sequence of str
        More columns; each adds the margin sector × criterion × column.
    confidence_level : float, optional
        Of all intervals: the study's, else 0.95.
    all_methods : bool
        Give every method; else the defaults: Wilson adjusted, Tango, Tang, the net rate's Tango, the odds ratio's
        Wilson, and McNemar's mid-p and exact tests (Fagerland, Lydersen and Laake 2014).
    cluster : str or sequence of str, optional
        "employer" clusters a group in which an employer has more than one row (where the table knows none, by its
        column `vacancy` if it has one); "vacancy" by the column of that name
        (each row is a vacancy of its own where the table has none); "none" takes all rows as independent; the name of
        another column clusters by it, and two names by both (two-way). The second may be one of which a pair has a
        value for each arm, as "caller"; "employer_and_caller" is these two. The study's, else "employer".
    weights : str, optional
        The column of sampling weights, which carry the tested vacancies over to all vacancies of the sector (the
        inverse of each vacancy's chance to be drawn). Estimates are then weighted, with linearised intervals;
        counts are not.
    multiplicity : "holm", "benjamini_hochberg" or "none", optional
        How p-values are adjusted over their family: the study's, else "holm".
    odd_reactions : "as_coded", "left_out" or "bounded", optional
        What is done with automatic answers, bounces, late answers and withdrawn vacancies: the study's, else
        "as_coded". "left_out" leaves them out of every group; the others show that choice beside the result.
    incidents : "exclude" or "flag", optional
        Whether pairs of which the employer complained or found out (`status` "incident") are left out of every group,
        or stay in: the study's, else "exclude". The other choice stands beside the result.
    bootstrap : int
        Replicates of the cluster bootstrap, whose intervals follow the others of each estimate; 0 for none.
    seed : int
        Of the bootstrap.
    randomisation : "independent" or "counterbalanced", optional
        Also test each group by the draw of the sending order (`randomisation`).
    study, plan, shortfalls, fieldwork, simulated, inputs
        Carried into the results as given: the study's description, the plan's manifest, quotas not reached, what became
        of every planned test (`corrtest.spec.read_fieldwork_account`), whether the reactions are simulated (also where
        a column of the table says so), and hashes of whatever else the results rest on. A choice that departs from the
        study's description is noted as a departure.

    Raises
    ------
    AnalysisError
        An outcome names an unknown reaction, a choice does not exist, or the confidence level is no level.
    """
    choices = Choices.of(
        study,
        confidence_level=confidence_level,
        cluster=cluster,
        multiplicity=multiplicity,
        odd_reactions=odd_reactions,
        incidents=incidents,
        weights=weights,
    )
    normal_quantile(choices.confidence_level)
    registered = (study or {}).get("outcomes")
    chosen = {name: tuple(words) for name, words in (outcomes or registered or DEFAULT_OUTCOMES).items()}
    _require_reactions(chosen)
    received = table
    if choices.incidents == "exclude":
        table = without_incidents(table)
    every = table
    if choices.odd_reactions == "left_out":
        table = without_odd_reactions(table)
    clustering = _known_clusters(choices.cluster, table)
    clusters = _cluster_columns(clustering, table)
    weighting = None if weights is None else _weights(table, weights)
    positives = table.outcomes(chosen)
    margins = every_margin(
        table,
        positives,
        by=by,
        cluster_by=clusters or ("employer",),
        spread=(all_methods or clusters != ("employer",)) if clusters else None,
        correlation=choices.correlation,
        confidence_level=choices.confidence_level,
        all_methods=all_methods,
        weights=weighting,
    )
    further = Further(
        bootstrap=bootstrap, seed=seed, drawn=None if randomisation is None else Randomised(table, randomisation)
    )
    groups: list[GroupResult] = []
    strata: list[StrataResult] = []
    first: Margin | None = None
    fields: dict[str, None] = {}
    for margin in margins:
        first = first or margin
        fields.update(dict.fromkeys(margin.grouping.fields))
        groups += further.groups(margin, positives)
        if not {"level", *by} & set(margin.grouping.fields):
            strata += _pooled(margin, choices, cluster=bool(clusters))
    lacking = tuple(shortfall_record(shortfall) for shortfall in shortfalls)
    setting = Setting(
        outcomes=chosen,
        confidence_level=choices.confidence_level,
        cluster_by=clusters or ("employer",),
        clustered=bool(clusters),
        correlation=choices.correlation,
        odd_reactions=choices.odd_reactions,
        weights=None if weights is None else _weights(every, weights),
    )
    comparisons = table.one_group_a_comparison
    return Results(
        groups=tuple(groups),
        design=table.design.name,
        inputs=_inputs(
            table,
            chosen,
            choices,
            {
                "employer_correlation": choices.correlation,
                "cluster": clustering if isinstance(clustering, str) else list(clustering),
                **({} if weights is None else {"weights": weights}),
                **({"bootstrap": {"replicates": bootstrap, "seed": seed}} if bootstrap else {}),
                **({} if randomisation is None else {"randomisation": randomisation}),
                **(inputs or {}),
            },
        ),
        notes=(
            *table.notes,
            *_odd_note(table, choices),
            *_incident_note(table),
            *_caller_notes(table, choices),
            *choices.departures,
        ),
        simulated=simulated or table.simulated or says_simulated(study, plan),
        study=_with_departures(study, choices),
        plan=plan,
        shortfalls=lacking,
        strata=tuple(pooled.to_dict() for pooled in strata),
        robustness=()
        if comparisons or first is None
        else tuple(
            robustness_rows(
                every,
                Main(table=table, positives=positives, margin=first),
                setting,
                _others(received, every, choices, setting, weights),
            )
        ),
        concentration=()
        if comparisons or first is None
        else tuple(each.to_dict() for each in concentrations(first, choices.confidence_level)),
        multiplicity=adjusted_families(groups, method=choices.multiplicity, study=study, comparisons=comparisons),
        monitoring=None if choices.rule is None else monitor(table, study, lacking),
        membership=Membership.of(every, tuple(fields)),
        fieldwork=_fieldwork(received, fieldwork),
    )


def two_by_two(
    both: int,
    control_only: int,
    treated_only: int,
    neither: int,
    *,
    confidence_level: float = 0.95,
    all_methods: bool = True,
) -> GroupResult:
    """Compute every statistic of one paired table.

    Examples
    --------
    Carlsson and Rooth's table for Sweden: 239 firms invited both, 217 the Swedish name alone, 66 the other alone.

    >>> group = two_by_two(239, 217, 66, 1030)
    >>> round(group.estimate("discrimination_ratio").value, 3)
    0.669
    >>> round(group.estimate("net_discrimination_rate").value, 3)
    0.289
    >>> round(group.estimate("net_discrimination_rate_all_pairs").value, 3)
    0.097
    """
    for name, value in zip(
        ("BOTH", "CONTROL_ONLY", "TREATED_ONLY", "NEITHER"),
        (both, control_only, treated_only, neither),
        strict=True,
    ):
        if int(value) != value or value < 0:
            raise AnalysisError(
                say("{name} is {value}; expected a whole number of pairs, 0 or more.", name=name, value=value),
            )
    if both + control_only + treated_only + neither > MOST_PAIRS:
        raise AnalysisError(
            say(
                "The table has {pairs:g} pairs; up to {most:g} can be computed with. Check the counts.",
                pairs=float(both + control_only + treated_only + neither),
                most=float(MOST_PAIRS),
            )
        )
    counts = MarginCounts(
        fields=(),
        keys=((),),
        tables=PairedTables.of([both], [control_only], [treated_only], [neither]),
        clusters=None,
    )
    return group_results(counts, "positive", confidence_level=confidence_level, all_methods=all_methods)[0]


def _known_clusters(cluster: str | Sequence[str], table: StudyTable) -> str | Sequence[str]:
    """Return what to cluster by, as asked; of a table that knows vacancies and no employers, the vacancy."""
    known = table.frame
    if cluster == EMPLOYER_AND_CALLER and not _callers(table):
        return "employer"
    # A long table knows no employer; where its applications are rows, those of a vacancy answer together.
    return "vacancy" if cluster == "employer" and "employer" not in known and "vacancy" in known else cluster


def _cluster_columns(cluster: str | Sequence[str], table: StudyTable) -> tuple[str, ...]:
    """Return the columns to cluster by; none where all rows are independent."""
    names = (cluster,) if isinstance(cluster, str) else tuple(cluster)
    if names == ("none",):
        return ()
    if names == (EMPLOYER_AND_CALLER,):
        return "employer", "caller"
    if not 1 <= len(names) <= 2 or len(set(names)) != len(names):
        raise AnalysisError(say("Cluster by one column, or by two different ones."))
    # One pair (or one application, in an unpaired study) goes to a vacancy: without a column each row is its own.
    return () if names == ("vacancy",) and "vacancy" not in table.frame else names


def _pooled(margin: Margin, choices: Choices, *, cluster: bool) -> list[StrataResult]:
    return [
        pooled
        for counted in margin.counted.values()
        for pooled in pool_every_criterion(
            counted,
            confidence_level=choices.confidence_level,
            correlation=choices.correlation,
            cluster=cluster,
        )
    ]


def _with_departures(study: Mapping[str, Any] | None, choices: Choices) -> Mapping[str, Any] | None:
    """Return the study's description with departures among its deviations, which the report prints."""
    if study is None or not choices.departures:
        return study
    return {**study, "deviations": [*(study.get("deviations") or ()), *choices.departures]}


def _fieldwork(every: StudyTable, strata: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is known of the fieldwork; of every test, odd reactions or not."""
    found = {"strata": [dict(stratum) for stratum in strata], "weeks": list(sending_weeks(every))}
    return {name: rows for name, rows in found.items() if rows}


def _callers(table: StudyTable) -> set[str]:
    """Return who called, as far as the table says so."""
    return {word for frame in table.frames_by_arm() if "caller" in frame for word in words(frame["caller"])}


def _caller_notes(table: StudyTable, choices: Choices) -> tuple[str, ...]:
    """Say that few called, or that nobody did although the study clusters by who called."""
    number = len(_callers(table))
    if not number and choices.cluster == EMPLOYER_AND_CALLER:
        return (keep("The table names nobody who called: intervals allow for employers alone."),)
    if 0 < number < FEW_CALLERS:
        return (
            keep(
                "Only {number} people called: read every interval with care, since so few do not speak for callers in "
                "general.",
                number=number,
            ),
        )
    return ()


def _odd_note(table: StudyTable, choices: Choices) -> tuple[str, ...]:
    """Count the odd reactions that the result still holds."""
    if choices.odd_reactions == "left_out" or table.one_group_a_comparison or not odd_rows(table).any():
        return ()
    beside = (
        keep("with the best and the worst case beside them") if choices.odd_reactions == "bounded" else keep("as coded")
    )
    return (keep("Odd reactions, {beside}: {counted}.", beside=beside, counted=counted_odd(table)),)


def _others(
    received: StudyTable, every: StudyTable, choices: Choices, setting: Setting, weights: str | None
) -> list[Other]:
    """Return the other choices about whole rows that make a difference."""
    return [
        Other(
            choice=choice,
            table=table,
            setting=dataclasses.replace(setting, weights=None if weights is None else _weights(table, weights)),
        )
        for choice, table in other_rows(received, every, choices.incidents)
    ]


def _incident_note(table: StudyTable) -> tuple[str, ...]:
    """Count the rows with an incident that the result still holds."""
    count = int(table.marked(INCIDENT).sum())
    if not count:
        return ()
    return (keep("With an incident, and counted: {count} {rows}.", count=count, rows=table.design.rows),)


def _inputs(
    table: StudyTable,
    outcomes: Mapping[str, Sequence[str]],
    choices: Choices,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "pairs": dict(table.source),
        "outcomes": {} if table.reactions is None else {name: list(words) for name, words in outcomes.items()},
        "confidence_level": choices.confidence_level,
        "odd_reactions": choices.odd_reactions,
        "incidents": choices.incidents,
        "versions": {name: version(name) for name in ("corrtest", "numpy", "pandas", "scipy")},
        **more,
    }


def _weights(table: StudyTable, column: str) -> FloatArray:
    return given_weights(table.frame, column, say("Give every pair the inverse of its vacancy's chance to be drawn."))


def _require_reactions(outcomes: Mapping[str, Sequence[str]]) -> None:
    faults = [
        Fault(
            key=f"outcomes.{name}",
            given=repr(word),
            expected=say("one of {words}", words=", ".join(REACTIONS)),
            action=nearest(word, REACTIONS),
        )
        for name, words in outcomes.items()
        for word in words
        if word not in REACTIONS
    ]
    if faults:
        raise AnalysisError(say("An outcome names a reaction that does not exist."), faults)
