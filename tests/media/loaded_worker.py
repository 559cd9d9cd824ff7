"""A worker in virtual time: a stage with its ladder over a fake engine, whose encodes take as long as a test says."""

from collections.abc import Callable, Sequence
from typing import cast

from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.ports import Scene
from cms_media.media import messages as m
from cms_media.media.worker.relief import Relief
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine
from tests.media.fake_engine import FakeEngine
from tests.media.plans import video_plan

LOOK_S = 0.1


class LoadedWorker:
    """Legs with a picture each way; leg `n` is the engine's stream `n + 1`."""

    def __init__(
        self, legs: Sequence[LegId], scene: Callable[[LegId], Scene], source_bitrate_bps: int = 0
    ) -> None:
        self.engine = FakeEngine()
        self.now_s = 100.0
        self.stage = Stage(cast(Engine, self.engine), lambda _: None, source_bitrate_bps)
        self.relief = Relief(self.stage, cast(Engine, self.engine), self.now_s)
        for leg in legs:
            self.stage.handle(m.OpenLeg(leg, CallId("c"), "127.0.0.1", (MediaKind.VIDEO,)), self.now_s)
            self.stage.handle(m.ConfigureLeg(leg, leg[:1], (video_plan(0),)), self.now_s)
            self.stage.handle(m.SetScene(leg, scene(leg)), self.now_s)

    def run(self, seconds: float, encode_s: float, every_look: Callable[[], None] = lambda: None) -> None:
        """The loop: pictures as they are due, each costs `encode_s` of virtual time."""
        end_s, look_s = self.now_s + seconds, self.now_s
        while self.now_s < end_s:
            if self.now_s >= look_s:
                look_s += LOOK_S
                every_look()
                self.stage.look_round(self.now_s)
                self.relief.look(self.now_s)
            self.stage.regroup(self.now_s)
            gallery = self.stage.gallery
            made = gallery.run_due(self.now_s)
            if made is not None:
                self.relief.made(made, encode_s)
                self.now_s += encode_s
            else:
                due_s = min(look_s, max(gallery.next_due_s() or look_s, self.now_s + 0.001))
                self.relief.waited(due_s - self.now_s)
                self.now_s = due_s

    def formats(self) -> set[tuple[int, int | None]]:
        """Lines and most pictures a second of all views."""
        return {(view.format.height_px, view.most_fps) for view in self.stage.gallery.views()}
