"""How far the fieldwork is: per stratum, caps, and the response so far with both arms taken together."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.language import say
from corrtest.register.clock import day
from corrtest.register.employers.incidents import concerned, read_incidents
from corrtest.register.events.acts import STATES
from corrtest.register.events.ledger import read_head
from corrtest.register.events.life import FAVOUR
from corrtest.register.fieldwork import caps, gate
from corrtest.register.fieldwork.lateness import days_beyond, late_by
from corrtest.register.store import schema
from corrtest.spec import FieldworkCount, Study

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c
# How many were sent, whatever became of them since: a count that no later state lowers.
WENT_OUT = "went_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where the study stands.

    `strata` counts applications by state, and those that went out, whatever their state is now; `caps` counts employers
    by pairs received; `reactions` counts reactions over both arms together: who looks at the difference before the
    stopping point is tempted to stop when it suits. `waits_for` is what must be on record before anything goes out.
    `incidents` has those of the study and those of its employers that another study put on record, with the number of
    pairs that each marks; what happened stands in the audit trail.
    """

    study: str
    approved: bool
    audited: bool
    waits_for: tuple[gate.Hurdle, ...]
    events: int
    head: str
    strata: pd.DataFrame
    caps: pd.DataFrame
    reactions: pd.DataFrame
    simulated: bool
    late_withdrawals: int
    late_seconds: int
    incidents: pd.DataFrame

    @property
    def count(self) -> FieldworkCount:
        """The applications in all, those still to be sent, and those that are out and not closed."""
        states = self.strata.drop(columns=["joint_committee", "criterion", WENT_OUT]).sum()
        return FieldworkCount(
            approved=self.approved,
            audited=self.audited,
            applications=int(states.sum()),
            to_send=int(states["planned"] + states["claimed"]),
            open=int(states["sent"] + states["withdrawn"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain objects."""
        return {
            "study": self.study,
            "approved": self.approved,
            "waits_for": [asdict(hurdle) for hurdle in self.waits_for],
            "events": self.events,
            "head": self.head,
            "simulated": self.simulated,
            "late_withdrawals": self.late_withdrawals,
            "late_seconds": self.late_seconds,
            "incidents": self.incidents.to_dict("records"),
            "strata": self.strata.to_dict("records"),
            "caps": self.caps.to_dict("records"),
            "reactions": self.reactions.to_dict("records"),
        }

    def picture(self) -> bytes:
        """Return progress per stratum as an SVG image, the same bytes for the same status."""
        import matplotlib as mpl  # noqa: PLC0415  (heavy, and needed for the picture only)
        from matplotlib.figure import Figure  # noqa: PLC0415

        done = ["sent", "withdrawn", "closed"]
        parts = {
            "sent": self.strata[done].sum(axis=1),
            "claimed": self.strata["claimed"],
            "planned": self.strata["planned"],
            "failed or skipped": self.strata[["failed", "skipped"]].sum(axis=1),
        }
        colours = ("#0072B2", "#E69F00", "#DDDDDD", "#D55E00")
        labels = [f"{row.joint_committee} {row.criterion}" for row in self.strata.itertuples()]
        figure = Figure(figsize=(8, 1.2 + 0.4 * len(labels)), layout="constrained")
        axes = figure.subplots()
        left = pd.Series(0, index=self.strata.index)
        for (name, values), colour in zip(parts.items(), colours, strict=True):
            axes.barh(labels, values, left=left, color=colour, label=name)
            left = left + values
        axes.invert_yaxis()
        axes.set_xlabel("applications")
        label = say(" (SIMULATED)") if self.simulated else ""
        axes.set_title(
            say("{study}: progress per stratum{label}", study=self.study, label=label), loc="left", fontsize=10
        )
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=4, frameon=False, fontsize=8)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        image = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "corrtest", "svg.fonttype": "none"}):
            figure.savefig(image, format="svg", metadata={"Date": None, "Creator": "corrtest"})
        return image.getvalue()


def status(connection: Connection, study_ref: int, study: Study) -> Status:
    """Count where the study stands."""
    joined = sa.join(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    mine = _P.study_ref == study_ref
    rows = connection.execute(
        sa.select(
            _P.joint_committee,
            _P.criterion,
            _A.state,
            sa.func.count().label("number"),
            sa.func.count(_A.sent_at).label("out"),
        )
        .select_from(joined)
        .where(mine)
        .group_by(_P.joint_committee, _P.criterion, _A.state)
    )
    strata: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counts = strata.setdefault((row.joint_committee, row.criterion), Counter())
        counts[row.state] += row.number
        counts[WENT_OUT] += row.out
    table = [
        {"joint_committee": committee, "criterion": criterion, **{name: counts[name] for name in (*STATES, WENT_OUT)}}
        for (committee, criterion), counts in sorted(strata.items())
    ]
    found: dict[str | None, int] = {
        row[0]: row[1]
        for row in connection.execute(
            sa.select(_A.reaction, sa.func.count())
            .select_from(joined)
            .where(mine, _A.reaction.is_not(None))
            .group_by(_A.reaction)
        )
    }
    simulated = connection.execute(sa.select(sa.func.max(_A.simulated)).select_from(joined).where(mine)).scalar_one()
    end, row = read_head(connection), gate.study_row(connection, study_ref)
    return Status(
        study=study.name,
        approved=row.ethics_reference is not None,
        audited=row.audit_sha256 is not None,
        waits_for=gate.hurdles(row),
        events=end.seq,
        head=end.hash,
        strata=pd.DataFrame(table, columns=["joint_committee", "criterion", *STATES, WENT_OUT]),
        caps=_cap_use(connection, study_ref, study),
        reactions=pd.DataFrame(
            [
                (word, int(found.get(word, 0)))
                for word in reversed(FAVOUR)
                if word in study.reactions and word != "none"
            ],
            columns=["reaction", "applications"],
        ),
        simulated=bool(simulated) or study.simulated,
        late_withdrawals=_late_withdrawals(connection, study_ref, study),
        late_seconds=_late_seconds(connection, study_ref, study),
        incidents=_incidents(connection, study_ref),
    )


def _incidents(connection: Connection, study_ref: int) -> pd.DataFrame:
    """Return each incident that concerns the study; names and reasons stay where few people read."""
    found = read_incidents(connection)
    pairs = concerned(connection, study_ref, found)
    rows = [
        (each.number, day(each.at).isoformat(), each.kind, len(pairs.get(each.number, ())), each.person)
        for each in found
        if each.number in pairs or each.study_ref == study_ref
    ]
    return pd.DataFrame(rows, columns=["number", "day", "incident", "pairs", "person"])


def _late_withdrawals(connection: Connection, study_ref: int, study: Study) -> int:
    """Count the employers' invitations that were answered later than the study allows."""
    query = (
        sa.select(_A.positive_at, _A.withdrawn_at)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_P.study_ref == study_ref, _A.positive_at.is_not(None), _A.withdrawn_at.is_not(None))
    )
    allowed = study.fieldwork.withdraw_within_hours
    return sum(late_by(row.positive_at, row.withdrawn_at, allowed) is not None for row in connection.execute(query))


def _late_seconds(connection: Connection, study_ref: int, study: Study) -> int:
    """Count the pairs whose second letter followed later than the study tolerates."""
    first, second = schema.application.alias("first"), schema.application.alias("second")
    query = (
        sa.select(first.c.due_on, second.c.due_on, first.c.sent_at, second.c.sent_at)
        .join_from(first, second, first.c.pair_ref == second.c.pair_ref)
        .join(schema.pair, _P.pair_ref == first.c.pair_ref)
        .where(_P.study_ref == study_ref, first.c.position == 1, second.c.position == 2)
        .where(first.c.sent_at.is_not(None), second.c.sent_at.is_not(None))
    )
    tolerated = study.fieldwork.lag_tolerance_days
    return sum(days_beyond(*row) > tolerated for row in connection.execute(query))


def _cap_use(connection: Connection, study_ref: int, study: Study) -> pd.DataFrame:
    """Return how many employers have had 0, 1, 2, … pairs over all studies, and how many reached their cap."""
    mine = (
        sa.select(_E.group_ref).join(schema.pair, _P.employer_ref == _E.employer_ref).where(_P.study_ref == study_ref)
    )
    had = sa.select(sa.func.count()).where(schema.employer_load.c.group_ref == _E.group_ref).scalar_subquery()
    query = (
        sa.select(_E.group_ref, sa.func.max(_E.employees).label("employees"), had.label("pairs"))
        .where(_E.group_ref.in_(mine))
        .group_by(_E.group_ref)
    )
    employers: Counter[int] = Counter()
    reached: Counter[int] = Counter()
    for row in connection.execute(query):
        employers[row.pairs] += 1
        reached[row.pairs] += row.pairs >= caps.limit(study.caps, row.employees).total
    rows = [(pairs, employers[pairs], reached[pairs]) for pairs in sorted(employers)]
    return pd.DataFrame(rows, columns=["pairs_received", "employers", "at_their_cap"])
