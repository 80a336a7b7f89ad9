from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from corrtest.errors import GeneratorError, InputError
from corrtest.generator import (
    draw_pair,
    pool_files,
    read_contact_pool,
    render_pairs,
    signals,
    write_contact_sheet,
)
from corrtest.generator.presentation import presentation
from corrtest.generator.template_sets import TextRenderer, read_template_set
from corrtest.generator.typesetting import Typesetter, page_data
from corrtest.generator.wording import parse_phrase
from corrtest.resources import cv_templates_folder
from corrtest.spec import Names
from tests.generator.pairs import make_pair, make_pairs


def shipped(code: str) -> str:
    return files("corrtest.spec").joinpath("occupations", f"{code}.toml").read_text(encoding="utf-8")


DIVER = """
[titles]
nl = { title = "duiker" }
[nl]
""" + shipped("mason").split("[nl]")[1].split("[en]")[0]

HABIT = """
label = { nl = "gewoonte", en = "habit" }
[power]
control_rate = 0.3
ratio = 0.8
source = "assumed"
[levels.smoker]
where = "both"
[levels.smoker.nl]
cv = ["Ik rook."]
letter = ["Ik rook, maar niet op de werf."]
[levels.smoker_cv_only]
where = "cv"
texts_of = "smoker"
"""


def with_mason(change: Callable[[str], str]) -> Names:
    """Return the names of a study that has its own version of the mason."""
    return Names(own=(("occupations/mason.toml", change(shipped("mason"))),))


@pytest.fixture
def template_set(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    shutil.copytree(cv_templates_folder() / "classic_rules", folder)
    return folder


def rendered(folder: Path, key: str = "cv_html") -> str:
    chosen = read_template_set("own", folder)
    person = draw_pair(1, make_pair(0))[0]
    return TextRenderer(chosen).render(key, presentation(person, chosen.words["nl"], "nl"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<p>\n{% if %}</p>", r"own/cv.html.j2, line 2: .*expected a template that Jinja2 can read"),
        (
            "<p>\n\n{{ salary }}</p>",
            r"own/cv.html.j2, line 3: got 'salary' is undefined; expected values that a persona",
        ),
        ("{{ name.__class__.__mro__[1].__subclasses__() }}", r"own/cv.html.j2, line 1: .*only places text"),
        ("{{ work.append(1) }}", r"own/cv.html.j2, line 1: .*only places text"),
        ("{% include '../side_column/cv.html.j2' %}", r"own/cv.html.j2: .*expected templates of the set's own folder"),
        ("{% include '/etc/passwd' %}", r"own/cv.html.j2: .*expected templates of the set's own folder"),
        ("{{ cycler.__init__.__globals__ }}", r"own/cv.html.j2, line 1: .*only places text"),
    ],
)
def test_a_faulty_or_hostile_template_gets_one_message_with_its_line(
    template_set: Path, source: str, message: str
) -> None:
    (template_set / "cv.html.j2").write_text(source)
    with pytest.raises(GeneratorError, match=message):
        rendered(template_set)


def test_text_is_never_markup(template_set: Path) -> None:
    (template_set / "cv.html.j2").write_text("<p>{{ name }}</p>")
    chosen = read_template_set("own", template_set)
    person = draw_pair(1, make_pair(0))[0]
    values = presentation(person, chosen.words["nl"], "nl") | {"name": "<script>#panic()</script>"}
    assert "<script>" not in TextRenderer(chosen).render("cv_html", values)
    # Typst reads JSON: what would be code in a source file is text.
    assert Typesetter([chosen]).pdf("own", "cv_pdf", page_data(values), person.written).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('#let d = json("data.json")\n#d.salary', "salary"),
        ("#let x = (", "unclosed"),
        ('#read("/../side_column/set.toml")', "outside|escape|access|not found"),
    ],
)
def test_a_faulty_typst_template_gets_one_message(template_set: Path, source: str, message: str) -> None:
    (template_set / "cv.typ").write_text(source)
    chosen = read_template_set("own", template_set)
    person = draw_pair(1, make_pair(0))[0]
    values = presentation(person, chosen.words["nl"], "nl")
    with pytest.raises(GeneratorError, match=message) as caught:
        Typesetter([chosen]).pdf("own", "cv_pdf", page_data(values), person.written)
    assert "own/cv.typ" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'cv_html = "cv.html.j2"',
            'cv_html = "../side_column/cv.html.j2"',
            "files.cv_html.*inside the set's own folder",
        ),
        ('cv_html = "cv.html.j2"', 'cv_html = "gone.html.j2"', "files.cv_html"),
        ('cv_pdf = "cv.typ"\n', "", "files.cv_pdf.*expected a template file"),
        ('work = "Werkervaring"\n', "", "words.nl.work"),
        ("bullet =", "bulet =", "docx.bullet"),
        ("description =", "descripton =", "Did you mean 'description'"),
        ("[files]", "[files", "cannot be read"),
    ],
)
def test_a_faulty_manifest_names_file_and_key(template_set: Path, old: str, new: str, message: str) -> None:
    manifest = template_set / "set.toml"
    manifest.write_text(manifest.read_text().replace(old, new))
    with pytest.raises(GeneratorError, match=message):
        read_template_set("own", template_set)


