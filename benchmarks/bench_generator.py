"""Speed of the generator, and of its PDFs against WeasyPrint on the same content, in one run.

Run: python benchmarks/bench_generator.py [--pairs 400]   (WeasyPrint is only needed here: pip install weasyprint)
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
import zlib
from datetime import date
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"  # figures are per core

from corrtest.generator import Pair, draw_pair, occupations, render_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.pdf_metadata import with_program
from corrtest.generator.presentation import presentation
from corrtest.generator.template_sets import read_template_set
from corrtest.generator.typesetting import Typesetter, font_folders
from corrtest.resources import template_set_names

LEVELS = (("origin", "maghrebi_name"), ("age", "age_50"), ("disability", "deaf"), ("gender", "woman"))


def some_pairs(count: int) -> list[Pair]:
    sets, codes = template_set_names("nl"), list(occupations())
    return [
        Pair(
            pair_id=f"P{number:05d}",
            criterion=LEVELS[number % 4][0],
            level=LEVELS[number % 4][1],
            occupation=codes[number % len(codes)],
            postal_code="2800",
            employer_id=str(number),
            first_arm="control",
            control_template=sets[number % len(sets)],
            treated_template=sets[(number + 1) % len(sets)],
            send_first_on=date(2027, 2, 1),
            send_second_on=date(2027, 2, 2),
            twin_of_control=zlib.crc32(b"%d" % number) % 2,
            gender="man",
        )
        for number in range(count)
    ]


def personas_a_second(pairs: list[Pair]) -> float:
    start = time.process_time()
    for pair in pairs:
        draw_pair(1, pair)
    return 2 * len(pairs) / (time.process_time() - start)


def pdfs_a_second(pairs: list[Pair]) -> float:
    """One-page PDFs of CVs and letters, with the drawing of personas, letter and e-mail in the time."""
    maker = DocumentMaker(template_set_names("nl"), "nl", ("pdf",))
    maker.make(pairs[0], draw_pair(1, pairs[0])[0])
    start, made = time.process_time(), 0
    for pair in pairs:
        for person in draw_pair(1, pair):
            made += sum(name.endswith(".pdf") for name in maker.make(pair, person).files)
    return made / (time.process_time() - start)


def typst_and_weasyprint(pairs: list[Pair]) -> tuple[float, float]:
    """PDFs a second a core of both on the same CVs and letters, in the same fonts, typesetting alone."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    sets = {name: read_template_set(name) for name in template_set_names("nl")}
    maker, typesetter = DocumentMaker(sets, "nl", ("html",)), Typesetter(sets.values())
    work = []
    for pair in pairs:
        for person in draw_pair(1, pair):
            chosen = sets[pair.template(person.arm)]
            values = presentation(person, chosen.words["nl"], "nl")
            pages = [body.decode() for name, body in maker.make(pair, person).files.items() if name.endswith(".html")]
            work.append((chosen, values, person.written, pages))
    for chosen, values, written, _ in work[:6]:
        typesetter.pdf(chosen.name, "cv_pdf", values, written)
    start, made = time.process_time(), 0
    for chosen, values, written, _ in work:
        for key in ("cv_pdf", "letter_pdf"):
            with_program(typesetter.pdf(chosen.name, key, values, written), *chosen.program)
            made += 1
    ours = made / (time.process_time() - start)

    fonts = FontConfiguration()
    faces = []
    for folder in font_folders(family for each in sets.values() for family in each.fonts):
        for path in sorted(Path(folder).glob("*.?tf")):
            weight = "bold" if "Bold" in path.name else "normal"
            style = "italic" if "Italic" in path.name else "normal"
            source = f"url({path.as_uri()})"
            family = Path(folder).name
            faces.append(f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};src:{source}}}')
    sheet = weasyprint.CSS(string="".join(faces), font_config=fonts)
    weasyprint.HTML(string=work[0][3][0]).write_pdf(stylesheets=[sheet], font_config=fonts)
    start, made = time.process_time(), 0
    for *_, pages in work[: len(work) // 4]:
        for page in pages:
            weasyprint.HTML(string=page).write_pdf(stylesheets=[sheet], font_config=fonts)
            made += 1
    return ours, made / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    pairs = some_pairs(chosen.pairs)
    personas_a_second(pairs)  # the pools are read once
    print(f"personas:            {personas_a_second(pairs):8.0f} a second a core")
    print(
        f"PDFs:                {pdfs_a_second(pairs[:150]):8.1f} a second a core, persona, letter and e-mail included"
    )
    ours, theirs = typst_and_weasyprint(pairs[:60])
    print(f"typesetting alone:   {ours:8.1f} PDFs a second a core; WeasyPrint {theirs:.1f}; ratio {ours / theirs:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = render_pairs(pairs, Path(folder), seed=1, formats=("pdf",), workers=chosen.workers)
        wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rate = 2 * len(pairs) / wall
    print(f"whole applications:  {rate:8.1f} a second on {chosen.workers} workers, audited and written")
    print(f"  {result.failures} pairs with a fault")
    print(f"  72,000 at that rate: {72_000 / rate / 60:.1f} min; by processor time on 2 free cores:")
    print(f"  {72_000 * cpu / (2 * len(pairs)) / 2 / 60:.1f} min; largest worker {after.ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
