"""Which cores the bridge and the generator get."""

import os

import pytest

from cms_media.bench.processes import split_cores

ALL = {2, 3, 5}


@pytest.mark.parametrize(
    ("wanted", "bridge", "generator"),
    [
        (1, {2}, {3, 5}),
        (2, {2, 3}, {5}),
        (0, {2, 3, 5}, {2, 3, 5}),
        (3, {2, 3, 5}, {2, 3, 5}),
        (9, {2, 3, 5}, {2, 3, 5}),
    ],
)
def test_the_bridge_has_its_cores_alone_where_any_are_left(
    wanted: int, bridge: set[int], generator: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: ALL)
    assert split_cores(wanted) == (bridge, generator)
