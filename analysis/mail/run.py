"""Precision and recall of suggestions, on made mails that were written apart from the rules and the training texts.

python analysis/mail/run.py    writes results/*.csv
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design import substream
from corrtest.mail import read_message
from corrtest.mail.suggesting import CLASSES, Checked, confusion, discovery, suggest, train
from corrtest.register import Candidate, masked

HERE = Path(__file__).resolve().parent
SEED = 2026
WRAPPED = 4
LANGUAGES = ("nl", "fr", "en")
NAMES = {
    "control": {"nl": "Pieter Claes", "fr": "Julien Lambert", "en": "Thomas Wouters"},
    "treated": {"nl": "Yassine El Amrani", "fr": "Mehdi Benali", "en": "Emre Yilmaz"},
}
PEOPLE = ("An De Smet", "K. Vermeulen", "Sophie", "Marc Dubois", "Leen - zaakvoerder", "N. Peeters, HR")
FIRMS = ("Bouwwerken Janssens", "Dupont & fils", "Noordzee Logistics", "Garage Centrum", "zorgcentrum De Linde")
JOBS = {
    "nl": ("metselaar", "magazijnier", "kok", "boekhouder"),
    "fr": ("maçon", "magasinier", "cuisinier", "comptable"),
    "en": ("bricklayer", "warehouse worker", "cook", "accountant"),
}
# The candidate's own letter, as programs quote it: words of an invitation that are not the employer's.
LETTER = {
    "nl": "Graag kom ik langs voor een gesprek. Ik ben beschikbaar op maandag.\nHeeft u vragen over mijn cv?",
    "fr": "Je serais heureux de vous rencontrer lors d'un entretien. Je suis disponible lundi.\nDes questions?",
    "en": "I would be glad to come for an interview. I am available on Monday.\nDo you have questions about my cv?",
}
ABOVE = {
    "nl": "Op ma 3 mrt 2026 om 09:12 schreef {name} <{mailbox}>:",
    "fr": "Le lun. 3 mars 2026 à 09:12, {name} <{mailbox}> a écrit :",
    "en": "On Mon, 3 Mar 2026 at 09:12, {name} <{mailbox}> wrote:",
}
FOOT = {
    "nl": "\n\n--\n{firm}\nDeze e-mail is vertrouwelijk. Denk aan het milieu voor u deze mail afdrukt.",
    "fr": "\n\n--\n{firm}\nCe courriel est confidentiel. Pensez à l'environnement avant d'imprimer.",
    "en": "\n\n--\n{firm}\nThis e-mail is confidential. Think of the environment before printing it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A made mail and what it is; `body` names the text of which it is one of several mails."""

    language: str
    reaction: str
    arm: str
    body: str
    pair_id: str
    candidate: Candidate
    source: bytes


def labelled() -> list[Labelled]:
    """Return the made mails: each body in several dresses, half to each arm unless it was written to one."""
    table = tomllib.loads((HERE / "labelled.toml").read_text(encoding="utf-8"))
    found: list[Labelled] = []
    for language in LANGUAGES:
        for reaction, part in table[language].items():
            for number, text in enumerate(part["both"]):
                found += _dressed(language, reaction, f"{language} {reaction} {number}", text, ("control", "treated"))
            for arm in ("control", "treated"):
                for number, text in enumerate(part.get(arm, {}).get("bodies", ())):
                    found += _dressed(language, reaction, f"{language} {reaction} {arm} {number}", text, (arm,))
        for number, text in enumerate(table["discovery"][language]):
            found += _dressed(language, "discovery", f"{language} discovery {number}", text, ("control", "treated"))
    for number, text in enumerate(table["bounced"]["bodies"]):
        found += _dressed(
            ("en", "en", "nl", "fr")[number], "bounced", f"bounced {number}", text, ("control", "treated")
        )
    return [*found, *_reports()]


def _dressed(language: str, reaction: str, body: str, text: str, arms: Sequence[str]) -> Iterator[Labelled]:
    chance = substream(SEED, "labelled", body)
    for dress in range(WRAPPED):
        arm = arms[dress % len(arms)]
        facts = _facts(language, arm, chance)
        mail = EmailMessage()
        mail["From"] = f"{facts['person']} <jobs@{facts['domain']}>"
        mail["To"] = facts["mailbox"]
        mail["Subject"] = _subject(language, dress, facts)
        words = text.format(**facts)
        if dress in (1, 3):
            words = words.rstrip() + FOOT[language].format(**facts)
        if dress >= 2:
            quoted = "".join(f"> {line}\n" for line in LETTER[language].splitlines())
            words = f"{words}\n\n{ABOVE[language].format(**facts)}\n{quoted}"
        if dress == 1:
            mail.set_content("<html><body><p>" + words.replace("\n", "<br>\n") + "</p></body></html>", subtype="html")
        else:
            mail.set_content(words)
        # Half of the programs that answer by themselves say so in a header; the others only in words.
        if reaction == "automatic" and dress in (0, 3):
            mail["Auto-Submitted"] = "auto-replied"
        yield Labelled(
            language=language,
            reaction=reaction,
            arm=arm,
            body=body,
            pair_id=f"{body} {dress // 2}",
            candidate=Candidate(name=facts["name"], mailbox=facts["mailbox"], telephone="+32 470 12 34 56"),
            source=mail.as_bytes(),
        )


