"""What CVs have in common and in what they differ: the figures of 1,000 applications of one occupation.

Run: python analysis/documents/careers.py [--language nl] [--occupation painter …] [--pairs 500] [--out careers.csv]

For each occupation: names of firms and of schools, and the largest share of CVs that name the same one; differences in
years of birth within pairs where age is not what is tested; the share of CVs with each part that people leave out, arm
by arm; and standardised differences between the arms of words, characters, lines, jobs, skills and pages of the CV, for
the whole and for each criterion alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
from documents.make import plan

from corrtest.generator import Persona, draw_pair, plan_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.length_balance import lengths, standardised_differences
from corrtest.generator.resume import GAP_KEY, OUTSIDE_KEY
from corrtest.generator.twins import Taken
from corrtest.resources import template_set_names
from corrtest.spec import ARMS, SHIPPED

SEED = 16


def parts(persona: Persona) -> dict[str, bool]:
    """Return which of the parts that people leave out a CV has."""
    document = persona.document
    more, work = document["x-application"], document["work"]
    return {
        "profile": bool(document["basics"]["summary"]),
        "licence": bool(more["licence"]),
        "own car": bool(more["ownCar"]),
        "nationality": bool(more["nationality"]),
        "languages": bool(document["languages"]),
        "certificates": bool(document["certificates"]),
        "interests": bool(document["interests"]),
        "references": bool(document.get("references")),
        "part-time work": any("(" in entry["position"] for entry in work),
        "a gap with its reason": any(GAP_KEY in entry for entry in work),
        "a job besides school": any(OUTSIDE_KEY in entry for entry in work),
        "two pages": more["twoPages"],
        "work before all": more["order"][0] == "work",
        "schooling before work": more["order"].index("education") < more["order"].index("work"),
    }


def largest(counts: Counter[str], of: int) -> str:
    """Return how many names there are, and the share of CVs with the most frequent one."""
    if not counts:
        return "none"
    name, most = counts.most_common(1)[0]
    return f"{len(counts)} names, at most {most / of:.1%} ({name})"


def figures(occupation: str, language: str, pairs: int) -> dict[str, object]:
    """Return the figures of a study of one occupation, three criteria, two pairs an employer."""
    maker = DocumentMaker(template_set_names(language), language, ())
    taken: dict[str, Taken] = {}
    firms, places, schools, years = Counter[str](), Counter[str](), Counter[str](), Counter[int]()
    having: dict[str, list[dict[str, bool]]] = {arm: [] for arm in ARMS}
    sizes: dict[str, dict[str, list[dict[str, float]]]] = {}
    for pair in plan_pairs(plan(occupation, pairs, language), SEED):
        people = draw_pair(SEED, pair, language=language, taken=taken.setdefault(pair.employer_id, Taken()))
        if pair.criterion != "age":
            years[abs(people[0].born.year - people[1].born.year)] += 1
        for person in people:
            names = {str(entry["name"]) for entry in person.document["work"] if entry["name"]}
            firms.update(name for name in names if not name[0].islower())
            places.update(names)
            schools.update({str(entry["institution"]) for entry in person.document["education"]})
            having[person.arm].append(parts(person))
            size = lengths(person, maker.draft(pair, person).application)
            size["cv pages"] = 2 if person.document["x-application"]["twoPages"] else 1
            kept = {name: value for name, value in size.items() if name.startswith("cv") or name in ("jobs", "skills")}
            for group in ("all", pair.criterion):
                sizes.setdefault(group, {arm: [] for arm in ARMS})[person.arm].append(kept)
    count = 2 * pairs
    found: dict[str, object] = {"occupation": occupation, "language": language, "applications": count}
    found |= {"firms": largest(firms, count), "workplaces": largest(places, count), "schools": largest(schools, count)}
    found |= {f"born {gap} years apart": years[gap] / sum(years.values()) for gap in range(4)}
    for name in having["control"][0]:
        for arm in ARMS:
            found[f"{name}, {arm}"] = sum(each[name] for each in having[arm]) / pairs
    for group, arms in sizes.items():
        differences = standardised_differences(arms["control"], arms["treated"])
        found |= {f"SMD {name}, {group}": value for name, value in differences.items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", default="nl")
    parser.add_argument("--occupation", nargs="*", default=list(SHIPPED.occupations))
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    rows = []
    for code in chosen.occupation:
        rows.append(figures(code, chosen.language, chosen.pairs))
        for name, value in rows[-1].items():
            print(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}", flush=True)
    if chosen.out is not None:
        pd.DataFrame(rows).to_csv(chosen.out, index=False)


if __name__ == "__main__":
    sys.exit(main())
