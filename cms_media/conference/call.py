"""A running conference in a space: who is in it, who speaks, what each sees.

join, leave, speaker change, new streams ─► refresh ─► roster ─► layout ─► a Scene per leg that sees ─► media
"""

from collections.abc import Iterable, Mapping

from cms_media.base.types import CallId, LegId
from cms_media.conference.leg import Leg
from cms_media.conference.ports import MediaPort, Prompt, Scene, ScenePane
from cms_media.conference.space import Space
from cms_media.conference.speakers import ActiveSpeaker
from cms_media.layout.arrange import Candidate, arrange_alike, arrange_each
from cms_media.layout.types import SelfPane

ALONE_MESSAGE = "You are the only participant"


class Call:
    """Legs in it are those that are heard and seen; one that is still ringing is not."""

    def __init__(self, call: CallId, space: Space, media: MediaPort, started_s: float) -> None:
        self.id = call
        self.space = space
        self.started_s = started_s
        self._media = media
        self._roster: dict[LegId, Leg] = {}
        self._shown: dict[LegId, Scene] = {}
        self._prompted: LegId | None = None
        self._speaker = ActiveSpeaker()
        self._sharing = False

    def __contains__(self, leg: LegId) -> bool:
        return leg in self._roster

    @property
    def legs(self) -> Iterable[Leg]:
        """In the order of joining."""
        return self._roster.values()

    def join(self, leg: Leg) -> None:
        """From now on it is heard and seen."""
        self._roster[leg.id] = leg
        self.refresh()

    def leave(self, leg: LegId) -> None:
        """Nobody sees it any more; whatever media knows of it is closed already."""
        del self._roster[leg]
        self._shown.pop(leg, None)
        if self._speaker.leave(leg):
            self._media.follow_speaker(self.id, None)
        if self._prompted == leg:
            self._prompted = None
        self.refresh()

    def hear(self, levels_dbov: Mapping[LegId, float], now: float) -> None:
        """One report of the active speaker and whoever else is the loudest, above the noise floor."""
        if self._speaker.hear(levels_dbov, now):
            self._media.follow_speaker(self.id, self._speaker.active)
            self.refresh()

    def share(self, wanted: bool) -> None:
        """Whether everybody is to see the same picture, himself in it, where the layout allows: one for all."""
        if wanted != self._sharing:
            self._sharing = wanted
            self.refresh()

    def refresh(self) -> None:
        """Tell media what changed: pictures, and what somebody alone hears."""
        for leg, scene in self._scenes().items():
            if self._shown.get(leg) != scene:
                self._shown[leg] = scene
                self._media.set_scene(leg, scene)
        self._prompt()

    def snapshot(self, now: float) -> dict[str, object]:
        """Plain values for status, without the legs."""
        return {
            "id": self.id,
            "space": self.space.name,
            "uri": self.space.uri,
            "duration_s": round(now - self.started_s, 1),
            "layout": self.space.layout.value,
            "active_speaker": self._speaker.active or "",
            "participants": len(self._roster),
        }

    def _scenes(self) -> dict[LegId, Scene]:
        viewers = [leg.id for leg in self._roster.values() if leg.sees]
        if not viewers:
            return {}
        if len(self._roster) == 1:
            welcome = Scene((), ALONE_MESSAGE, self.space.name)
            return dict.fromkeys(viewers, welcome)
        candidates = [Candidate(leg, last_spoke=self._speaker.last_spoke(leg)) for leg in self._roster]
        arranged = arrange_alike if self._sharing else arrange_each
        pictures = arranged(self.space.layout, candidates, self.space.self_pane)
        shared = self._sharing and self._shows_against_will(pictures)
        return {viewer: self._scene(pictures[viewer], shared) for viewer in viewers}

    def _shows_against_will(self, pictures: Mapping[LegId, tuple[ScenePane, ...]]) -> bool:
        """Whether anybody sees himself where the space has it otherwise."""
        selves = (pane.leg == viewer for viewer, panes in pictures.items() for pane in panes)
        return self.space.self_pane is not SelfPane.SELF and any(selves)

    def _scene(self, panes: tuple[ScenePane, ...], shared: bool) -> Scene:
        # A frame tells one pane among several; where it would tell nothing it would only make views differ.
        active = self._speaker.active
        framed = len(panes) > 1 and any(pane.leg == active for pane in panes)
        return Scene(panes, title=self.space.name, active=active if framed else None, shared=shared)

    def _prompt(self) -> None:
        alone = next(iter(self._roster)) if len(self._roster) == 1 else None
        if alone == self._prompted:
            return
        if self._prompted is not None:
            self._media.play(self._prompted, None)
        if alone is not None:
            self._media.play(alone, Prompt.ONLY_PARTICIPANT)
        self._prompted = alone
