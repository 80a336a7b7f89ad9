"""Speed of the generator, and of its PDFs against WeasyPrint on the same content, in one run.

Run: python benchmarks/bench_generator.py            speeds, the ratio and 400 pairs written
     python benchmarks/bench_generator.py --full     36,000 pairs of CV, letter and e-mail written on 2 workers
WeasyPrint is only needed here: pip install 'corrtest[bench]'.
"""

from __future__ import annotations

import argparse
import importlib
import os
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

os.environ["RAYON_NUM_THREADS"] = "1"  # figures are per core

from corrtest.errors import MissingExtraError
from corrtest.generator import Pair, draw_pair, render_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.pdf_metadata import without_program
from corrtest.generator.presentation import presentation
from corrtest.generator.template_sets import TemplateSet, read_template_set
from corrtest.generator.typesetting import Typesetter, font_folders, page_data
from corrtest.resources import template_set_names
from corrtest.spec import SHIPPED

LEVELS = (("origin", "maghrebi_name"), ("age", "age_50"), ("disability", "deaf"), ("gender", "woman"))
FULL_PAIRS = 36_000
# As many pairs an employer gets at most in the full run, a common cap.
PAIRS_AN_EMPLOYER = 3
# Applications that Typst sets in one turn of the comparison; WeasyPrint sets one of them in either way.
TURN = 5
CUTS = {"Regular", "Bold", "Italic", "BoldItalic"}

# Layout, what it is filled with, when it was written, and the same content as pages for WeasyPrint.
Documents = list[tuple[TemplateSet, dict[str, Any], datetime, list[str]]]


