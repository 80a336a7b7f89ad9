import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from corrtest.disclosure import default_policy, release
from corrtest.errors import ReportError
from corrtest.report import write_bundle
from corrtest.report.bundle import shown_partition
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_pairs, sector_results


@pytest.fixture(scope="module")
def releases():
    return release(sector_results(1, sector="social_profit", committees=SOCIAL_PROFIT), default_policy())


@pytest.fixture(scope="module")
def bundle(releases, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    prereg = folder / "preregistration.md"
    prereg.write_text("Registered.", encoding="utf-8")
    return write_bundle(
        releases, folder, formats=("html", "xlsx", "json"), study_text="[study]\n", documents={prereg.name: prereg}
    )


@pytest.fixture(scope="module")
def members(bundle):
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(members, name):
    return list(csv.DictReader(io.StringIO(members[name].decode("utf-8"))))


def test_remaking_the_report_gives_identical_bytes(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    made = subprocess.run([sys.executable, "remake.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "identical to the byte" in made.stdout
    report = tmp_path / "report" / "SIMULATED_report_nl.html"
    report.write_text(report.read_text(encoding="utf-8") + " ", encoding="utf-8")
    made = subprocess.run([sys.executable, "remake.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert "CHANGED" in made.stdout


def test_the_same_releases_give_the_same_bundle(releases, bundle, tmp_path):
    documents = {"preregistration.md": bundle.parent / "preregistration.md"}
    again = write_bundle(
        releases, tmp_path, formats=("html", "xlsx", "json"), study_text="[study]\n", documents=documents
    )
    assert again.read_bytes() == bundle.read_bytes()


def test_the_data_package_names_every_file_and_every_column(members):
    package = json.loads(members["datapackage.json"])
    assert package["profile"] == "data-package"
    described = {resource["path"]: resource for resource in package["resources"]}
    assert set(described) == set(members) - {"datapackage.json"}
    names = [resource["name"] for resource in described.values()]
    assert len(set(names)) == len(names)
    for path, resource in described.items():
        assert resource["bytes"] == len(members[path])
        assert resource["hash"] == "sha256:" + hashlib.sha256(members[path]).hexdigest()
        if resource.get("profile") == "tabular-data-resource":
            fields = [field["name"] for field in resource["schema"]["fields"]]
            assert fields == members[path].decode("utf-8").split("\n", 1)[0].split(",")
            assert all(field["description"] for field in resource["schema"]["fields"])


def test_the_pairs_table_tells_what_the_releases_tell_and_no_more(members, releases):
    rows = table(members, "data/pairs.csv")
    counted: dict[tuple, int] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name != "row")
        counted[key] = counted.get(key, 0) + 1
    expected: dict[tuple, int] = {}
    kinds = {"both": "11", "control_only": "10", "treated_only": "01", "neither": "00"}
    for outcome in releases.outcomes():
        for cell in shown_partition(releases, outcome):
            for kind, digits in kinds.items():
                number = getattr(cell.counts, kind)
                if number:
                    groups = (cell.sector or "", cell.joint_committee or "", cell.criterion or "", cell.level or "")
                    expected[(*groups, outcome, *digits)] = number
    assert counted == expected


def test_no_identifier_and_no_true_count_of_a_hidden_cell_is_in_the_bundle(members, releases):
    pairs = sector_pairs(1, sector="social_profit", committees=SOCIAL_PROFIT)
    everything = b"".join(content for name, content in members.items() if not name.endswith(".xlsx")).decode("utf-8")
    for identifier in set(pairs["employer"]) | set(pairs["pair_id"]):
        assert identifier not in everything
    for row in table(members, "data/cells.csv"):
        if row["hidden"]:
            assert not any(
                row[name] for name in ("pairs", "employers", "both", "control_only", "treated_only", "neither")
            )


def test_only_releases_make_a_bundle(tmp_path):
    with pytest.raises(ReportError, match="ReleaseSet alone"):
        write_bundle(sector_results(1), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_document_gets_a_message(releases, tmp_path):
    with pytest.raises(ReportError, match="cannot be read"):
        write_bundle(releases, tmp_path, formats=("json",), documents={"x": tmp_path / "absent.md"})


def test_firms_that_the_study_refuses_in_documents_stay_out_of_the_bundle(releases, tmp_path):
    text = '[study]\nname = "x"\n[documents]\nrefused_firms = [\n  "Bakkerij [x] Voorbeeld",\n]\n'
    text += 'refused_names = ["Jan Peeters"]\n'
    with zipfile.ZipFile(write_bundle(releases, tmp_path, formats=("json",), study_text=text)) as archive:
        kept = archive.read("plan/study.toml").decode("utf-8")
    assert "Voorbeeld" not in kept
    assert "Peeters" not in kept
    assert '[study]\nname = "x"' in kept
    with pytest.raises(ReportError, match="cannot be left out"):
        write_bundle(releases, tmp_path, formats=("json",), study_text=text + "# not Jan Peeters\n")
