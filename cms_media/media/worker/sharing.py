"""Which legs share which view: those who see the same scene in the same format. Pure.

A view that exists goes on with whom it has: a scene may change (somebody joined, somebody speaks) without a
new encoder and without a key frame, as long as its legs change together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from cms_media.base.types import LegId
from cms_media.codecs.encoder import EncoderFormat
from cms_media.conference.ports import Scene

ViewId = NewType("ViewId", int)


@dataclass(frozen=True, slots=True)
class ViewKey:
    """Legs with an equal key see equal pictures."""

    scene: Scene
    format: EncoderFormat
    alone: LegId | None = None
    """Whoever is not to share it with anybody."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One view to be: `continues` is the view that becomes it, None is a new one."""

    key: ViewKey
    legs: frozenset[LegId]
    continues: ViewId | None


def share(
    wishes: Mapping[LegId, ViewKey], current: Mapping[ViewId, tuple[EncoderFormat, frozenset[LegId]]]
) -> list[Shared]:
    """Groups of legs by what they see; each continues the free view with which it has most legs in common."""
    groups: dict[ViewKey, set[LegId]] = {}
    for leg, key in wishes.items():
        groups.setdefault(key, set()).add(leg)
    view_of = {leg: view for view, (_, legs) in current.items() for leg in legs}
    free = dict(current)
    shared = []
    for key, legs in sorted(groups.items(), key=lambda group: -len(group[1])):
        view = _closest(key.format, legs, view_of, free)
        if view is not None:
            del free[view]
        shared.append(Shared(key, frozenset(legs), view))
    return shared


def _closest(
    wanted: EncoderFormat,
    legs: set[LegId],
    view_of: Mapping[LegId, ViewId],
    free: Mapping[ViewId, tuple[EncoderFormat, frozenset[LegId]]],
) -> ViewId | None:
    common: dict[ViewId, int] = {}
    for leg in legs:
        view = view_of.get(leg)
        if view is not None and view in free and free[view][0] == wanted:
            common[view] = common.get(view, 0) + 1
    return max(common, key=lambda view: common[view], default=None)