def test_an_unknown_template_set_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="Did you mean 'side_column'"):
        render_pairs(make_pairs(2, control_template="side_colum"), tmp_path / "out", seed=1, workers=1)
    assert not (tmp_path / "out").exists()


def test_an_unknown_occupation_or_format_writes_nothing(tmp_path: Path) -> None:
    for options in ({"occupation": "masson"}, {"level": "turkish"}):
        with pytest.raises(GeneratorError, match="Did you mean"):
            render_pairs([make_pair(0, **options)], tmp_path / "out", seed=1, workers=1)
    with pytest.raises(GeneratorError, match="Did you mean 'pdf'"):
        render_pairs([make_pair(0)], tmp_path / "out", seed=1, formats=("pfd",), workers=1)
    with pytest.raises(GeneratorError, match=r"language 'de'.*Known are nl, en, fr"):
        render_pairs([make_pair(0)], tmp_path / "out", seed=1, language="de", workers=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("tasks = [", "tasks = []\nmore = [", 1), "got 0 entries"),
        (lambda t: t.replace("diploma =", "diplma ="), "Did you mean 'diploma'"),
        (lambda t: t.replace('"secondary_vocational"', '"secondary"'), "key 'nl.diploma'"),
        (lambda t: t.replace('["mortel aanmaken", "metselspecie bereiden"]', '["mortel aanmaken"]'), "two wordings"),
        (lambda t: t.replace("[volgens plan|", "[volgens [plan|"), "choices as"),
        (lambda t: t.replace("tasks = [", "tasks = ["[:-1]), "expected TOML"),
    ],
)
def test_a_faulty_occupation_names_the_place(change: Callable[[str], str], message: str) -> None:
    names = with_mason(change)
    with pytest.raises(GeneratorError, match=message):
        render_pairs([make_pair(0, occupation="mason")], "nowhere", seed=1, names=names)
    assert not Path("nowhere").exists()


def test_rewording_one_entry_changes_only_the_pairs_that_considered_it() -> None:
    pairs = make_pairs(24, occupation="mason")
    before = [draw_pair(1, pair) for pair in pairs]
    names = with_mason(lambda text: text.replace('["VCA-basisattest"', '["VCA-attest"'))
    after = [draw_pair(1, pair, names=names) for pair in pairs]
    entry = "occupations/mason.toml nl.certificates[0].a"
    differing = {pair.pair_id for pair, old, new in zip(pairs, before, after, strict=True) if old != new}
    considered = {pair.pair_id for pair, old in zip(pairs, before, strict=True) if entry in old[0].drawn}
    assert differing
    assert differing <= considered


def test_pools_that_a_language_lacks_are_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"interests.fr.csv", "schools.fr.csv"}
    there = pool_files.shipped_pools()
    monkeypatch.setattr(pool_files, "shipped_pools", lambda: there - absent)
    with pytest.raises(GeneratorError, match="no pool for this language") as caught:
        render_pairs([make_pair(0, occupation="mason")], tmp_path / "out", seed=1, language="fr", workers=1)
    assert {fault.file for fault in caught.value.faults} >= {f"pools/{name}" for name in absent}
    assert not (tmp_path / "out").exists()


