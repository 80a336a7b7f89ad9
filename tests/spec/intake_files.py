"""Files with vacancies as organisations make them, built here; employers that cannot exist."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

HEADER = [
    "Vacaturenummer",
    "Ondernemingsnr.",
    "Naam werkgever",
    "Aantal werknemers",
    "PC",
    "Functie",
    "Postcode",
    "Publicatiedatum",
    "Einddatum",
    "Sollicitatiewijze",
    "Sollicitatieadres",
]
TITLES = ("Maatschappelijk werker", "SCHOONMAKER", "Verpleegkundigen (m/v/x)", "koks", "Begeleider gehandicaptenzorg")
COMMITTEES = ("331", "330", "330", "330", "319")
WAYS = (
    ("e-mail", "jobs@werkgever{n}.example"),
    ("website", "https://www.werkgever{n}.example/jobs"),
    ("VDAB", "via Mijn Loopbaan"),
    ("bel", "0400 00 00 00"),
)
EXCEL = date(1899, 12, 30)


def enterprise_number(place: int) -> str:
    """Return a number with correct check digits that was never given out."""
    base = 100_000 + place
    return f"{base:08d}{97 - base % 97:02d}"


def rows(count: int) -> list[dict[str, Any]]:
    """Return vacancies as facts, which each kind of file writes in its own way."""
    return [
        {
            "number": 70_000_000 + place,
            "employer": enterprise_number(place // 2),
            "committee": COMMITTEES[place % 5],
            "title": TITLES[place % 5],
            "opens": date(2027, 1, 11) + timedelta(days=place % 90),
            "closes": date(2027, 2, 15) + timedelta(days=place % 90),
            "way": WAYS[place % 4][0],
            "address": WAYS[place % 4][1].format(n=place // 2),
        }
        for place in range(count)
    ]


def write_xlsx(path: Path, facts: list[dict[str, Any]]) -> Path:
    """Write a workbook with titles, merged cells, numbers for texts and days of three kinds, and a sheet of codes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Export"
    sheet.append(["Export vacatures (toestand 01/12/2026)"])
    sheet.append([None])
    sheet.append(HEADER)
    for place, fact in enumerate(facts):
        number, days = fact["employer"], [fact["opens"], fact["closes"]]
        written: list[Any] = [
            days,
            [f"{day:%d/%m/%Y}" for day in days],
            [(day - EXCEL).days for day in days],
        ][place % 3]
        sheet.append(
            [
                fact["number"],
                int(number) if place % 2 else f"BE {number[:4]}.{number[4:7]}.{number[7:]}",
                f"vzw {place}",
                None if place % 7 == 0 else 40,
                int(fact["committee"]) if place % 2 else fact["committee"],
                fact["title"],
                9000 if place % 2 else "9000",
                *written,
                fact["way"],
                fact["address"],
            ]
        )
    sheet.merge_cells("A1:K1")
    codes = book.create_sheet("Codes")
    codes.append(["code", "betekenis"])
    codes.append(["330", "gezondheidsinrichtingen"])
    book.save(path)
    return path


def write_csv(path: Path, facts: list[dict[str, Any]]) -> Path:
    """Write a CSV as Excel in Belgium does: Windows-1252, semicolons, a title, empty rows at the end."""
    lines = ["Export vacatures – toestand 01/12/2026" + ";" * 10, ";".join(HEADER)]
    for fact in facts:
        cells = [
            str(fact["number"]),
            fact["employer"],
            "vzw Dé Brug",
            "40",
            fact["committee"],
            fact["title"],
            "9000",
            f"{fact['opens']:%d/%m/%Y}",
            f"{fact['closes']:%d/%m/%Y}",
            fact["way"],
            fact["address"],
        ]
        lines.append(";".join(cells))
    path.write_bytes("\r\n".join([*lines, ";" * 10, ""]).encode("cp1252"))
    return path


def write_feed(path: Path, facts: list[dict[str, Any]]) -> Path:
    """Write a job feed: postings of schema.org, their days with the hour and its zone."""
    postings = [
        {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "identifier": {"@type": "PropertyValue", "name": "jobs", "value": str(fact["number"])},
            "title": fact["title"],
            "description": "<p>long\ntext</p>",
            "datePosted": fact["opens"].isoformat(),
            "validThrough": f"{fact['closes']:%Y-%m-%d}T21:59:00Z",
            "hiringOrganization": {"@type": "Organization", "name": "vzw", "vatID": f"BE{fact['employer']}"},
            "jobLocation": [{"@type": "Place", "address": {"postalCode": "9000", "addressCountry": "BE"}}],
            "industry": f"PC {fact['committee']}",
            "applicationContact": {
                "@type": "ContactPoint",
                **({"email": fact["address"]} if "@" in fact["address"] else {"url": fact["address"]}),
            },
        }
        for fact in facts
    ]
    path.write_text(json.dumps({"@graph": postings}), encoding="utf-8")
    return path
