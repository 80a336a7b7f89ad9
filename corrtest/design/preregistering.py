"""The preregistration of a study, made from the study and its frozen plan: Markdown and PDF, one a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import jinja2
import typst

from corrtest.design.balance import balance_table
from corrtest.design.employer_load import recorded_caps
from corrtest.design.markup import markdown_to_typst
from corrtest.design.plan import Plan, pairs_quota
from corrtest.design.rated_signals import rating_sentences, unrated_sentence
from corrtest.design.sending_days import lag_range
from corrtest.design.shortfall import shortfall_cause
from corrtest.language import mark
from corrtest.pages import Catalogue, catalogue
from corrtest.spec import Study

__all__ = ["DOCUMENT", "PowerStated", "preregistration", "write_preregistration"]

# The catalogues name the documents that they are complete for.
DOCUMENT = "preregistration"

# What the study's options choose, as messages of the catalogue.
_TESTS_ARE = {
    ("paired", "pairs"): mark("The quotas count pairs: 200 tests are 200 pairs, that is 400 applications."),
    ("paired", "applications"): mark(
        "The quotas count applications: 200 tests are 200 applications, that is 100 pairs."
    ),
    ("unpaired", "pairs"): mark(
        "The quotas count tests of two applications: 200 tests are 200 applications of each arm, that is 400 vacancies."
    ),
    ("unpaired", "applications"): mark(
        "The quotas count applications: 200 tests are 200 applications, 100 of each arm, to 200 vacancies."
    ),
}
_CLUSTER = {
    "employer": mark(
        "Where an employer has more than one of them, intervals and tests are at their number divided by the design "
        "effect 1 + (m - 1) x {correlation:g}, m the mean number at an employer, weighted by that number, as the plan "
        "has it; intervals from the spread between employers (Bell and McCaffrey, 2002) are a check."
    ),
    "employer_and_caller": mark(
        "Where an employer has more than one of them, intervals and tests are at their number divided by the design "
        "effect 1 + (m - 1) x {correlation:g}, m the mean number at an employer, weighted by that number, as the plan "
        "has it; intervals clustered two ways, by employer and by who called (Cameron, Gelbach and Miller, 2011), are "
        "a check."
    ),
    "vacancy": mark("All are analysed as independent: a vacancy is tested once."),
    "none": mark("All are analysed as independent."),
}
_PRIMARY = {
    "strict": mark("The primary outcome is the strict one."),
    "broad": mark("The primary outcome is the broad one."),
}
_MULTIPLICITY = {
    "holm": mark("Holm's method"),
    "benjamini_hochberg": mark("The method of Benjamini and Hochberg (false discovery rate)"),
    "none": mark("No correction"),
}
_ODD_REACTIONS = {
    "as_coded": mark(
        "Automatic answers, bounces, late answers and withdrawn vacancies are analysed as they are coded: an automatic "
        "answer is no reaction of the employer."
    ),
    "left_out": mark(
        "Automatic answers, bounces, late answers and withdrawn vacancies are left out of the main result."
    ),
    "bounded": mark(
        "Automatic answers, bounces, late answers and withdrawn vacancies are analysed as they are coded; beside that "
        "result stand the best and the worst case for them."
    ),
}
_INCIDENTS = {
    "exclude": mark(
        "Tests of which the employer complained or found out, or about which press or lawyers came, are left out of "
        "the main result and counted; the result with them stands beside it."
    ),
    "flag": mark(
        "Tests of which the employer complained or found out, or about which press or lawyers came, are analysed as "
        "they are coded, and counted; the result without them stands beside it."
    ),
}
_MONITORING = {
    None: mark(
        "There is no interim analysis: reactions are not tabulated by arm before the last reaction window has closed."
    ),
    "obrien_fleming": mark(
        "Looks are taken at {looks} of what is planned, with boundaries that spend the two-sided level {alpha:g} after "
        "O'Brien and Fleming (Lan and DeMets, 1983); sending may stop where a boundary is crossed. Between looks "
        "reactions are not tabulated by arm."
    ),
    "pocock": mark(
        "Looks are taken at {looks} of what is planned, with boundaries that spend the two-sided level {alpha:g} after "
        "Pocock (Lan and DeMets, 1983); sending may stop where a boundary is crossed. Between looks reactions are not "
        "tabulated by arm."
    ),
    "e_process": mark(
        "Reactions may be looked at after any pair, by an e-process of the paired sign test: sending may stop where it "
        "exceeds {bound:g} (level {alpha:g}, valid at any time)."
    ),
}


class PowerStated(Protocol):
    """What the preregistration says of the plan's power; the room `power` computes it from what will be published."""

    @property
    def association(self) -> float:
        """The within-pair correlation that is assumed."""

    @property
    def sources(self) -> Mapping[str, Sequence[str]]:
        """Criterion → where its rates come from."""

    def sentences(self, language: str, labels: Mapping[str, Any], /) -> list[str]:
        """Return what each stratum can show, in words."""


