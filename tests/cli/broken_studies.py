"""Studies that are broken at random: ready designs, made small, with one to three things changed in them.

Some changes are faults, some are only unusual; which is which is for `check` to say.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Change = Callable[["Draft", random.Random], None]

CRITERION = """
label = {{ nl = "geloof", en = "belief" }}
{power}
[levels.volunteer]
label = {{ nl = "vrijwilliger in een moskee" }}
{signal}
"""
POWER = '[power]\ncontrol_rate = 0.3\nratio = 0.75\nsource = "an assumption"'
SENTENCES = """where = "both"
[levels.volunteer.nl]
cv = ["Ik ben vrijwilliger in de moskee van mijn buurt."]
letter = ["In mijn vrije tijd help ik als vrijwilliger in onze moskee."]"""


@dataclass
class Draft:
    """A study file that is being broken, with its own folders."""

    text: str
    files: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def swap(self, pattern: str, replacement: str | Callable[[re.Match[str]], str], count: int = 1) -> None:
        """Replace where the pattern is found."""
        self.text = re.sub(pattern, replacement, self.text, count=count, flags=re.M)

    def put(self, table: str, line: str) -> None:
        """Put a key in a table, in place of the same key where it is there."""
        key = line.split("=", maxsplit=1)[0].strip()
        head, start, rest = self.text.partition(f"[{table}]\n")
        if not start:
            self.text += f"\n[{table}]\n{line}\n"
            return
        body, end, after = rest.partition("\n[")
        body = re.sub(rf"^{key} =.*\n?", "", body, flags=re.M)
        self.text = f"{head}{start}{line}\n{body}{end}{after}"

    def write(self, folder: Path) -> Path:
        """Write the study and its own folders."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        path = folder / "study.toml"
        path.write_text(self.text, encoding="utf-8")
        return path


def small(text: str, rng: random.Random) -> str:
    """Return a design with a few pairs in each stratum."""
    return re.sub(r"= 200\b", lambda _: f"= {rng.randint(2, 5)}", text)


def misspelt(draft: Draft, rng: random.Random) -> None:
    names = re.findall(r'"([a-z_0-9]{4,})"', draft.text)
    name = rng.choice(names)
    place = rng.randrange(1, len(name))
    wrong = rng.choice([name[:place] + name[place + 1 :], name[:place] + "x" + name[place:], name.upper()])
    draft.text = draft.text.replace(f'"{name}"', f'"{wrong}"', 1)


def share(draft: Draft, rng: random.Random) -> None:
    draft.swap(r"share = [0-9.]+", f"share = {rng.choice(['0.3', '0,5', '-0.5', '0.0', '1.5', '50', '0.50'])}")


def quota(draft: Draft, rng: random.Random) -> None:
    value = rng.choice(["0", "1", "-3", "1.000", "2.5", "1000000", "900", '"5"', "40"])
    draft.swap(r"(origin|age|disability) = \d+", lambda m: f"{m[1]} = {value}", rng.choice([1, 0]))


def language(draft: Draft, rng: random.Random) -> None:
    draft.put("study", f'language = "{rng.choice(["fr", "en", "de", "FR", "nl ", "fr", "en"])}"')


def layouts(draft: Draft, rng: random.Random) -> None:
    value = rng.choice(
        [
            '["classic_rules"]',
            '["clasic_rules", "side_column"]',
            '["classic_rules", "side_column"]',
            "[]",
            '["plain_table", "plain_table"]',
            '"side_column"',
        ]
    )
    draft.put("fieldwork", f"templates = {value}")


def amounts(draft: Draft, rng: random.Random) -> None:
    key = rng.choice(["total", "cost_per_pair", "cost_per_vacancy", "fixed", "sector_adds"])
    value = rng.choice(
        ["85.000", "500", '"85000"', "inf", "nan", "0", "0.0", "60,50", "-1", "85_000", "1.500", "62.50"]
    )
    draft.put("budget", f"{key} = {value}")


