"""Scenes drawn on canvases, for tests."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cms_media.base.types import LegId
from cms_media.conference.ports import Scene
from cms_media.media.worker.compose import Composer
from cms_media.media.worker.party import Party
from tests.codecs.marks import marked


def draw(composer: Composer, scene: Scene, parties: Mapping[LegId, Party], now_s: float) -> NDArray[np.bool_]:
    """Which macroblocks that changed, row by row."""
    width_px, height_px = composer.canvas.width_px, composer.canvas.height_px
    changed = marked(width_px, height_px)
    told = composer.draw(scene, parties.get, now_s, changed)
    marks = np.frombuffer(changed.marked, np.bool_).reshape(-(-height_px // 16), -(-width_px // 16))
    assert told == marks.any()
    return marks
