"""Who is shown where, for one viewer: a pure function of layout, roster, importance and who spoke last.

candidates ─► without the viewer, or with ─► the ones that fit, recent speakers first ─► in filling order ─► panes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cms_media.base.types import LegId
from cms_media.layout.catalogue import LAYOUTS, Filling, Layout
from cms_media.layout.types import LayoutName, Rect, SelfPane


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


def arrange(
    layout: LayoutName,
    candidates: Sequence[Candidate],
    viewer: LegId | None,
    self_pane: SelfPane = SelfPane.SKIP,
) -> tuple[Pane, ...]:
    """Panes from back to front for `viewer`, who sees itself only if `self_pane` says so; None sees everybody.

    `candidates` come in roster order (who joined first is first). When there are more than panes, the most
    important and then the most recent speakers are kept, in the order of the layout: a speaker who is already
    shown moves nobody.
    """
    skipped = viewer if self_pane is SelfPane.SKIP else None
    some = [item for item in candidates if item.leg != skipped]
    panes = _fill(LAYOUTS[layout], _ranked(some), {item.leg: n for n, item in enumerate(candidates)})
    return _without(panes, viewer) if self_pane is SelfPane.BLANK else panes


def arrange_each(
    layout: LayoutName, candidates: Sequence[Candidate], self_pane: SelfPane = SelfPane.SKIP
) -> dict[LegId, tuple[Pane, ...]]:
    """`arrange` for every candidate at the price of one per pane: those not shown see the same."""
    plan, ranked = LAYOUTS[layout], _ranked(candidates)
    places = {item.leg: number for number, item in enumerate(candidates)}
    everybody = len(candidates) - (self_pane is SelfPane.SKIP)
    panes = len(plan.template_for(everybody).rects)
    common = _fill(plan, ranked[:panes], places)
    pictures = {item.leg: common for item in candidates}
    for viewer in () if self_pane is SelfPane.SELF else ranked[:panes]:
        if self_pane is SelfPane.BLANK:
            pictures[viewer.leg] = _without(common, viewer.leg)
        else:
            others = [item for item in ranked[: panes + 1] if item is not viewer]
            pictures[viewer.leg] = _fill(plan, others, places)
    return pictures


def arrange_alike(
    layout: LayoutName, candidates: Sequence[Candidate], self_pane: SelfPane = SelfPane.SKIP
) -> dict[LegId, tuple[Pane, ...]]:
    """As few different pictures as the layout makes sense with: one for all, each sees himself among the others.

    As `arrange_each` where that would show people nothing but themselves, or would take from each of two the other.
    """
    if LAYOUTS[layout].filling is Filling.SPEAKER or len(candidates) <= 2:
        return arrange_each(layout, candidates, self_pane)
    return dict.fromkeys((item.leg for item in candidates), arrange(layout, candidates, None))


def _without(panes: tuple[Pane, ...], viewer: LegId | None) -> tuple[Pane, ...]:
    return tuple(pane for pane in panes if pane.leg != viewer)


def _ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    # sorted() is stable, so whoever is equal stays in roster order.
    return sorted(candidates, key=lambda item: (-item.importance, -item.last_spoke))


def _fill(plan: Layout, ranked: Sequence[Candidate], places: Mapping[LegId, int]) -> tuple[Pane, ...]:
    """The first of `ranked` in the panes of the template that they need."""
    rects = plan.template_for(len(ranked)).rects
    shown = list(ranked[: len(rects)])
    if plan.filling is Filling.ROSTER:
        shown.sort(key=lambda item: (-item.importance, places[item.leg]))
    return tuple(Pane(item.leg, rect) for item, rect in zip(shown, rects, strict=False))
