"""Settings of the media plane."""

import pytest

from cms_media.base.errors import SettingsError
from cms_media.media.settings import MediaSettings


def test_ports_are_split_evenly_and_begin_even() -> None:
    settings = MediaSettings(port_min=40_001, port_max=40_400, workers=4)
    ranges = [settings.port_range(worker) for worker in range(4)]
    assert ranges == [(40_002, 40_100), (40_102, 40_200), (40_202, 40_300), (40_302, 40_400)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": 0},
        {"port_min": 80},
        {"port_min": 50_000},
        {"port_max": 70_000},
        {"port_max": 40_002},
        {"silence_timeout_s": 0.0},
        {"load_limit": -1},
    ],
)
def test_wrong_values_are_refused_by_key(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        MediaSettings(**wrong)  # type: ignore[arg-type]
