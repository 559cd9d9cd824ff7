"""Who is shown where, for one viewer: a pure function of layout, roster, importance and who spoke last.

candidates ─► without the viewer ─► the ones that fit, recent speakers first ─► in filling order ─► panes
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cms_media.base.types import LegId
from cms_media.layout.catalogue import LAYOUTS, Filling
from cms_media.layout.types import LayoutName, Rect


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be shown."""

    leg: LegId
    importance: int = 0
    """Higher comes first; 0 is normal."""
    last_spoke: int = 0
    """A count that grows with every change of speaker: the greatest is the loudest now, 0 never spoke."""


@dataclass(frozen=True, slots=True)
class Pane:
    """One participant's place on the canvas."""

    leg: LegId
    rect: Rect


def arrange(layout: LayoutName, candidates: Sequence[Candidate], viewer: LegId | None) -> tuple[Pane, ...]:
    """Panes from back to front for `viewer`, who never sees itself; None sees everybody.

    `candidates` come in roster order (who joined first is first). When there are more than panes, the most
    important and then the most recent speakers are kept, in the order of the layout: a speaker who is already
    shown moves nobody.
    """
    plan = LAYOUTS[layout]
    others = [item for item in candidates if item.leg != viewer]
    template = plan.template_for(len(others))
    # sorted() is stable, so whoever is equal stays in roster order.
    ranked = sorted(others, key=lambda item: (-item.importance, -item.last_spoke))[: len(template.rects)]
    shown = ranked if plan.filling is Filling.SPEAKER else _in_roster_order(ranked, others)
    return tuple(Pane(item.leg, rect) for item, rect in zip(shown, template.rects, strict=False))


def _in_roster_order(chosen: Sequence[Candidate], roster: Sequence[Candidate]) -> list[Candidate]:
    kept = {item.leg for item in chosen}
    return sorted((item for item in roster if item.leg in kept), key=lambda item: -item.importance)