def preregistration(plan: Plan, power: PowerStated, language: str = "en") -> str:
    """Return the preregistration of a plan with its power, as Markdown.

    Raises
    ------
    ReportError
        For a language in which it is not written.
    """
    words = catalogue(language, DOCUMENT).with_labels(plan.study.names.own_labels())
    source = files("corrtest.design").joinpath("preregistration/preregistration.md.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 (Markdown, not HTML)
    text = environment.from_string(source).render(_values(plan, power, words), text=words.text, words=words)
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip() + "\n"


def write_preregistration(
    plan: Plan,
    power: PowerStated,
    folder: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    *,
    dated: date | None = None,
) -> list[Path]:
    """Write `preregistration-<language>.md` and `.pdf`; `dated` becomes the PDF's date, so that the bytes are stable.

    Without it the first day of the study's period stands in: a clock would make another file of each call.
    """
    folder = Path(folder)
    texts = {language: preregistration(plan, power, language) for language in languages}
    made = {language: _pdf(text, language, dated or plan.study.period.start) for language, text in texts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language in languages:
        markdown, pdf = (folder / f"preregistration-{language}.{kind}" for kind in ("md", "pdf"))
        markdown.write_text(texts[language], encoding="utf-8")
        pdf.write_bytes(made[language])
        written += [markdown, pdf]
    return written


def _values(plan: Plan, power: PowerStated, words: Catalogue) -> dict[str, Any]:
    """Collect what the template prints."""
    study = plan.study
    count = plan.pairs.groupby(["joint_committee", "criterion"]).size().to_dict()
    quota = pairs_quota(study)
    tested = {criterion for _, criterion in quota}
    return {
        "study": study,
        "manifest": plan.manifest,
        "frozen": plan.manifest.get("frozen"),
        "documents": plan.manifest.get("documents"),
        "amendments": plan.manifest.get("amendments", []),
        "criteria": [
            {"label": words.name("criterion", criterion.name), "levels": criterion.levels}
            for criterion in study.criteria
            if criterion.name in tested
        ],
        "strata": [
            {
                "joint_committee": committee,
                "label": words.name("criterion", criterion),
                "wanted": wanted,
                "planned": int(count.get((committee, criterion), 0)),
            }
            for (committee, criterion), wanted in quota.items()
        ],
        "question": words.one_of([words.name("criterion", c.name) for c in study.criteria if c.name in tested]),
        "shortfalls": [
            {
                "joint_committee": item.joint_committee,
                "label": words.name("criterion", item.criterion),
                "planned": item.planned,
                "wanted": item.wanted,
                "cause": shortfall_cause(
                    item.binding,
                    item.figures,
                    pairing=study.pairing,
                    stratify_by=study.fieldwork.stratify_by,
                    words=words,
                ),
            }
            for item in plan.shortfalls
        ],
        "pairs": len(plan.pairs),
        "wanted": sum(quota.values()),
        "employers": int(plan.pairs["employer"].nunique()),
        "stratify_by": [words.name("field", name) for name in study.fieldwork.stratify_by],
        "strict_labels": [words.name("reaction", name) for name in study.outcomes.strict],
        "broad_labels": [words.name("reaction", name) for name in study.outcomes.broad],
        "other_caps": [record for record in plan.manifest["settings"]["caps"] if recorded_caps(record) != study.caps],
        "lag_drawn": study.fieldwork.lag_days_most > study.fieldwork.lag_days,
        "ratings": [
            *rating_sentences(study.signals(), words),
            *filter(None, [unrated_sentence(study.signals(), words)]),
        ],
        "crossed": [
            words.text(
                "{first} and {second} are crossed: of the four kinds of candidate each vacancy gets two that differ in "
                "one signal. Their interaction is the mean of what each signal does more beside the other one than "
                "alone, on differences of the rates and on logarithms of the ratios; its interval puts those of the "
                "four levels together (Zou and Donner, 2008). It is exploratory, and not adjusted.",
                first=words.title("criterion", each.first.criterion),
                second=words.name("criterion", each.second.criterion),
            )
            for each in study.combinations
        ],
        **_chosen_sentences(study, words),
        "balance": balance_table(plan).sentence(words.language),
        "alpha": 1 - study.analysis.confidence_level,
        "level": 100 * study.analysis.confidence_level,
        "power": power.sentences(words.language, study.names.own_labels()),
        "association": power.association,
        "sources": sorted({source for each in power.sources.values() for source in each}),
    }


def _chosen_sentences(study: Study, words: Catalogue) -> dict[str, str]:
    """Return the sentences that the study's options choose."""
    options = study.analysis
    watched = options.monitoring
    monitoring = words.text(_MONITORING[None])
    if watched is not None:
        looks = ", ".join(words.text("{percent:g} %", percent=100 * look) for look in watched.looks)
        monitoring = words.text(_MONITORING[watched.rule], looks=looks, alpha=watched.alpha, bound=1 / watched.alpha)
    return {
        "tests_are": words.text(_TESTS_ARE[study.pairing, study.fieldwork.tests_are]),
        "lag": _lag(study, words),
        "cluster": words.text(_CLUSTER[options.cluster], correlation=options.employer_correlation),
        "primary": words.text(_PRIMARY[study.outcomes.primary]),
        "multiplicity": words.text(_MULTIPLICITY[options.multiplicity]),
        "odd_reactions": words.text(_ODD_REACTIONS[options.odd_reactions]),
        "incidents": words.text(_INCIDENTS[options.incidents]),
        "late_second": words.text(
            "A pair whose second application goes more than {days} day(s) later than drawn counts and is marked; the "
            "result without such pairs stands beside it.",
            days=study.fieldwork.lag_tolerance_days,
        )
        if study.pairing == "paired"
        else "",
        "monitoring": monitoring,
    }


def _lag(study: Study, words: Catalogue) -> str:
    """Say when the second application of a pair follows."""
    least, most = lag_range(study)
    if most > least:
        return words.text(
            "{least} to {most} days apart (drawn among those that fall on a sending day while the vacancy is open)",
            least=least,
            most=most,
        )
    return words.text("{days} day(s) apart", days=least) if most else words.text("on the same day")


def _pdf(markdown: str, language: str, dated: date) -> bytes:
    source = files("corrtest.design").joinpath("preregistration/page.typ").read_text(encoding="utf-8")
    body = markdown_to_typst(markdown)
    seconds = (dated - date(1970, 1, 1)).days * 86_400
    # Only the fonts inside Typst are used, so that every machine makes the same bytes.
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(input=f'#set text(lang: "{language}")\n{source}\n{body}'.encode(), font_paths=fonts)
    made = compiler.compile(format="pdf", timestamp=seconds)
    return bytes(made) if isinstance(made, bytes) else b"".join(made or ())