def dates(draft: Draft, rng: random.Random) -> None:
    value = rng.choice(
        [
            "{ start = 11/01/2027, end = 2027-07-09 }",
            "{ start = 2027-13-01, end = 2027-07-09 }",
            "{ start = 2027-07-09, end = 2027-01-11 }",
            '{ start = "2027-01-11", end = 2027-07-09 }',
            "{ start = 2027-01-16, end = 2027-01-17 }",
            "{ start = 2027-01-11, end = 2027-03-31 }",
            "[2027-01-11, 2027-07-09]",
            "{ start = 2027-01-11T09:00:00, end = 2027-07-09 }",
            "{ start = 2027-01-11 }",
        ]
    )
    draft.put("study", f"period = {value}")


def committees(draft: Draft, rng: random.Random) -> None:
    numbers = re.findall(r'^number = "([0-9.]+)"', draft.text, flags=re.M)
    number = rng.choice(numbers)
    wrong = rng.choice(['"999"', "124", '"124.10"', f'"{numbers[0]}"', '"200"', '""'])
    if rng.random() < 0.5:
        draft.swap(rf'^number = "{re.escape(number)}"', f"number = {wrong}")
    else:
        draft.swap(r"^committees = \[.*\]", f"committees = [{wrong}]", rng.choice([1, 0]))


def lags(draft: Draft, rng: random.Random) -> None:
    draft.put(
        "fieldwork", f"lag_days = {rng.choice(['0', '[1, 3]', '[3, 1]', '200', '-1', '1.5', '5', '[0, 0]', '[2]'])}"
    )


def blackout(draft: Draft, rng: random.Random) -> None:
    draft.put(
        "fieldwork", f"blackout_days = {rng.choice(['[2027-04-05]', '[05/04/2027]', '2027-04-05', '[2020-01-01]'])}"
    )


def caps(draft: Draft, rng: random.Random) -> None:
    line = rng.choice(
        [
            "total = 0",
            "total = 1",
            "total = 4",
            "total = 30",
            "window = { pairs = 3, weeks = 8 }",
            "window = { pairs = 1, weeks = 60 }",
            "window = { pairs = 1, weeks = 0 }",
            "by_size = [{ employees = 250, total = 4, window_pairs = 2 }]",
            "by_size = [{ employees = 50, total = 40, window_pairs = 2 }]",
            "by_size = [{ employees = 250, total = 4, window_pairs = 9 }]",
        ]
    )
    draft.put("caps", line)


def stated(draft: Draft, rng: random.Random) -> None:
    key = rng.choice(["nationality", "mother_tongue"])
    draft.put("documents", f'{key} = "{rng.choice(["by_level", "omitted", "none", "same"])}"')


def refused(draft: Draft, rng: random.Random) -> None:
    names = rng.choice(["[]", '["Peeters", "Janssens"]', "Peeters", "[1]"])
    draft.put("documents", f"refused_names = {names}")


def kinds(draft: Draft, rng: random.Random) -> None:
    line = rng.choice(
        [
            'pairing = "unpaired"',
            'pairing = "paired"',
            'pairing = "single"',
            'instrument = "survey"',
            'instrument = "client_calls"',
            'wave = "second"',
            "seed = -1",
            f"seed = {2**70}",
            "seed = 1.0",
            'name = ""',
            'name = "Étude 1 / réf. «x»"',
        ]
    )
    draft.put("study", line)


def counted(draft: Draft, rng: random.Random) -> None:
    line = rng.choice(
        [
            'tests_are = "applications"',
            'tests_are = "tests"',
            'stratify_by = ["occupation"]',
            'stratify_by = ["province"]',
            'stratify_by = ["ocupation"]',
            'stratify_by = ["week"]',
            'employer_identifier = "other"',
            "reaction_window_days = 0",
        ]
    )
    draft.put("fieldwork", line)


def analysed(draft: Draft, rng: random.Random) -> None:
    line = rng.choice(
        [
            "confidence_level = 0.3",
            "confidence_level = 95",
            "confidence_level = 0.99",
            "confidence_level = 0,95",
            'monitoring = { rule = "pocock", looks = [0.5, 1.0] }',
            'monitoring = { rule = "pocock", looks = [0.5] }',
            'monitoring = { rule = "e_process" }',
            'multiplicity = "bonferroni"',
            'cluster = "none"',
        ]
    )
    draft.put("analysis", line)


