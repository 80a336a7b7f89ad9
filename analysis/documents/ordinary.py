"""Applications that have nothing to do with corrtest, as text: facts and formulas that everyone writes, else Faker.

Run: python analysis/documents/ordinary.py OUT --pairs 260 --seed 1
Each states the same kinds of facts under the same headings, and a few of the formulas that examples of letters teach;
no two share any other sentence. Real applications of real persons are not used. Their own sentences are unlike
anybody's, so that only what a study's documents *copy* from each other can be judged against them, not whether its
style is that of people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from faker import Faker

HEADINGS = (
    ("Profiel", "Werkervaring", "Opleiding", "Talen"),
    ("Wie ben ik?", "Mijn loopbaan", "Studies", "Talenkennis"),
)
LANGUAGES = (
    "Nederlands (moedertaal), Frans (goed), Engels (goed)",
    "Nederlands moedertaal, Frans voldoende, Engels goed",
    "Talen: Nederlands, Frans, Engels",
)
DIPLOMAS = (
    "Beroepssecundair onderwijs, bso, bouw",
    "Diploma secundair onderwijs (bso)",
    "Secundair onderwijs, zevende jaar",
)
OPENINGS = (
    "Met veel interesse las ik uw vacature voor {title}, en daarom stel ik mij graag kandidaat.",
    "Naar aanleiding van uw vacature voor {title} op de website van de VDAB stuur ik u mijn kandidatuur.",
    "Via deze weg wil ik graag solliciteren voor de functie van {title} in uw bedrijf.",
    "Hierbij solliciteer ik graag voor de job van {title} die ik online zag.",
)
FORMULAS = (
    "Ik ben een gemotiveerde en leergierige kandidaat die graag in team werkt.",
    "Ik werk nauwkeurig, ben stipt en hou mij aan gemaakte afspraken.",
    "In mijn vorige job heb ik veel ervaring opgedaan.",
    "Ik ben onmiddellijk beschikbaar en flexibel in mijn werkuren.",
    "Ik ben in het bezit van rijbewijs B en van een eigen wagen.",
    "Ik zie deze job als een nieuwe uitdaging in mijn loopbaan.",
)
CLOSINGS = (
    "Graag licht ik mijn kandidatuur toe in een persoonlijk gesprek.",
    "Ik hoop u te mogen ontmoeten tijdens een persoonlijk gesprek.",
    "Als u nog vragen hebt, kunt u mij altijd bellen of mailen.",
    "In afwachting van uw antwoord dank ik u alvast voor uw tijd.",
)
MAILS = (
    "In bijlage vindt u mijn cv en motivatiebrief voor de functie van {title}.",
    "Hierbij stuur ik u mijn cv en brief voor de vacature van {title}.",
    "Graag solliciteer ik voor de vacature van {title}; mijn cv en brief vindt u in bijlage.",
)


def application(make: Faker, title: str = "metselaar") -> dict[str, str]:
    """Return file name → text of one application."""
    one = make.random_element
    name, heads = make.name(), one(HEADINGS)
    jobs = [
        f"{make.year()} - {make.year()}\n{title}, {make.company()}, {make.city()}\n{make.sentence(4)}" for _ in range(3)
    ]
    facts = ("Nationaliteit: Belgische", "Rijbewijs: B", one(DIPLOMAS), one(LANGUAGES))
    cv = [name, title, make.street_address(), make.city(), heads[0], make.sentence(14), *facts[:2], heads[1], *jobs]
    cv += [heads[2], facts[2], heads[3], facts[3], make.sentence(5)]
    said = [one(OPENINGS).format(title=title), *make.random_elements(FORMULAS, make.random_int(0, 2), unique=True)]
    letter = [name, make.city(), f"Betreft: sollicitatie als {title}", "Geachte heer, mevrouw", " ".join(said)]
    letter += [make.paragraph(make.random_int(2, 4)) for _ in range(make.random_int(1, 3))]
    letter += [one(CLOSINGS), "Met vriendelijke groeten", name, ""]
    body = f"{one(MAILS).format(title=title)} {make.sentence(8)}\n\nMet vriendelijke groeten\n{name}\n"
    mail = f"From: {name} <{make.email()}>\nSubject: Sollicitatie {title}\n\nBeste\n\n{body}"
    return {"cv.txt": "\n".join(cv), "letter.txt": "\n".join(letter), "email.txt": mail}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--title", default="metselaar")
    parser.add_argument("--pairs", type=int, default=260)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    make = Faker("nl_BE")
    make.seed_instance(chosen.seed)
    for number in range(2 * chosen.pairs):
        folder = chosen.out / f"P{number // 2:05d}" / ("control", "treated")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in application(make, chosen.title).items():
            (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
