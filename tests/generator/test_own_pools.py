from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from corrtest.errors import GeneratorError
from corrtest.generator import SHIPPED_POOLS, Pools, audit_pair, draw_pair, read_own_pools
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.names import family_names
from corrtest.generator.pools import schools, streets
from tests.generator.pairs import SETS, make_pair


def written(folder: Path, files: dict[str, str]) -> Path:
    (folder / "instead").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def header(name: str) -> str:
    return ",".join(SHIPPED_POOLS.rows(name)[0]) + "\n"


def family(name: str) -> str:
    row = dict.fromkeys(SHIPPED_POOLS.rows("names.csv")[0], "") | {"origin": "flemish", "part": "last", "name": name}
    return ",".join(row.values()) + "\n"


def test_own_pools_add_to_those_of_corrtest_or_take_their_place(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "pools",
        {
            "names.csv": header("names.csv") + family("Verbruggenaar"),
            "instead/streets.csv": "street\nLindehoekstraat\nPoelhofstraat\n",
            "schools.nl.csv": "diploma,institution,town\nsecondary,Vrije school De Poel,Gent\n",
            "contacts.csv": "kind;value\n",
        },
    )
    pools = read_own_pools(folder, "nl")
    assert family_names("flemish", pools) == (*family_names("flemish"), "Verbruggenaar")
    assert streets("nl", pools) == ("Lindehoekstraat", "Poelhofstraat")
    assert schools("nl", pools)["secondary"][-1].town == "Gent"
    assert read_own_pools(tmp_path / "none", "nl") == SHIPPED_POOLS
    pair, maker = make_pair(0), DocumentMaker(SETS, "nl", ("html",))
    people = draw_pair(11, pair, pools=pools)
    places = [person.document["basics"]["location"]["address"] for person in people]
    assert all(place.startswith(("Lindehoekstraat", "Poelhofstraat")) for place in places)
    one, two = (maker.make(pair, person) for person in people)
    assert "name_origin" not in audit_pair(pair, people, (one, two), pools=pools).faults


def test_a_name_of_the_studys_own_is_bought_by_its_own_audit_alone() -> None:
    text = header("names.csv") + "".join(family(f"Eigennaam{letter}") for letter in "abcdef")
    given = "".join(",".join(row.values()) + "\n" for row in SHIPPED_POOLS.rows("names.csv") if row["part"] == "first")
    turkish = "".join(
        ",".join(row.values()) + "\n"
        for row in SHIPPED_POOLS.rows("names.csv")
        if row["part"] == "last" and row["origin"] != "flemish"
    )
    pools = Pools(own=(("instead/names.csv", text + given.replace('"', "") + turkish),))
    pair, maker = make_pair(0, criterion="origin", level="turkish_name"), DocumentMaker(SETS, "nl", ("html",))
    people = draw_pair(11, pair, pools=pools)
    assert people[0].family.startswith("Eigennaam")
    one, two = (maker.make(pair, person) for person in people)
    assert "name_origin" in audit_pair(pair, people, (one, two)).faults
    assert "name_origin" not in audit_pair(pair, people, (one, two), pools=pools).faults


def test_faults_of_own_pools_are_told_together(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "pools",
        {
            "name.csv": "name\nJan\n",
            "firm_names.csv": "name,source\nDelvaro,own\n",
            "streets.csv": 'street\nKerkstraat\n""\n',
            "names.csv": header("names.csv") + family("Bart De Wever") + family("").replace("flemish", "flemisch"),
            "sentences.nl.toml": "language = \n",
        },
    )
    (folder / "schools.nl.csv").write_bytes(b"diploma\xff")
    with pytest.raises(GeneratorError, match="own pools cannot be used") as caught:
        read_own_pools(folder, "nl")
    told = {(fault.file, fault.row, fault.column) for fault in caught.value.faults}
    assert ("name.csv", None, None) in told
    assert ("firm_names.csv", None, None) in told
    assert ("streets.csv", 3, "street") in told
    assert ("names.csv", 2, "name") in told
    assert {("names.csv", 3, "name"), ("names.csv", 3, "origin")} <= told
    assert ("sentences.nl.toml", None, None) in told
    assert ("schools.nl.csv", None, None) in told


def test_sentences_of_the_studys_own_are_read_as_they_will_be_used(tmp_path: Path) -> None:
    text = '[summary.trade]\na = ["Een zin met [een open keuze."]\nb = ["Een andere zin."]\n'
    with pytest.raises(GeneratorError) as caught:
        read_own_pools(written(tmp_path / "pools", {"sentences.nl.toml": text}), "nl")
    assert "summary.trade" in str(caught.value.faults[0].file)


def test_answers_for_portals_come_from_the_studys_own_pool() -> None:
    shipped = files("corrtest.generator").joinpath("pools", "answers.nl.toml").read_text(encoding="utf-8")
    own = shipped.replace('ask = "Aanspreking"', 'ask = "Hoe spreken wij u aan?"')
    pools = Pools(own=(("instead/answers.nl.toml", own),))
    pair = make_pair(1, answers=True)
    (before, _), (after, _) = draw_pair(11, pair), draw_pair(11, pair, pools=pools)
    asked = [[answer["question"] for answer in each.document["x-application"]["answers"]] for each in (before, after)]
    assert "Hoe spreken wij u aan?" in asked[1]
    assert "Aanspreking" not in asked[1]
    assert asked[0][1:] == asked[1][1:]
