"""A call on two real workers: everybody sees and hears everybody, and whoever dies takes only what was his."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from cms_media.base.types import LegId
from cms_media.codecs.tones import tones_hz
from tests.media.meeting import Meeting, Peer, meeting
from tests.media.plans import scene_of

A, B, C = (LegId(name * 32) for name in "abc")


@pytest.fixture
async def room() -> AsyncIterator[Meeting]:
    async with meeting(22_000, workers=2, home_units=1000) as one:
        yield one


async def _two(room: Meeting) -> tuple[Peer, Peer]:
    """Ann on one worker, Bob on the other, each seeing the other alone."""
    ann, bob = await room.join(A, 1), await room.join(B, 2)
    room.plane.set_scene(A, scene_of(B))
    room.plane.set_scene(B, scene_of(A))
    await room.film_until(lambda: ann.sees(2, 0, 0, 640, 360) and bob.sees(1, 0, 0, 640, 360))
    return ann, bob


def _span(room: Meeting) -> dict[str, int]:
    return room.plane.snapshot()["span"]  # type: ignore[return-value]


def _encoding_views(room: Meeting) -> int:
    """Views that are not another worker's passed on; each worker counts as one until it has reported."""
    workers: list[dict[str, int]] = room.plane.snapshot()["workers"]  # type: ignore[assignment]
    return sum(worker.get("views", 1) - worker.get("views_relayed", 0) for worker in workers)


def _shared_folders() -> list[Path]:
    """What this process has in shared memory, under the name by which a later bridge knows whose it was."""
    return list(Path("/dev/shm").glob(f"cms-media-{os.getpid()}-*"))


def _pid_of(room: Meeting, place: int) -> int:
    workers = room.plane.snapshot()["workers"]
    return next(worker["pid"] for worker in workers if worker["place"] == place)  # type: ignore[attr-defined]


async def test_two_on_two_workers_see_each_other(room: Meeting) -> None:
    await _two(room)
    assert _span(room) == {"calls": 1, "tiles": 2, "shared_encodes": 0, "failures": 0}
    assert {room.plane.place_of(A), room.plane.place_of(B)} == {0, 1}


async def test_two_on_two_workers_hear_each_other_and_not_themselves(room: Meeting) -> None:
    ann, bob = await _two(room)
    second = 8000 * np.sin(2 * np.pi * np.arange(48_000) / 48_000 * np.array([[500], [1100]]))
    for peer, tone in zip((ann, bob), second, strict=True):
        room.engine.play(peer.audio.id, tone.astype("<i2").tobytes(), loop=True)
        room.engine.tap(peer.audio.id, 2.0)
    heard = {ann: b"", bob: b""}

    def listen() -> bool:
        for peer in heard:
            heard[peer] += room.engine.read_tap(peer.audio.id)
        return all(len(samples) > 2 * 48_000 * 3 for samples in heard.values())

    await room.film_until(listen)
    for peer, other_hz in ((ann, 1100), (bob, 500)):
        assert tones_hz(np.frombuffer(heard[peer], "<i2")[-48_000:]) == [other_hz]


async def test_legs_of_two_workers_share_one_encode(room: Meeting) -> None:
    await _two(room)
    carol = await room.join(C, 3)
    scene = scene_of(A, B, C)
    for leg in (A, B, C):
        room.plane.set_scene(leg, scene)
    await room.film_until(lambda: _span(room)["shared_encodes"] == 1)
    await room.film_until(lambda: _encoding_views(room) == 1)
    for peer in room.peers:
        peer.pictures.clear()
    await room.film_until(
        lambda: all(
            peer.sees(1, 0, 0, 640, 360) and peer.sees(2, 640, 0, 640, 360) and peer.sees(3, 0, 360, 640, 360)
            for peer in room.peers
        )
    )
    room.plane.close(A)
    room.peers = room.peers[1:]
    for leg in (B, C):
        room.plane.set_scene(leg, scene_of(B, C))
    await room.film_until(lambda: all(peer.sees(3, 640, 0, 640, 360) for peer in room.peers))
    assert carol.pictures


async def test_who_sees_a_lost_workers_leg_sees_it_again_when_it_is_back(room: Meeting) -> None:
    ann, bob = await _two(room)
    place = room.plane.place_of(B)
    assert place is not None
    os.kill(_pid_of(room, place), signal.SIGKILL)
    await room.events.until(lambda: ("failed", B, "media worker lost") in room.events.told)
    assert not any(told[:2] == ("failed", A) for told in room.events.told)
    ann.pictures.clear()
    await room.film_until(lambda: len(ann.pictures) > 5)  # she goes on getting pictures
    room.peers.remove(bob)
    again = Peer(room.engine, 2)
    room.peers.append(again)
    await again.join(room.plane, room.events, B)
    room.plane.set_scene(B, scene_of(A))
    ann.pictures.clear()
    await room.film_until(lambda: ann.sees(2, 0, 0, 640, 360) and again.sees(1, 0, 0, 640, 360))


async def test_a_worker_that_hangs_is_ended_and_replaced(room: Meeting) -> None:
    await _two(room)
    place = room.plane.place_of(B)
    assert place is not None
    os.kill(_pid_of(room, place), signal.SIGSTOP)
    await room.film_until(lambda: ("failed", B, "media worker lost") in room.events.told)
    assert not any(told[:2] == ("failed", A) for told in room.events.told)
    await room.events.until(lambda: room.plane.snapshot()["restarts"] == 1)


async def test_shared_memory_is_given_back(room: Meeting) -> None:
    await _two(room)
    (folder,) = _shared_folders()
    assert list(folder.iterdir())
    room.plane.close(A)
    room.plane.close(B)
    await room.film_until(lambda: not list(folder.iterdir()))
    await room.plane.stop()
    assert not _shared_folders()