def titles(draft: Draft, rng: random.Random) -> None:
    title = rng.choice(["Metselaar", "SCHRIJNWERKER", "Maçon", "Köchin", "lorry driver", "zanger", "  Kok "])
    draft.swap(r'^code = "[a-z_]+"', f'code = "{title}"')


def without(draft: Draft, rng: random.Random) -> None:
    if rng.random() < 0.5:
        draft.text = re.sub(r"\[\[occupation\]\]\n(?:[a-z].*\n)+", "", draft.text)
    else:
        lines = draft.text.splitlines()
        del lines[rng.randrange(len(lines))]
        draft.text = "\n".join(lines) + "\n"


def levels(draft: Draft, rng: random.Random) -> None:
    pool = ["deaf_support_premium", "age_50_inactive", "age_44", "autism", "woman", "eastern_european_name", "blind"]
    draft.swap(r'name = "(maghrebi_name|age_50|deaf|physical_disability)"', f'name = "{rng.choice(pool)}"')


def gender(draft: Draft, rng: random.Random) -> None:
    level = rng.choice(["woman", "man", "other"])
    draft.text = draft.text.replace("origin = ", "gender = ")
    draft.text += f'\n[[criterion]]\nname = "gender"\nlevels = [{{ name = "{level}", share = 1.0 }}]\n'


def partners(draft: Draft, rng: random.Random) -> None:
    draft.text += f'\n[[partner]]\nname = "Partner"\npairs_per_day = {rng.choice(["1", "0", "20"])}\n'


def own_criterion(draft: Draft, rng: random.Random) -> None:
    power = rng.choice([POWER, POWER, "", POWER.replace("0.75", "1.0"), POWER.replace("0.3", "0,3")])
    signals = (
        SENTENCES,
        SENTENCES,
        'names = "turkish"',
        'names = "martian"',
        "age = 90\ncontrol_age = 30",
        'gender = "x"',
    )
    draft.files["criteria/belief.toml"] = CRITERION.format(power=power, signal=rng.choice(signals))
    draft.text = draft.text.replace("age = ", "belief = ")
    name = rng.choice(["volunteer", "volunteer", "voluntear"])
    draft.text += f'\n[[criterion]]\nname = "belief"\nlevels = [{{ name = "{name}", share = 1.0 }}]\n'


def own_level(draft: Draft, rng: random.Random) -> None:
    signal = SENTENCES.replace("volunteer", "dyslexia")
    broken = rng.choice([signal, signal, signal.replace("cv =", "vc ="), signal.replace("letter =", "#"), "["])
    draft.files["criteria/disability.toml"] = f"[levels.dyslexia]\n{broken}\n"
    draft.text = draft.text.replace('"deaf"', '"dyslexia"')


def own_occupation(draft: Draft, rng: random.Random) -> None:
    codes = re.findall(r'^code = "([a-z_]+)"', draft.text, flags=re.M)
    line = rng.choice(
        [
            'areas = ["Bouw"]',
            'diploma = "doctor"',
            'employers = ["Firma", "{firm} NV"]',
            'tasks = [["een", "twee"]]',
            'areas = ["Bouw", "Werf"]',
            'skills = "veel"',
            'junior = ["Leerling", "Hulp"]',
        ]
    )
    draft.files[f"occupations/{rng.choice(codes or ['mason'])}.toml"] = f"[nl]\n{line}\n"


CHANGES: tuple[Change, ...] = (
    misspelt,
    misspelt,
    share,
    quota,
    language,
    layouts,
    amounts,
    amounts,
    dates,
    committees,
    lags,
    blackout,
    caps,
    stated,
    refused,
    kinds,
    counted,
    analysed,
    titles,
    without,
    levels,
    gender,
    partners,
    own_criterion,
    own_level,
    own_occupation,
)


def broken(text: str, seed: int) -> Draft:
    """Return a design with one to three changes, as the seed draws them."""
    rng = random.Random(seed)
    draft = Draft(small(text, rng))
    for change in rng.sample(CHANGES, rng.choice([1, 1, 1, 2, 3])):
        draft.changes.append(change.__name__)
        change(draft, rng)
    return draft
