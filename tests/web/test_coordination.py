"""What a coordinator decides in the page: approval, firms, codes, blocks; the weeks; the backup."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl

from corrtest.register import Register, restore_folder
from tests.register.conftest import STUDY, Clock, a_study
from tests.web.conftest import MORNING


def kinds(site) -> list[str]:
    with site.register() as register:
        return list(register.oversight.audit_trail()["kind"])


def test_what_is_late_is_said(site):
    assert "past their day" not in site.get("/attention").text
    site.clock.at += timedelta(days=30)
    text = site.get("/attention").text
    assert "letters are past their day" in text


def test_an_approval_goes_on_record(site, folder):
    folder.register.unlink()
    (folder.root / "secret" / "register.key").unlink()
    study = a_study(approved=False)
    folder.study.write_text(STUDY.format(name="small", approval="", pairs=4, total=2, window=1, weeks=8))
    Register.create(folder.register, study, clock=Clock(MORNING), secret=b"s" * 32).close()
    assert "before the approval is on record" in site.get("/attention").text
    key = site.key("/attention")
    wrong = site.post("/attention/approve", key=key, reference="E1", by="Ann", informed="soon")
    assert wrong.status_code == 400
    done = site.post("/attention/approve", key=key, reference="E1", by="Ann", informed="2026-12-01")
    assert done.status_code == 200
    assert "approved" in kinds(site)
    assert "before the approval is on record" not in done.text


def test_the_audit_of_the_documents_goes_on_record(site):
    before = kinds(site).count("audit_recorded")
    assert site.post("/attention/audit").status_code == 200
    assert kinds(site).count("audit_recorded") == before + 1


def test_an_employer_is_blocked_and_the_block_lifted_with_a_reason(site):
    asked = site.post("/attention/block", employer="P00001", do="block", reason="asked us to stop")
    assert "Pairs that stop: 1 of which nothing was sent" in asked.text
    assert site.post("/attention/block", employer="1234567890", do="block").status_code == 400
    assert site.post("/attention/block", employer="", do="block").status_code == 400
    assert site.post("/attention/block", employer="P00001", do="lift").status_code == 400
    assert site.post("/attention/block", employer="P00001", do="lift", reason="a mistake").status_code == 200
    assert kinds(site)[-2:] == ["blocked", "unblocked"]


def test_two_codes_that_differ_are_decided(site):
    with site.register() as register:
        register.people.add("cas", "coder")
        register.sending.mark_sent("P00001", "control", MORNING)
        register.replies.record("P00001", "control", "invitation", MORNING, text="Dag Jan Claes, kom langs")
        item = int(register.coding.waiting(actor="cas").iloc[0]["item"])
        register.coding.code(item, "negative", actor="cas")
    assert "1 answer got two different codes" in site.get("/attention").text
    shown = site.get("/disagreements").text
    assert "kom langs" in shown
    assert "Claes" not in shown.split("<blockquote")[1].split("</blockquote>")[0]
    decided = site.post(f"/disagreements/{item}", reaction="negative")
    assert "No two codes differ" in decided.text
    assert kinds(site)[-1] == "adjudicated"
    assert site.post(f"/disagreements/{item}", reaction="invitation").status_code == 409


def test_the_weeks_are_a_page_and_a_workbook(site):
    page = site.get("/report/weeks/html")
    assert "style-src 'unsafe-inline'" in page.headers["content-security-policy"]
    assert "<table" in page.text
    book = openpyxl.load_workbook(io.BytesIO(site.get("/report/weeks/xlsx").content))
    assert book.sheetnames
    assert site.get("/report/weeks/exe").status_code == 404


def test_the_backup_opens_with_its_passphrase_and_restores_the_folder(site, folder, tmp_path):
    key = site.key()

    def saved(*typed: str):
        return site.post("/attention/backup", key=key, **dict(zip(("passphrase", "again"), typed, strict=True)))

    assert saved("a long passphrase", "another passphrase").status_code == 400
    assert saved("short", "short").status_code == 400
    answer = saved("a long passphrase", "a long passphrase")
    assert answer.status_code == 200
    kept = tmp_path / "kept.sealed"
    kept.write_bytes(answer.content)
    made = restore_folder(kept, tmp_path / "back", "a long passphrase")
    assert folder.study.name in made.files
    assert "backed_up" in kinds(site)