def some_pairs(count: int, an_employer: int = 1) -> list[Pair]:
    sets, codes = template_set_names("nl"), list(SHIPPED.occupations)
    return [
        Pair(
            pair_id=f"P{number:05d}",
            criterion=LEVELS[number % 4][0],
            level=LEVELS[number % 4][1],
            occupation=codes[number // an_employer % len(codes)],
            postal_code="2800",
            employer_id=str(number // an_employer),
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


def a_second(count: int, task: Callable[[], Any]) -> float:
    start = time.process_time()
    task()
    return count / (time.process_time() - start)


def personas_a_second(pairs: list[Pair]) -> float:
    return a_second(2 * len(pairs), lambda: [draw_pair(1, pair) for pair in pairs])


def draw_all(pairs: list[Pair]) -> int:
    return sum(len(draw_pair(1, pair)) for pair in pairs)


def personas_on(workers: int, pairs: list[Pair]) -> float:
    """Personas a second, wall clock, that some processes draw together; their start and the reading of pools apart."""
    shares = [pairs[number::workers] for number in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(draw_all, shares))
        start = time.perf_counter()
        drawn = sum(pool.map(draw_all, shares))
        return drawn / (time.perf_counter() - start)


def pdfs_a_second(pairs: list[Pair]) -> float:
    """One-page PDFs of CVs and letters, with the drawing of personas, letter and e-mail in the time."""
    maker = DocumentMaker(template_set_names("nl"), "nl", ("pdf",))
    maker.make(pairs[0], draw_pair(1, pairs[0])[0])
    start = time.process_time()
    made = [maker.make(pair, person) for pair in pairs for person in draw_pair(1, pair)]
    took = time.process_time() - start
    # Some letters stand in their e-mail, and are no PDF.
    return sum(name.endswith(".pdf") for each in made for name in each.files) / took


def font_faces(families: tuple[str, ...]) -> str:
    """Return the CSS that gives WeasyPrint the fonts that Typst embeds, in the four cuts that documents use."""
    found = []
    for folder in font_folders(families):
        for path in sorted(Path(folder).glob("*.?tf")):
            cut = path.stem.split("-")[-1]
            if cut in CUTS:
                weight, style = "bold" if "Bold" in cut else "normal", "italic" if "Italic" in cut else "normal"
                face = f"font-weight:{weight};font-style:{style};src:url({path.as_uri()})"
                found.append(f'@font-face{{font-family:"{Path(folder).name}";{face}}}')
    return "".join(found)


def typst_and_weasyprint(pairs: list[Pair]) -> tuple[float, float, float]:
    """PDFs a second a core on the same CVs and letters in the same fonts: Typst; WeasyPrint; WeasyPrint, fonts kept.

    WeasyPrint's normal way is a page with its own style sheet, fonts included. Keeping the fonts of all pages loaded
    is what its documentation offers to those who make many.
    """
    try:
        weasyprint = importlib.import_module("weasyprint")
        fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    except ImportError as error:
        raise MissingExtraError("bench", "Comparing with WeasyPrint") from error
    sets = {name: read_template_set(name) for name in template_set_names("nl")}
    maker, typesetter = DocumentMaker(sets, "nl", ("html",)), Typesetter(sets.values())
    faces = {name: font_faces(each.fonts) for name, each in sets.items()}
    sheets = {name: weasyprint.CSS(string=text, font_config=fonts) for name, text in faces.items()}
    work: Documents = []
    for pair in pairs:
        for person in draw_pair(1, pair):
            chosen = sets[pair.template(person.arm)]
            values = presentation(person, chosen.words["nl"], "nl")
            pages = [body.decode() for name, body in maker.make(pair, person).files.items() if name.endswith(".html")]
            work.append((chosen, values, person.written, pages))

    def ours(documents: Documents) -> None:
        for chosen, values, written, _ in documents:
            data = page_data(values)
            for key in ("cv_pdf", "letter_pdf"):
                without_program(typesetter.pdf(chosen.name, key, data, written), written)

    def normally(documents: Documents) -> None:
        for chosen, _, _, pages in documents:
            for page in pages:
                weasyprint.HTML(string=page.replace("<style>", "<style>" + faces[chosen.name], 1)).write_pdf()

    def with_fonts_kept(documents: Documents) -> None:
        for chosen, _, _, pages in documents:
            for page in pages:
                weasyprint.HTML(string=page).write_pdf(stylesheets=[sheets[chosen.name]], font_config=fonts)

    for act in (ours, normally, with_fonts_kept):  # compilers are set up, fonts are in memory
        act(work[: len(sets)])
    took, made = [0.0, 0.0, 0.0], [0, 0, 0]
    # In turn, a few documents each, so that a machine that becomes faster or slower does so for all three.
    for first in range(0, len(work), TURN):
        turn = work[first : first + TURN]
        for number, (act, documents) in enumerate(((ours, turn), (normally, turn[:1]), (with_fonts_kept, turn[1:2]))):
            start = time.process_time()
            act(documents)
            took[number] += time.process_time() - start
            made[number] += 2 * len(documents)
    return made[0] / took[0], made[1] / took[1], made[2] / took[2]


def family_memory() -> float:
    """Return the memory of this process and its children together, in MB (proportional: shared pages count once)."""
    total, wanted = 0, [os.getpid()]
    while wanted:
        process = Path("/proc") / str(wanted.pop())
        try:
            rollup = (process / "smaps_rollup").read_text(encoding="ascii")
            for task in (process / "task").iterdir():
                wanted += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
        except OSError:  # ended in between
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def write_all(pairs: list[Pair], workers: int) -> None:
    """Write whole applications, and print rate, failures and memory over time."""
    samples: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(2):
            samples.append(family_memory())

    watcher = threading.Thread(target=watch, daemon=True)
    with tempfile.TemporaryDirectory() as folder:
        watcher.start()
        start = time.perf_counter()
        result = render_pairs(pairs, Path(folder), seed=1, formats=("pdf",), workers=workers)
        wall = time.perf_counter() - start
        done.set()
        watcher.join()
    rate = 2 * len(pairs) / wall
    print(f"whole applications:  {rate:8.1f} a second on {workers} workers, audited and written")
    print(f"  {2 * len(pairs):,} in {wall / 60:.1f} min; 72,000 at that rate: {72_000 / rate / 60:.1f} min")
    print(f"  {result.failures} pairs with a fault")
    if samples:
        quarter = max(1, len(samples) // 4)
        first, last = max(samples[quarter : 2 * quarter] or samples), max(samples[-quarter:])
        print(f"  memory of all processes: peak {max(samples):.0f} MB; second quarter {first:.0f}, last {last:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full", action="store_true", help=f"write {FULL_PAIRS:,} pairs, and nothing else")
    parser.add_argument("--write", type=int, metavar="PAIRS", help="write so many pairs, and nothing else")
    chosen = parser.parse_args()
    if chosen.full or chosen.write:
        write_all(some_pairs(chosen.write or FULL_PAIRS, PAIRS_AN_EMPLOYER), chosen.workers)
        return
    pairs = some_pairs(chosen.pairs)
    personas_a_second(pairs)  # the pools are read once
    print(f"personas:            {max(personas_a_second(pairs) for _ in range(5)):8.0f} a second a core (best of five)")
    together = max(personas_on(chosen.workers, 5 * pairs) for _ in range(3))
    print(f"  {together:.0f} a second on {chosen.workers} workers (best of three)")
    print(
        f"PDFs:                {pdfs_a_second(pairs[:150]):8.1f} a second a core, persona, letter and e-mail included"
    )
    try:
        ours, normal, kept = typst_and_weasyprint(pairs[:90])
    except MissingExtraError as error:
        print(error)
    else:
        print(f"typesetting alone:   {ours:8.1f} PDFs a second a core")
        print(f"  WeasyPrint {normal:.1f}: ratio {ours / normal:.1f}")
        print(f"  WeasyPrint with its fonts kept loaded {kept:.1f}: ratio {ours / kept:.1f}")
    write_all(pairs, chosen.workers)


if __name__ == "__main__":
    main()
