"""What a name may mean in the tables, for looking parties up by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from whimbrel.resolution.names import key
from whimbrel.resolution.offices import PROMINENCE, Offices
from whimbrel.resolution.reasons import Candidate

if TYPE_CHECKING:
    from whimbrel.resolution.parties_phrase import Phrases
    from whimbrel.resolution.parties_tables import Tables


def search(text: str, on: date | None, tables: Tables, phrases: Phrases, offices: Offices) -> tuple[Candidate, ...]:
    """Return what a name may mean in the tables, the best first."""
    day = on or date.today()  # noqa: DTZ011 - the user's own day
    compared = key(text)
    found = []
    form = phrases.country_form(text)
    if form:
        name = tables.country_names.get(form.code, form.name)
        found.append(Candidate(name, 10.0, f"country {form.code} GOV"))
    body = tables.body(compared)
    if body:
        codes = " ".join(filter(None, [body.country or "", *body.sector]))
        found.append(Candidate(body.name, 9.0 - body.rank, f"{body.kind} {codes}"))
    people = tables.people_named(compared) or tables.people_surnamed(compared)
    for person in people:
        spell = offices.held(person, day)
        last = spell or offices.last(person, day)
        if last:
            when = "now" if spell else f"until {last.end}" if last.end else "once"
            score = PROMINENCE.get(last.office, 1) + (2.0 if spell else 0.0)
            found.append(Candidate(person.name, score, f"{last.role}, {last.country}, {when}"))
    phrase = phrases.parse(text)
    if phrase.title and phrase.title.office and phrase.country and not phrase.name:
        holders = offices.in_office(phrase.country.code, phrase.title.words, phrase.title.office, day)
        found += [h.candidate() for h in holders[:5]]
    return tuple(sorted(found, key=lambda c: -c.score))