def _subject(language: str, dress: int, facts: dict[str, str]) -> str:
    words = {"nl": "Sollicitatie", "fr": "Candidature", "en": "Application"}[language]
    return ("", f"RE: {words} {facts['job']}", f"Re: {words} - {facts['name']}", facts["job"])[dress]


def _facts(language: str, arm: str, chance: np.random.Generator) -> dict[str, str]:
    name = NAMES[arm][language]
    return {
        "name": name,
        "mailbox": name.lower().replace(" ", ".") + "@post.example",
        "person": str(chance.choice(PEOPLE)),
        "firm": str(chance.choice(FIRMS)),
        "job": str(chance.choice(JOBS[language])),
        "domain": str(chance.choice(["werk.example", "firme.example", "company.example"])),
    }


def _reports() -> Iterator[Labelled]:
    """Yield reports of mail servers as RFC 3464 has them."""
    for number in range(24):
        language, arm = LANGUAGES[number % 3], ("control", "treated")[number % 2]
        facts = _facts(language, arm, substream(SEED, "report", str(number)))
        mail = MIMEMultipart("report", **{"report-type": "delivery-status"})
        mail["From"] = f"Mail Delivery System <MAILER-DAEMON@{facts['domain']}>"
        mail["To"] = facts["mailbox"]
        mail["Subject"] = ("Undelivered Mail Returned to Sender", "Onbestelbaar: Sollicitatie", "Non remis")[number % 3]
        mail.attach(MIMEText("The mail system\n\n<jobs@werk.example>: host said: 550 5.1.1 unknown"))
        status: Any = MIMENonMultipart("message", "delivery-status")
        told = EmailMessage()
        told["Final-Recipient"], told["Action"], told["Status"] = f"rfc822; jobs@{facts['domain']}", "failed", "5.1.1"
        status.set_payload([told])
        mail.attach(status)
        candidate = Candidate(name=facts["name"], mailbox=facts["mailbox"], telephone="")
        yield Labelled(
            language=language,
            reaction="bounced",
            arm=arm,
            body=f"report {number % 3}",
            pair_id=f"report {number // 2}",
            candidate=candidate,
            source=mail.as_bytes(),
        )


def suggested() -> pd.DataFrame:
    """Return each made mail with its class, what is suggested by whom, and whether a discovery is seen in it."""
    model = train(SEED)
    rows = []
    for each in labelled():
        message = read_message(each.source)
        subject, text = masked(message.subject, [each.candidate]), masked(message.text, [each.candidate])
        found = suggest(model, subject, text, message.kinds)
        rows.append(
            (
                each.language,
                each.arm,
                each.body,
                each.pair_id,
                each.reaction,
                "" if found is None else found.reaction,
                "" if found is None else found.source,
                bool(discovery(subject, text)),
            )
        )
    names = ["language", "arm", "body", "pair_id", "reaction", "suggested", "source", "discovery_seen"]
    return pd.DataFrame(rows, columns=names)


def scores(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return precision and recall of each class, by these columns."""
    rows = []
    for key, part in table.groupby(list(by)):
        for reaction in CLASSES:
            true, said = part["reaction"] == reaction, part["suggested"] == reaction
            right = int((true & said).sum())
            if true.any() or said.any():
                rows.append((*key, reaction, int(true.sum()), int(said.sum()), right))
    found = pd.DataFrame(rows, columns=[*by, "reaction", "mails", "suggested", "right"])
    found["precision"] = (found["right"] / found["suggested"]).round(3)
    found["recall"] = (found["right"] / found["mails"]).round(3)
    return found


def main() -> None:
    """Write the results."""
    table = suggested()
    classes = table[table["reaction"] != "discovery"]
    out = HERE / "results"
    out.mkdir(exist_ok=True)
    scores(classes, ["arm", "language"]).to_csv(out / "by_arm_and_language.csv", index=False)
    scores(classes, ["arm"]).to_csv(out / "by_arm.csv", index=False)
    scores(classes.assign(all="all"), ["all"]).drop(columns="all").to_csv(out / "by_class.csv", index=False)
    checked = [
        Checked(pair_id=row.pair_id, arm=row.arm, confirmed=row.reaction, suggested=row.suggested)
        for row in classes.itertuples()
    ]
    found = confusion(checked, ("invitation", "other_positive"), SEED)
    found.cells.to_csv(out / "confusion.csv", index=False)
    found.arms.assign(p_value=found.p_value).round(4).to_csv(out / "errors_by_arm.csv", index=False)
    seen = table.assign(discovery=table["reaction"] == "discovery")
    seen.groupby(["language", "discovery"], as_index=False).agg(
        mails=("body", "size"), bodies=("body", "nunique"), seen=("discovery_seen", "sum")
    ).to_csv(out / "discovery.csv", index=False)
    sources = classes.assign(right=classes["reaction"] == classes["suggested"])
    sources.groupby("source", as_index=False).agg(mails=("body", "size"), right=("right", "sum")).to_csv(
        out / "by_source.csv", index=False
    )


if __name__ == "__main__":
    main()
