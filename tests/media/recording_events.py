"""What the media plane tells the domain, remembered."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from cms_media.base.types import LegId
from cms_media.conference.ports import LegMediaStatus, LocalTransport

TIMEOUT_S = 15.0
_POLL_S = 0.01


class RecordingEvents:
    """Remembers what the domain would be told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self._statuses: dict[LegId, Mapping[str, float | int | str]] = {}

    def on_transports(self, leg: LegId, transports: Sequence[LocalTransport]) -> None:
        self.told.append(("transports", leg, tuple(transports)))

    def on_media_failed(self, leg: LegId, reason: str) -> None:
        self.told.append(("failed", leg, reason))

    def on_levels(self, levels_dbov: Mapping[LegId, float]) -> None:
        self.told.append(("levels", dict(levels_dbov)))

    def on_digit(self, leg: LegId, digit: str) -> None:
        self.told.append(("digit", leg, digit))

    def on_video_source(self, leg: LegId, live: bool) -> None:
        self.told.append(("video", leg, live))

    def on_media_timeout(self, leg: LegId) -> None:
        self.told.append(("timeout", leg))

    def on_key_frame_needed(self, leg: LegId) -> None:
        self.told.append(("key frame", leg))

    def on_small_enough(self, leg: LegId, small: bool) -> None:
        self.told.append(("small enough", leg, small))

    def on_sharing(self, wanted: bool) -> None:
        if not self.told or self.told[-1] != ("sharing", wanted):
            self.told.append(("sharing", wanted))

    def on_status(self, statuses: Sequence[LegMediaStatus]) -> None:
        self.told.append(("status", [status.leg for status in statuses]))
        self._statuses |= {status.leg: status.values for status in statuses}

    def values(self, leg: LegId) -> Mapping[str, float | int | str]:
        """The leg's newest figures."""
        return self._statuses.get(leg, {})

    async def until(self, done: Callable[[], bool]) -> None:
        """Waits for something that a worker brings about."""
        async with asyncio.timeout(TIMEOUT_S):
            while not done():
                await asyncio.sleep(_POLL_S)

    async def transports(self, leg: LegId) -> tuple[LocalTransport, ...]:
        """Waits for the leg's transports."""
        found: list[tuple[LocalTransport, ...]] = []

        def look() -> bool:
            found[:] = [each[2] for each in self.told if each[:2] == ("transports", leg)]  # type: ignore[misc]
            return bool(found)

        await self.until(look)
        return found[-1]
