"""The verbs of `corrtest register` as a user types them, from a study file to the pairs table and the proof."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from corrtest.cli.app import app
from corrtest.cli.register import app as register
from corrtest.errors import CorrtestError
from tests.register.conftest import APPROVAL, STUDY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from corrtest.design import make_plan, write_plan
    from corrtest.spec import check_vacancies, read_study

    monkeypatch.chdir(tmp_path)
    text = STUDY.format(name="small", approval=APPROVAL, pairs=4, total=2, window=1, weeks=8)
    Path("study.toml").write_text(text)
    study = read_study("study.toml")
    numbers = [f"04{n:06d}" for n in range(20)]
    table = pd.DataFrame(
        {
            "vacancy_id": [f"V{n}" for n in range(20)],
            "employer_id": [f"{number}{97 - int(number) % 97:02d}" for number in numbers],
            "joint_committee": "124",
            "occupation": "mason",
            "postal_code": "2000",
            "opens": "2027-01-11",
            "closes": "2027-03-31",
            "channel": "email",
            "address": [f"jobs@firm{n}.example" for n in range(20)],
        }
    )
    table.to_csv("vacancies.csv", index=False)
    table.attrs["file"] = "vacancies.csv"
    write_plan(make_plan(study, check_vacancies(table, study)), tmp_path / "plan")
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "manifest.json").write_text("{}")
    audited = "".join(f"P{n:05d},True\n" for n in range(1, 5))
    (documents / "audit.csv").write_text(f"pair_id,passed\n{audited}")
    families = ("Een", "Twee", "Drie", "Vier")
    people = "".join(
        f"P{n:05d},{arm},{name} {family},{name.lower()}{n}@post.example,047{n} 12 34 56\n"
        for n, family in enumerate(families, start=1)
        for arm, name in (("control", "Jan"), ("treated", "Yassine"))
    )
    (documents / "candidates.csv").write_text(f"pair_id,arm,name,mailbox,telephone\n{people}")
    return tmp_path


def run(*words: str, fails: str | None = None) -> str:
    result = CliRunner().invoke(app, ["register", *words])
    if fails is not None:
        assert isinstance(result.exception, CorrtestError), result.output
        assert fails in str(result.exception)
        return ""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.mark.usefixtures("folder")
def test_a_study_from_its_plan_to_its_pairs() -> None:
    assert "Made the register r.db for 'small'" in run("init", "r.db", "study.toml")
    assert "Imported 4 pairs" in run("import", "r.db", "plan", "--vacancies", "vacancies.csv")
    run("claim", "r.db", "--at", "2027-06-01T09:00", fails="equivalence audit")
    assert "is on record" in run("approve", "r.db", "--documents", "documents")
    run("person", "r.db", "nora", "--role", "partner", "--partner", "north")
    run("person", "r.db", "cas", "--role", "coder")
    out = run("claim", "r.db", "--count", "2", "--actor", "nora", "--at", "2027-06-01T09:00", "--json")
    claimed = json.loads(out)
    assert len(claimed) == 2
    for item in claimed:
        assert "arm" not in item
        who = item["candidate"]
        assert "sent" in run("sent", "r.db", who, "--at", "2027-06-01T10:00", "--actor", "nora")
        assert "Took" not in run(
            "reaction", "r.db", who, "--reaction", "invitation", "--at", "2027-06-02", "--text", "Kom"
        )
    run("sent", "r.db", who, "--at", "2027-06-01T11:00", fails="sent cannot be")
    assert claimed[0]["pair_id"] in run("worklist", "r.db", "--withdrawals", "--at", "2027-06-04", "--json")
    for item in claimed:
        assert "withdrawn" in run("withdraw", "r.db", str(item["application"]), "--at", "2027-06-03")
    run("worklist", "r.db", "--out", "list.xlsx", "--at", "2027-06-02T09:00")
    book = openpyxl.load_workbook("list.xlsx")
    page = book.worksheets[0]
    header = [cell.value for cell in page[1]]
    for row in range(2, page.max_row + 1):
        page.cell(row, header.index("What happened") + 1).value = "sent"
        page.cell(row, header.index("When (day and hour)") + 1).value = "2/6/2027 10u00"
    book.save("list.xlsx")
    assert "Took in 4 rows" in run("worklist", "r.db", "--file", "list.xlsx")
    assert "imported before" in run("worklist", "r.db", "--file", "list.xlsx")
    coding = json.loads(run("code", "r.db", "--actor", "cas", "--json"))
    assert [entry["text"] for entry in coding] == ["Kom", "Kom"]
    run("code", "r.db", "--actor", "cas", "--item", str(coding[0]["item"]), "--reaction", "request")
    assert "invitation" in run("code", "r.db", "--disagreements")
    run("code", "r.db", "--adjudicate", "--item", str(coding[0]["item"]), "--reaction", "invitation")
    assert "0 of 1 items coded alike" in run("code", "r.db", "--agreement")
    told = json.loads(run("export", "r.db", "--out", "pairs.csv", "--as-of", "2027-08-01", "--json"))
    assert told["pairs"] == len(pd.read_csv("pairs.csv")) == 2
    assert not any(word in Path("pairs.csv").read_text() for word in ("firm", "V1", "040000"))
    assert "Kom" not in Path("pairs.csv").read_text()


@pytest.mark.usefixtures("folder")
def test_an_amendment_over_what_was_sent_and_a_partner_s_log(monkeypatch: pytest.MonkeyPatch) -> None:
    from corrtest.design import read_plan

    run("init", "r.db", "study.toml")
    run("import", "r.db", "plan", "--documents", "documents")
    first = json.loads(run("claim", "r.db", "--count", "1", "--at", "2027-06-01T09:00", "--json"))[0]
    arm = read_plan(Path("plan")).pairs.set_index("pair_id").loc[first["pair_id"], "first_arm"]
    log = [(first["pair_id"], arm, "sent", "2027-06-01T10:00"), ("P00099", "control", "sent", "2027-06-01")]
    pd.DataFrame(log, columns=["pair_id", "arm", "event", "at"]).to_csv("log.csv", index=False)
    run("import", "r.db", "--events", "log.csv", fails="refuses 1 of 2 rows")
    pd.DataFrame(log[:1], columns=["pair_id", "arm", "event", "at"]).to_csv("log.csv", index=False)
    assert "Took in 1 row" in run("import", "r.db", "--events", "log.csv")
    assert "imported before" in run("import", "r.db", "--events", "log.csv")

    assert "Wrote 4 rows" in run("already-sent", "r.db", "--out", "all.csv")
    assert "No employer got anything" in run("already-sent", "r.db", "--out", "sent.parquet", "--amending")
    run("already-sent", "r.db", "--out", "sent.txt", fails="must end in .csv")
    gone = read_plan(Path("plan")).pairs.query("pair_id != @first['pair_id']").iloc[0]
    amend = ["amend", "plan", "--vacancies", "vacancies.csv", "--since", "2027-01-11", "--out", "second"]
    more = ["--reason", "vacancy withdrawn", "--withdrawn", str(gone["vacancy_id"])]
    result = CliRunner().invoke(app, amend + more)
    assert result.exit_code == 0, result.output
    said = run("import", "r.db", "second")
    assert "Took in version 2" in said
    run("import", "r.db", "second", fails="has version 2 of its plan on record")
    assert "none altered" in run("verify", "r.db")

    run("person", "r.db", "eve", fails="Give --role")
    token = run("person", "r.db", "coordinator", "--token").split("shown once: ")[1].split()[0]
    run("stop", "r.db", "--reason", "complaint", fails="none was given")
    monkeypatch.setenv("CORRTEST_TOKEN", token)
    assert "Stopped" in run("stop", "r.db", "--reason", "complaint")


@pytest.mark.usefixtures("folder")
def test_supervision_and_oversight() -> None:
    run("init", "r.db", "study.toml")
    run("import", "r.db", "plan", "--documents", "documents")
    run("stop", "r.db", "--reason", "complaint")
    run("claim", "r.db", "--at", "2027-06-01", fails="is stopped: complaint")
    assert "Resumed" in run("stop", "r.db", "--resume")
    run("block", "r.db", "P00001")
    run("claim", "r.db", "Jan Een", "--at", "2027-06-01", fails="left alone")
    assert "replaced by" not in run("end", "r.db", "skip", "jan een", "--reason", "asked")
    assert "nothing" in run("aliases", "r.db")
    status = json.loads(run("status", "r.db", "--picture", "status.svg", "--json"))
    assert status["strata"][0]["skipped"] == 2
    assert Path("status.svg").read_text().startswith("<?xml")
    assert "planned" in run("status", "r.db")
    assert "refused" in run("audit", "r.db")
    head = run("backup", "r.db", "--out", "copy").split()[-1]
    assert "none altered" in run("verify", "r.db", "--head", head)
    assert json.loads(run("verify", "r.db", "--json"))["passed"]
    assert "Restored" in run("backup", "other.db", "--restore", "copy")
    run("erase", "r.db", "--retention-date", "2027-09-01", fails="Add --yes")
    run("erase", "r.db", "--retention-date", "2027-09-01", "--at", "2027-08-01", "--yes", fails="nothing is erased yet")
    assert "Destroyed: 4 vacancies" in run(
        "erase", "r.db", "--retention-date", "2027-09-01", "--at", "2027-09-02", "--yes"
    )
    assert "none altered" in run("verify", "r.db")


def test_in_a_study_folder_no_verb_needs_a_file(folder: Path) -> None:
    (folder / "secret" / "plan" / "plan").rename(folder / "secret" / "plan" / "version-1")
    (folder / "plan").rename(folder / "first")
    (folder / "plan").mkdir()
    (folder / "first").rename(folder / "plan" / "version-1")
    assert "secret/register.key" in run("init")
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret" / "register.key").stat().st_mode) == 0o600
    said = run("import")
    assert "Imported 4 pairs" in said
    assert "audit of documents is on record" in said.replace(str(folder) + "/", "")
    run("import", fails="has version 1 of its plan on record")
    run("person", "nora", "--role", "partner", "--partner", "north")
    claimed = json.loads(run("claim", "--count", "2", "--actor", "nora", "--at", "2027-06-01T09:00", "--json"))
    for item in claimed:
        run("sent", item["candidate"], "--at", "2027-06-01T10:00", "--actor", "nora")
        run("sent", item["pair_id"], "--at", "2027-06-02T10:00")
    run("reaction-sheet", "--out", "replies.xlsx")
    run("reaction-sheet", fails="Give --out or --file")
    assert "Closed 4 applications" in run("end", "close", "--at", "2027-08-01")
    assert "Wrote 2 pairs to results/pairs.csv" in run("export", "--as-of", "2027-08-01")
    assert "none altered" in run("verify")


def test_outside_a_study_folder_a_register_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("status", fails="This needs a register. Name its file or address")
    run("person", fails="Name the person")
    run("study", fails="Name the file of the other study")


def test_the_key_file_that_the_environment_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRTEST_KEY_FILE", str(folder / "elsewhere"))
    assert "elsewhere" in run("init", "r.db", "study.toml")
    assert (folder / "elsewhere").is_file()
    assert not (folder / "secret" / "r.key").exists()


def test_a_key_file_that_others_may_read_is_said(folder: Path) -> None:
    run("init", "r.db", "study.toml")
    key = folder / "secret" / "r.key"
    assert "key file" not in CliRunner().invoke(app, ["register", "status", "r.db"]).output
    key.chmod(0o640)
    told = CliRunner().invoke(app, ["register", "status", "r.db", "--json"])
    assert f"chmod 600 {key}" in told.stderr
    json.loads(told.stdout)


def test_no_verb_has_more_than_fourteen_options() -> None:
    for verb in typer.main.get_command(register).commands.values():
        assert len(verb.params) <= 14, verb.name


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "r.db"), "Name what to import"),
        (("sent", "r.db", "--at", "2027-01-11"), "Say which application (WHO) and when"),
        (("sent", "r.db", "Jan", "--at", "2027-01-11"), "Nothing is known by 'Jan'"),
        (("sent", "r.db", "--file", "none.csv"), "no file"),
        (("reaction", "r.db", "Jan"), "Say which application (WHO), --reaction"),
        (("export", "r.db", "--out", "pairs.doc"), "must end in .csv"),
        (("export", "r.db", "--out", "pairs.csv"), "No pair of 'small' is complete"),
        (("approve", "r.db"), "Give --ethics-reference"),
        (("approve", "r.db", "--ethics-reference", "x"), "three parts"),
        (("claim", "r.db", "--release"), "Say which application (WHO)"),
        (("end", "r.db", "forget"), "Use: end close"),
        (("code", "r.db", "--item", "1"), "Give both --item and --reaction"),
        (("backup", "r.db"), "Give --out or --restore"),
        (("person", "r.db", "x", "--role", "boss"), "There is no role 'boss'"),
        (("verify", "none.db"), "There is no register"),
        (("status", "r.db", "--actor", "eve"), "Nobody called 'eve'"),
        (("erase", "r.db", "--retention-date", "soon", "--yes"), "'soon' is no day"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_one_clear_message_each(words: tuple[str, ...], message: str) -> None:
    run("init", "r.db", "study.toml")
    run(*words, fails=message)


@pytest.mark.usefixtures("folder")
def test_an_incident_as_a_partner_types_it() -> None:
    run("init", "r.db", "study.toml")
    run("import", "r.db", "plan", "--documents", "documents", "--vacancies", "vacancies.csv")
    (item,) = json.loads(run("claim", "r.db", "--count", "1", "--at", "2027-06-01T09:00", "--json"))
    who = item["candidate"]
    said = ("--kind", "complaint", "--reason", "belde kwaad terug", "--at", "2027-06-02T09:00")
    run("incident", "r.db", who, *said, fails="nothing of it is out")
    run("sent", "r.db", who, "--at", "2027-06-01T10:00")
    run("incident", "r.db", who, "--reason", "belde", fails="Say what happened")
    run("incident", "r.db", who, "--employer", "0400000000", *said, fails="Say whom it is about")
    out = run("incident", "r.db", who, *said)
    assert "is on record" in out
    assert "1 letter(s) may still go to it" in out
    assert "--letter FOLDER" in out
    assert "blocked for good" in run("incident", "r.db", who, *said, "--block", "--letter", "letters")
    assert [path.name for path in Path("letters").iterdir()] == ["ethics_incident_letter_nl.docx"]
    first, second = (each["number"] for each in json.loads(run("status", "r.db", "--json"))["incidents"])
    assert str(first) in run("status", "r.db")
    run("incident", "r.db", "--take-back", str(second), "--reason", "twee keer genoteerd")
    told = json.loads(run("status", "r.db", "--json"))["incidents"]
    assert [(each["number"], each["incident"], each["pairs"]) for each in told] == [(first, "complaint", 1)]
    run("incident", "r.db", "--kind", "press", "--reason", "een krant belde", "--at", "2027-06-02")


@pytest.mark.usefixtures("folder")
def test_init_names_what_waits_for_what_in_order() -> None:
    text = Path("study.toml").read_text().replace(APPROVAL, "")
    Path("draft.toml").write_text(text)
    said = " ".join(run("init", "draft.db", "draft.toml").split())
    assert "1. the approval (the reference of the ethics committee" in said
    assert said.index("1. the approval") < said.index("2. the plan, before the audit") < said.index("3. the audit of")
    approved = " ".join(run("init", "r.db", "study.toml").split())
    assert "1. the plan, before the audit of its documents: corrtest register import" in approved
    run("import", "r.db", "plan", "--documents", "documents")
    assert "Nothing is sent before" not in run("status", "r.db")
