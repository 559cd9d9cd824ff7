"""The whole media plane: real worker processes, real engines at both ends, loopback."""

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from cms_media.base.types import LegId
from cms_media.conference.ports import Scene
from cms_media.layout.types import Rect
from cms_media.native import Engine
from tests.media.meeting import BOTH, CALL, HERE, Meeting, meeting
from tests.media.plans import scene_of

A, B, C = (LegId(name * 32) for name in "abc")


@pytest.fixture
async def room() -> AsyncIterator[Meeting]:
    async with meeting(21_000) as one:
        yield one


async def test_three_see_each_other_and_a_late_joiner_at_once(room: Meeting) -> None:
    ann, bob = await room.join(A, 1), await room.join(B, 2)
    room.plane.set_scene(A, scene_of(B))
    room.plane.set_scene(B, scene_of(A))
    await room.film_until(lambda: ann.sees(2, 0, 0, 640, 360) and bob.sees(1, 0, 0, 640, 360))
    carol = await room.join(C, 3)
    room.plane.set_scene(C, scene_of(A, B))
    await room.film_until(lambda: carol.sees(1, 0, 0, 640, 360) and carol.sees(2, 640, 0, 640, 360))
    assert len(carol.pictures) <= 30, "a picture of everybody within a second"
    assert ("video", A, True) in room.events.told
    picture = carol.pictures[-1]
    assert (picture.width_px, picture.height_px) == (1280, 720)


async def test_equal_pictures_are_made_once(room: Meeting) -> None:
    ann, bob, carol = [await room.join(leg, number) for number, leg in enumerate((A, B, C), 1)]
    whole = Scene((replace(scene_of(A).panes[0], rect=Rect(0, 0, 1, 1)),))
    room.plane.set_scene(B, whole)
    room.plane.set_scene(C, whole)
    await room.film_until(lambda: all(peer.sees(1, 0, 0, 1280, 720) for peer in (bob, carol)))
    await room.film_until(lambda: room.events.values(C).get("video_out_shared_by") == 2)
    assert not ann.pictures


async def test_figures_come_when_asked_for_and_silence_is_noticed(room: Meeting) -> None:
    await room.join(A, 1)
    room.plane.set_scene(A, Scene((), "alone", "Demo"))
    await room.film_until(lambda: float(room.events.values(A).get("video_out_fps", 0)) > 5)
    assert int(room.events.values(A)["video_packets_received"]) > 0
    (worker,) = room.plane.snapshot()["workers"]  # type: ignore[misc]
    assert worker["legs"] == 1
    room.engine.stop()
    await room.events.until(lambda: ("timeout", A) in room.events.told)


async def test_a_worker_that_dies_is_replaced_and_its_legs_know(room: Meeting) -> None:
    await room.join(A, 1)
    (worker,) = room.plane.snapshot()["workers"]  # type: ignore[misc]
    os.kill(worker["pid"], signal.SIGKILL)
    await room.events.until(lambda: ("failed", A, "media worker lost") in room.events.told)
    await room.events.until(
        lambda: room.plane.snapshot()["restarts"] == 1 and bool(room.plane.snapshot()["workers"])
    )
    room.engine.stop()
    engine = Engine(port_min=21_200, port_max=21_299)
    engine.start()
    room.engine = engine
    again = await room.join(B, 2)
    room.plane.set_scene(B, Scene((), "alone", "Demo"))
    room.peers = [again]
    await room.film_until(lambda: bool(again.pictures))
    engine.stop()


async def test_ports_used_up_is_one_legs_failure(room: Meeting) -> None:
    for number in range(14):
        room.plane.open(LegId(f"{number:032x}"), CALL, HERE, BOTH + BOTH)
    await room.events.until(lambda: any(told[0] == "failed" for told in room.events.told))
    assert room.plane.snapshot()["workers"]
