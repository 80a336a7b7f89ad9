"""How varied letters and e-mails are, and whether the arms are equally long: the figures of 1,000 applications.

Run: python analysis/documents/variety.py [--language nl] [--occupation painter …] [--pairs 500] [--out variety.csv]

For each occupation: the share of letters in which the most frequent sentence stands, as written and with names, towns,
titles, workplaces and numbers masked (the figure that counts); the share of letters wholly of sentences that another
letter has too; letters of one structure to one employer; words of letters and e-mails; and the largest standardised
difference between the arms over the study, of the letters' and e-mails' words, characters, lines and sentences.
Greetings, closing formulas and what only the signal says are left out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from documents.make import plan

from corrtest.generator import ContactPool, Pair, Persona, draw_pair, plan_pairs
from corrtest.generator.length_balance import standardised_differences
from corrtest.generator.twins import Taken
from corrtest.spec import SHIPPED

_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+")
SEED = 16


def applications(occupation: str, language: str, pairs: int) -> Iterator[tuple[Pair, tuple[Persona, Persona]]]:
    """Yield the pairs of a study of one occupation, three criteria, two pairs an employer."""
    taken: dict[str, Taken] = {}
    for pair in plan_pairs(plan(occupation, pairs, language), SEED):
        yield pair, draw_pair(SEED, pair, language=language, taken=taken.setdefault(pair.employer_id, Taken()))


def sentences(persona: Persona) -> list[str]:
    """Return the sentences of a letter, the disclosure and its neutral twin apart."""
    letter = persona.document["x-application"]["letter"]
    text = " ".join(letter["paragraphs"])
    if letter["disclosure"]:
        text = text.replace(letter["disclosure"], "").strip()
    return [each for each in _END.split(text) if each.strip()]


def masked(sentence: str, pair: Pair, persona: Persona) -> str:
    """Return a sentence with one mark for each title, town, workplace, name and number."""
    document = persona.document
    town = ContactPool.specimen().town_of(pair.postal_code, persona.language)
    known = [*persona.titles, town, persona.given, persona.family, document["basics"]["location"]["city"]]
    known += [str(job[key]) for job in document["work"] for key in ("name", "location", "position")]
    for name in sorted({each for each in known if each}, key=len, reverse=True):
        sentence = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", "_", sentence, flags=re.IGNORECASE)
    return re.sub(r"\d+", "0", sentence).lower()


def most(lists: Sequence[Sequence[str]]) -> tuple[float, str, float]:
    """Return the share of letters that have the most frequent sentence, that sentence, and wholly recurring letters."""
    counts = Counter(sentence for each in lists for sentence in set(each))
    sentence, count = counts.most_common(1)[0]
    wholly = sum(all(counts[each] > 1 for each in letter) for letter in lists)
    return count / len(lists), sentence, wholly / len(lists)


def sizes(persona: Persona) -> dict[str, float]:
    """Return what is compared between the arms; the disclosure and its twin count."""
    application = persona.document["x-application"]
    found: dict[str, float] = {}
    for part in ("letter", "email"):
        text = "\n".join(application[part]["paragraphs"])
        found |= {f"{part} words": len(_WORD.findall(text)), f"{part} characters": len(text)}
        found |= {f"{part} lines": text.count("\n") + 1, f"{part} sentences": len(_END.split(text.replace("\n", " ")))}
    return found


def figures(occupation: str, language: str, pairs: int) -> dict[str, float | str]:
    """Return the figures of one occupation."""
    plain, blank, shapes, words, mails = [], [], Counter[tuple[str, str]](), [], []
    notes: list[list[str]] = []
    arms: dict[str, list[dict[str, float]]] = {"control": [], "treated": []}
    for pair, people in applications(occupation, language, pairs):
        for person in people:
            said = sentences(person)
            plain.append(said)
            blank.append([masked(each, pair, person) for each in said])
            note = _END.split(" ".join(person.document["x-application"]["email"]["paragraphs"]))
            notes.append([masked(each, pair, person) for each in note])
            arms[person.arm].append(measured := sizes(person))
            words.append(measured["letter words"])
            mails.append(measured["email words"])
            shapes[pair.employer_id, person.document["x-application"]["letter"]["structure"]] += 1
    differences = standardised_differences(arms["control"], arms["treated"])
    first = {name: standardised_differences(arms["control"][:200], arms["treated"][:200])[name] for name in differences}
    worst = max(first, key=lambda name: abs(first[name]))
    share, sentence, wholly = most(blank)
    return {
        "occupation": occupation,
        "language": language,
        "letters": len(plain),
        "most frequent": most(plain)[0],
        "most frequent, masked": share,
        "most frequent in e-mails, masked": most(notes)[0],
        "wholly recurring": most(plain)[2],
        "wholly recurring, masked": wholly,
        "one structure, one employer": sum(count - 1 for count in shapes.values()),
        "words, 1 %": float(np.quantile(words, 0.01)),
        "words, 99 %": float(np.quantile(words, 0.99)),
        "shortest e-mail": min(mails),
        "longest e-mail": max(mails),
        "largest difference, all pairs": max(map(abs, differences.values())),
        "largest difference, 200 pairs": abs(first[worst]),
        "of": worst,
        "sentence": sentence,
    }


def table(occupations: Iterable[str], language: str, pairs: int) -> pd.DataFrame:
    """Return one row an occupation."""
    rows = []
    for occupation in occupations:
        rows.append(figures(occupation, language, pairs))
        sys.stderr.write(f"{occupation}\n")
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", default="nl")
    parser.add_argument("--occupation", nargs="*", default=list(SHIPPED.occupations))
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    found = table(chosen.occupation, chosen.language, chosen.pairs)
    if chosen.out is not None:
        found.to_csv(chosen.out, index=False, float_format="%.4f")
    sys.stdout.write(found.drop(columns=["language"]).to_string(index=False, float_format="{:.4f}".format) + "\n")
    numbers = found.select_dtypes("number").max()
    sys.stdout.write(f"\nlargest of all occupations:\n{numbers.to_string()}\n")


if __name__ == "__main__":
    main()
