"""Settings of the media plane."""

import pytest

from cms_media.base.errors import SettingsError
from cms_media.media.settings import MediaSettings, workers_for


def test_ports_are_split_evenly_and_begin_even() -> None:
    settings = MediaSettings(port_min=40_001, port_max=40_400, workers=4)
    ranges = [settings.port_range(worker) for worker in range(4)]
    assert ranges == [(40_002, 40_100), (40_102, 40_200), (40_202, 40_300), (40_302, 40_400)]


@pytest.mark.parametrize(("cpus", "workers"), [(1, 1), (2, 2), (3, 3), (4, 3), (16, 15), (400, 256)])
def test_every_core_does_media_until_one_can_be_left_to_control(cpus: int, workers: int) -> None:
    assert workers_for(cpus) == workers


def test_workers_are_pinned_where_control_keeps_a_processor_that_it_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {2, 3, 6, 7})
    settings = MediaSettings()
    assert (settings.places, [settings.cpu(place) for place in range(3)]) == (3, [3, 6, 7])
    assert [settings.pictures_cpu(place) for place in range(3)] == [3, 6, 7]
    assert MediaSettings(workers=4).cpu(0) == -1
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    assert (MediaSettings().places, MediaSettings().cpu(0)) == (2, -1)


def test_pictures_stay_where_each_worker_can_have_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {2, 3})
    assert [MediaSettings().pictures_cpu(place) for place in range(2)] == [2, 3]
    assert MediaSettings(workers=3).pictures_cpu(0) == -1
    assert MediaSettings(workers=1).pictures_cpu(0) == -1, "the only one goes where there is room"


def test_few_ports_make_fewer_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(9)))
    assert MediaSettings(port_min=40_000, port_max=40_011).places == 3
    with pytest.raises(SettingsError, match="port_max"):
        MediaSettings(port_min=40_000, port_max=40_011, workers=4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": -1},
        {"port_min": 80},
        {"port_min": 50_000},
        {"port_max": 70_000},
        {"port_max": 40_002},
        {"silence_timeout_s": 0.0},
        {"load_limit": -1},
        {"layout_fade_s": -0.1},
        {"layout_fade_s": 1.5},
    ],
)
def test_wrong_values_are_refused_by_key(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        MediaSettings(**wrong)  # type: ignore[arg-type]
