"""Where applicants have worked and gone to school: places that exist or that nobody can look up, as the study has it.

A kind of workplace without a name ("schildersbedrijf, Brugge") says nothing untrue of any firm, and no two documents
share a firm. Public services exist in every municipality. Coined names are for studies with a wide pool of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corrtest.errors import GeneratorError
from corrtest.generator.cv_sheets import cv_words
from corrtest.generator.languages import Language
from corrtest.generator.names import refuses
from corrtest.generator.pool_files import Pools
from corrtest.generator.pools import Profile, firm_names, other_sectors, public_services, schools, student_jobs
from corrtest.generator.wording import Draws, fill
from corrtest.language import say
from corrtest.spec import Documents

__all__ = ["Places", "Workplace"]

ATTEMPTS = 60
# Families of occupations in which some say how large a workplace was, and how many of the workplaces.
SIZED, SHARE_SIZED = ("trade", "service"), 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """A workplace as a list of jobs has it ("bakkerij"), and as a sentence does ("een bakkerij in Brugge")."""

    listed: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places that the documents of one pair may name; `taken` are the coined names that are in use."""

    subject: Profile
    language: Language
    documents: Documents
    pools: Pools
    taken: set[str]

    def workplace(self, draws: Draws, town: str) -> Workplace:
        """Draw where someone of the occupation has worked."""
        if self.documents.employers == "coined":
            name = self._coined(draws, self.subject.employers)
            return Workplace(listed=name, spoken=name)
        kinds = self.subject.workplaces
        if self.documents.employers == "public":
            services = public_services(self.subject.occupation, self.language.code, self.pools)
            kinds = services if services and draws.uniform() < 0.5 else kinds
        found = self._kind(draws.pick(kinds), town)
        if self.subject.family not in SIZED or draws.uniform() >= SHARE_SIZED:
            return found
        size = draws.pick(cv_words(self.language.code, self.pools).sizes)
        return replace(found, listed=f"{found.listed} ({size})")

    def other_sector(self, draws: Draws, town: str) -> tuple[str, Workplace]:
        """Draw a position and a workplace outside the occupation's own kind of work."""
        rows = other_sectors(self.subject.family, self.language.code, self.pools)
        position, kind = draws.pick(rows)
        return position, self._kind(kind, town)

    def student_job(self, draws: Draws, town: str) -> tuple[str, Workplace]:
        """Draw what someone did in holidays and weekends while at school."""
        position, kind = draws.pick(student_jobs(self.language.code, self.pools))
        return position, self._kind(kind, town)

    def school(self, draws: Draws, towns: Sequence[str]) -> str:
        """Draw a school of the diploma's kind, in one of some towns."""
        known = schools(self.language.code, self.pools)[self.subject.diploma.school]
        found = draws.pick([school for school in known if school.town in ("", *towns)] or known)
        return found.written.format(town=draws.pick(towns)) if "{" in found.written else found.written

    def _kind(self, kind: str, town: str) -> Workplace:
        article = next((each for each in self.language.articles if kind.startswith(each)), "")
        place = fill(self.language.in_town, {"town": town})
        return Workplace(listed=kind.removeprefix(article), spoken=f"{kind} {place}")

    def _coined(self, draws: Draws, forms: Sequence[str]) -> str:
        """Draw a name that no real firm is known to have and that the pair has not used yet."""
        coined = firm_names(self.language.code, self.pools)
        refused = (*self.documents.refused_names, *self.documents.refused_firms)
        for _ in range(ATTEMPTS):
            form = draws.pick(forms)
            kind = "home" if "{home}" in form else "firm"
            name = draws.pick(coined[kind])
            written = form.format(**{kind: name})
            if name not in self.taken and not refuses(written, refused):
                self.taken.add(name)
                return written
        raise GeneratorError(say("There are too few coined employer names; add rows to firm_names.csv."))
