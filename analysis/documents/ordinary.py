"""Applications of another generator as text: people, firms and sentences of Faker, in a frame of few words.

Run: python analysis/documents/ordinary.py OUT --pairs 260 --seed 1
Stands for applications that have nothing to do with corrtest: no two share a sentence, all share formulas. Real
applications of real persons are not used. Their style is unlike anybody's, so that only what is *copied* within a study
can be judged against them, not whether a study's style is that of people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from faker import Faker


def application(make: Faker) -> dict[str, str]:
    """Return file name → text of one application."""
    name, title = make.name(), make.job().lower()
    jobs = [
        f"{make.year()} - {make.year()}\n{make.job()}, {make.company()}, {make.city()}\n{make.sentence(8)}"
        for _ in range(3)
    ]
    cv = [name, make.street_address(), make.city(), make.phone_number(), make.sentence(16), *jobs, make.sentence(10)]
    letter = [name, make.city(), f"Betreft: {title}", "Geachte heer, mevrouw"]
    letter += [make.paragraph(make.random_int(2, 4)) for _ in range(make.random_int(2, 4))]
    closing = f"Met vriendelijke groeten\n{name}\n"
    mail = f"From: {name} <{make.email()}>\nSubject: Sollicitatie {title}\n\nBeste\n\n{make.paragraph(2)}\n\n{closing}"
    letter.append(closing)
    return {"cv.txt": "\n".join(cv), "letter.txt": "\n".join(letter), "email.txt": mail}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=int, default=260)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    make = Faker("nl_BE")
    make.seed_instance(chosen.seed)
    for number in range(2 * chosen.pairs):
        folder = chosen.out / f"P{number // 2:05d}" / ("control", "treated")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in application(make).items():
            (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
