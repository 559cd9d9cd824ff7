"""The keys that scripts read."""

from cms_media.api.status import StatusPage
from tests.conference.world import World


def test_keys() -> None:
    world = World()
    world.join("ann", video=True)
    load: dict[str, object] = {"place": 0, "pid": 4711, "legs": 1, "cpu_s": 10.0, "engine_late_ticks": 3}
    page = StatusPage(
        "1.2",
        lambda: world.now,
        world.bridge,
        lambda: {"workers": [load], "load": {"media_processing_load": 1000}},
        lambda: {
            "listening": ["udp:127.0.0.1:5060"],
            "counters": {"calls_in": 1},
            "memory": {"pools": 3, "pool_bytes": 4096},
        },
    )
    page.sample()
    world.now += 2.0
    load["cpu_s"] = 11.0
    status = page.values()
    assert status["version"] == "1.2"
    assert status["uptime_s"] == 2.0
    worker = status["workers"][0]
    assert (worker["id"], worker["pid"], worker["legs"]) == (0, 4711, 1)
    assert (worker["cpu_percent"], worker["late_ticks"]) == (50.0, 3)
    assert status["signalling"] == {
        "listening": ["udp:127.0.0.1:5060"],
        "calls_in": 1,
        "pools": 3,
        "pool_bytes": 4096,
    }
    assert status["load"] == {"media_processing_load": 1000}
    call = status["calls"][0]
    assert {"id", "space", "uri", "legs"} <= set(call)
    keys = {"id", "name", "peer", "state", "direction", "codec_audio", "codec_video", "encrypted"}
    assert keys <= set(call["legs"][0])


def test_a_worker_that_has_said_nothing_yet() -> None:
    world = World()
    page = StatusPage(
        "", lambda: world.now, world.bridge, lambda: {"workers": [{"place": 1, "pid": 1}]}, dict
    )
    page.sample()
    assert page.values()["workers"] == [
        {"place": 1, "pid": 1, "id": 1, "legs": 0, "cpu_percent": 0.0, "late_ticks": 0}
    ]
