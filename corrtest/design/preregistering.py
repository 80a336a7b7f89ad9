"""The preregistration of a study, made from the study and its frozen plan: Markdown and PDF, Dutch and English."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import typst

from corrtest.design.balance import balance_table
from corrtest.design.decimals import decimal
from corrtest.design.employer_load import recorded_caps
from corrtest.design.markup import markdown_to_typst
from corrtest.design.plan import Plan, pairs_quota
from corrtest.design.sending_days import lag_range
from corrtest.design.shortfall import shortfall_cause
from corrtest.design.study_power import power_of_study
from corrtest.errors import DesignError, nearest
from corrtest.pages import catalogue
from corrtest.spec import Study

__all__ = ["LANGUAGES", "preregistration", "write_preregistration"]

LANGUAGES = ("nl", "en")


def preregistration(plan: Plan, language: str = "en") -> str:
    """Give the preregistration as Markdown.

    Raises
    ------
    DesignError
        For a language in which it is not written.
    """
    if language not in LANGUAGES:
        raise DesignError(f"There is no preregistration in '{language}'. {nearest(language, LANGUAGES)}")
    folder = files("corrtest.design").joinpath("preregistration")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)
    template = environment.from_string(folder.joinpath(f"{language}.md.j2").read_text(encoding="utf-8"))
    text = template.render(_values(plan, language))
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip() + "\n"


def write_preregistration(
    plan: Plan, folder: str | Path, languages: Sequence[str] = LANGUAGES, *, dated: date | None = None
) -> list[Path]:
    """Write `preregistration-<language>.md` and `.pdf`; `dated` becomes the PDF's date, so that the bytes are stable.

    Without it the first day of the study's period stands in: a clock would make another file of each call.
    """
    folder = Path(folder)
    texts = {language: preregistration(plan, language) for language in languages}
    made = {language: _pdf(text, language, dated or plan.study.period.start) for language, text in texts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language in languages:
        markdown, pdf = (folder / f"preregistration-{language}.{kind}" for kind in ("md", "pdf"))
        markdown.write_text(texts[language], encoding="utf-8")
        pdf.write_bytes(made[language])
        written += [markdown, pdf]
    return written


def _values(plan: Plan, language: str) -> dict[str, Any]:
    """Collect what the templates print."""
    study = plan.study
    text = files("corrtest.design").joinpath("preregistration/words.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)[language]

    def label(word: str) -> str:
        return str(words["labels"].get(word, word))

    power = power_of_study(study)
    count = plan.pairs.groupby(["joint_committee", "criterion"]).size().to_dict()
    strata = [
        {
            "joint_committee": committee,
            "criterion": criterion,
            "label": label(criterion),
            "wanted": wanted,
            "planned": int(count.get((committee, criterion), 0)),
        }
        for (committee, criterion), wanted in pairs_quota(study).items()
    ]
    tested = {criterion for _, criterion in pairs_quota(study)}
    return {
        "study": study,
        "manifest": plan.manifest,
        "frozen": plan.manifest.get("frozen"),
        "amendments": plan.manifest.get("amendments", []),
        "criteria": [
            {"name": criterion.name, "label": label(criterion.name), "levels": criterion.levels}
            for criterion in study.criteria
            if criterion.name in tested
        ],
        "strata": strata,
        "question": _either([label(c.name) for c in study.criteria if c.name in tested], words["or"]),
        "shortfalls": [
            {
                "joint_committee": item.joint_committee,
                "criterion": item.criterion,
                "label": label(item.criterion),
                "planned": item.planned,
                "wanted": item.wanted,
                "cause": shortfall_cause(
                    item.binding,
                    item.figures,
                    pairing=study.pairing,
                    stratify_by=study.fieldwork.stratify_by,
                    words=catalogue(language),
                ),
            }
            for item in plan.shortfalls
        ],
        "pairs": len(plan.pairs),
        "wanted": sum(pairs_quota(study).values()),
        "employers": int(plan.pairs["employer_id"].nunique()),
        "stratify_by": study.fieldwork.stratify_by,
        "stratify_labels": [label(name) for name in study.fieldwork.stratify_by],
        "strict_labels": [label(name) for name in study.outcomes.strict],
        "broad_labels": [label(name) for name in study.outcomes.broad],
        "unpaired": study.pairing == "unpaired",
        "other_caps": [record for record in plan.manifest["settings"]["caps"] if recorded_caps(record) != study.caps],
        "lag_drawn": study.fieldwork.lag_days_most > study.fieldwork.lag_days,
        **_chosen_words(study, words, language),
        "balance": balance_table(plan).sentence(language),
        "alpha": f"{1 - study.analysis.confidence_level:.3g}",
        "level": f"{100 * study.analysis.confidence_level:g}",
        "power": power.sentences(language),
        "association": power.first.association,
        "sources": sorted({source for each in power.sources.values() for source in each}),
    }


def _either(names: Sequence[str], joiner: str) -> str:
    """Give "a, b or c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joiner} {names[-1]}"


def _chosen_words(study: Study, words: dict[str, Any], language: str) -> dict[str, str]:
    """Give the sentences that the study's options choose."""
    least, most = lag_range(study)
    options = study.analysis
    watched = options.monitoring
    lag = "drawn" if most > least else "fixed" if most else "none"
    monitoring = words["monitoring"]["none" if watched is None else watched.rule]
    if watched is not None:
        looks = ", ".join(f"{100 * look:g} %" for look in watched.looks)
        monitoring = monitoring.format(
            looks=looks, alpha=decimal(f"{watched.alpha:g}", language), bound=f"{1 / watched.alpha:g}"
        )
    return {
        "rows": words["rows"][study.pairing],
        "tests_are": words["tests_are"][f"{study.pairing}_{study.fieldwork.tests_are}"],
        "lag": words["lag"][lag].format(least=least, most=most),
        "cluster": words["cluster"][options.cluster],
        "multiplicity": words["multiplicity"][options.multiplicity],
        "odd_reactions": words["odd_reactions"][options.odd_reactions],
        "monitoring": monitoring,
    }


def _pdf(markdown: str, language: str, dated: date) -> bytes:
    source = files("corrtest.design").joinpath("preregistration/page.typ").read_text(encoding="utf-8")
    body = markdown_to_typst(markdown)
    seconds = (dated - date(1970, 1, 1)).days * 86_400
    # Only the fonts inside Typst are used, so that every machine makes the same bytes.
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(input=f'#set text(lang: "{language}")\n{source}\n{body}'.encode(), font_paths=fonts)
    made = compiler.compile(format="pdf", timestamp=seconds)
    return bytes(made) if isinstance(made, bytes) else b"".join(made or ())