def test_an_occupation_without_texts_in_a_language_names_the_table(tmp_path: Path) -> None:
    own = (("occupations/diver.toml", shipped("mason").split("[titles]")[0] + DIVER),)
    pair = make_pair(0, occupation="diver")
    with pytest.raises(GeneratorError, match=r"occupations/diver.toml, key 'fr'"):
        render_pairs([pair], tmp_path / "out", seed=1, language="fr", names=Names(own=own))


def test_a_signal_without_texts_in_a_language_names_the_table() -> None:
    own = (("criteria/habit.toml", HABIT),)
    for level in ("smoker", "smoker_cv_only"):
        with pytest.raises(GeneratorError, match=r"criteria/habit.toml, key 'levels.smoker.fr'"):
            signals.signal("habit", level, "fr", Names(own=own))


def test_blanks_and_choices_are_read_strictly() -> None:
    assert parse_phrase("Een [a|b] in {town}", "x", ("town",)).texts == ("Een a in {town}", "Een b in {town}")
    for wrong in ("Een [a|b", "Een {stad}", "Een {town", ""):
        with pytest.raises(GeneratorError, match="cannot be read"):
            parse_phrase(wrong, "x", ("town",))


GOOD_POOL = (
    "kind;value;postal_code;town\n"
    "phone;0470 00 00 01;;\nphone;0470 00 00 02;;\nmailbox;{first}.{last}@partner.be;;\n"
    "address;Kerkstraat 612;2800;Mechelen\naddress;Molenstraat 512;2800;Mechelen\n"
)


def test_a_contact_pool_makes_documents_that_are_no_specimens(tmp_path: Path) -> None:
    path = tmp_path / "pool.csv"
    path.write_text(GOOD_POOL)
    contacts = read_contact_pool(path)
    result = render_pairs([make_pair(0)], tmp_path / "out", seed=1, formats=("html",), workers=1, contacts=contacts)
    assert result.failures == 0
    assert not result.specimen
    text = "".join(page.read_text() for page in (tmp_path / "out").rglob("*.html"))
    assert "PROEFEXEMPLAAR" not in text
    assert "0470 00 00 01" in text
    assert "@partner.be" in text
    assert "straat 612" in text
    assert "straat 512" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind;value", "sort;value", "column 'kind'"),
        ("phone;0470 00 00 02", "fax;0470 00 00 02", "row 3: got 'fax'"),
        ("0470 00 00 02", "0470", "row 3.*can be dialled in Belgium"),
        ("0470 00 00 02", "0470 00 00 01", "row 3.*not in the pool yet"),
        ("0470 00 00 02", "+32 (0)470/00.00.01", "row 3: got '.32 .0.470/00.00.01'.*not in the pool yet"),
        (
            "{first}.{last}@partner.be;;",
            "a@x.be;;\nmailbox;A+work@X.be;;",
            "row 5: got 'A.work@X.be'.*not in the pool yet",
        ),
        ("{first}.{last}@partner.be", "{naam}@partner.be", "row 4.*pattern"),
        ("Molenstraat 512", "Molenstraat", "row 6.*house number"),
        ("phone;0470 00 00 02;;\n", "", "at least two rows of kind 'phone'"),
    ],
)
def test_a_faulty_contact_pool_names_the_row(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "pool.csv"
    path.write_text(GOOD_POOL.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_contact_pool(path)


def test_the_contact_sheet_shows_pairs_with_their_signals_marked(tmp_path: Path) -> None:
    pairs = make_pairs(10)
    path = write_contact_sheet(pairs, tmp_path / "sheet.html", 5, seed=1)
    page = path.read_text()
    assert page.count('class="pair"') == 5
    # A frame for each CV, and for each letter that is not the e-mail.
    assert 10 < page.count("<iframe") <= 20
    assert "&lt;mark style=&quot;background:#ffe27a&quot;&gt;" in page


@pytest.mark.parametrize(
    "number", ["470123456", "32470123456", "+44 20 7946 0000", "0470 12", "02 123 45 67", "0900 12 345", "112"]
)
def test_a_number_that_nobody_can_dial_is_refused(tmp_path, number):
    (tmp_path / "pool.csv").write_text(f"kind;value;postal_code;town\nphone;{number};;\n", encoding="utf-8")
    with pytest.raises(InputError, match="can be dialled in Belgium"):
        read_contact_pool(tmp_path / "pool.csv")
