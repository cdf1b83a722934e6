"""One event, one record: a sentence that names an event twice ("held talks", "the discussions") has it once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whimbrel.records import FoundEvent, Span

ROLES = ("actor", "recipient")


def without_doubles(events: Sequence[FoundEvent]) -> list[FoundEvent]:
    """Return the events in their order, each that only repeats a surer one marked with `double_of`.

    Two events of one type in one sentence are the same where neither has a party in a role that the other fills
    with somebody else. The surer one takes over what only the other says.
    """
    marked = dict(enumerate(events))
    kept: list[int] = []
    for number in sorted(marked, key=lambda i: -events[i].confidence):
        same = next((other for other in kept if repeats(marked[number], marked[other])), None)
        if same is None:
            kept.append(number)
        else:
            marked[number] = replace(marked[number], double_of=marked[same].trigger)
            marked[same] = _completed(marked[same], events[number])
    return [marked[number] for number in range(len(events))]


def repeats(event: FoundEvent, other: FoundEvent) -> bool:
    """Say whether two events can be one and the same."""
    if (event.sentence, event.event) != (other.sentence, other.event):
        return False
    return all(_fits(getattr(event, role), getattr(other, role)) for role in ROLES)


def _fits(one: tuple[Span, ...], two: tuple[Span, ...]) -> bool:
    return set(one) <= set(two) or set(two) <= set(one)


def _completed(event: FoundEvent, other: FoundEvent) -> FoundEvent:
    """Return the surer event with the roles that only the other one fills."""
    many = {role: getattr(other, role) for role in ("place", "date") if not getattr(event, role)}
    many["mode"] = tuple(dict.fromkeys((*event.mode, *other.mode)))
    one = {role: getattr(event, role) or getattr(other, role) for role in ("according_to", "killed", "injured", "arrested")}
    return replace(event, **many, **one)
