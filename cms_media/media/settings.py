"""What can be configured about the media plane."""

import os
from dataclasses import dataclass
from enum import StrEnum

from cms_media.base.errors import SettingsError
from cms_media.codecs.table import EncoderLibrary

MAX_WORKERS = 256

CONTROL_HAS_ONE_FROM = 4
"""From so many cores on one is left to control."""

_PORTS_PER_WORKER = 4
"""At least: what a leg with audio and video needs."""


def workers_for(cpus: int) -> int:
    """One per core that is for media."""
    return min(MAX_WORKERS, cpus - 1 if cpus >= CONTROL_HAS_ONE_FROM else cpus)


class AskForLess(StrEnum):
    """How a participant who is only shown small is asked to send fewer bits."""

    OFF = "off"
    """Not at all."""
    FEEDBACK = "feedback"
    """By TMMBR or REMB, whichever it understands; who understands neither is not asked."""
    REINVITE = "reinvite"
    """So too, and who understands neither by a re-INVITE that says that we take less."""


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Section [media]. Checked when made: raises SettingsError naming the key."""

    address: str = ""
    """Our IP address in SDP and where media sockets bind; empty: the address on the path to each peer."""
    port_min: int = 40_000
    """First UDP port for RTP and RTCP."""
    port_max: int = 49_999
    """Last UDP port for RTP and RTCP; two ports per audio or video stream."""
    workers: int = 0
    """Media worker processes; 0: one per core, from four cores on one core is left to control."""
    silence_timeout_s: float = 30.0
    """A leg from which neither RTP nor RTCP has come for this long has vanished."""
    load_limit: int = 0
    """Load units that all legs together may come to; 0: as many as this many workers were measured to carry at most."""

    ask_for_less: AskForLess = AskForLess.FEEDBACK
    """How participants who are only shown small, or not at all, are asked to send fewer bits."""
    layout_fade_s: float = 0.0
    """How long one layout fades into the next; 0: it is there at once. Never where views are encoded the quick way.

    Measured on nine 360p panes at 720p and 2 Mbit/s: with 0.2 s the twelve pictures from the change on take 20 %
    more of the encoder's time and have 5 dB less, for every one of them differs from the last in every pixel.
    """

    h264_encoder: EncoderLibrary = EncoderLibrary.NATIVE
    """What encodes H.264. PYAV takes a fifth more CPU and goes beyond the rate by a fifth to a third for a second."""
    vp8_encoder: EncoderLibrary = EncoderLibrary.NATIVE
    """What encodes VP8. PYAV takes a fifth to twice more CPU, likewise, and a key frame at every change of the rate."""

    def __post_init__(self) -> None:
        if not 0 <= self.workers <= MAX_WORKERS:
            raise SettingsError(f"media.workers: {self.workers} is not in 0..{MAX_WORKERS}")
        if not 1024 <= self.port_min < self.port_max <= 65_535:
            raise SettingsError(
                f"media.port_min, media.port_max: {self.port_min}..{self.port_max} is no range in 1024..65535"
            )
        if self.port_max - self.port_min + 1 < _PORTS_PER_WORKER * self.places:
            raise SettingsError("media.port_max: fewer than four ports per worker")
        if not 1.0 <= self.silence_timeout_s <= 3600.0:
            raise SettingsError(f"media.silence_timeout_s: {self.silence_timeout_s} is not in 1..3600")
        if not 0 <= self.load_limit <= 100_000_000:
            raise SettingsError(f"media.load_limit: {self.load_limit} is not in 0..100000000")
        if not 0.0 <= self.layout_fade_s <= 1.0:
            raise SettingsError(f"media.layout_fade_s: {self.layout_fade_s} is not in 0..1")

    @property
    def places(self) -> int:
        """How many workers there are to be; the ports are split evenly among them, so few ports make fewer workers."""
        if self.workers:
            return self.workers
        fit = (self.port_max - self.port_min + 1) // _PORTS_PER_WORKER
        return max(1, min(workers_for(len(os.sched_getaffinity(0))), fit))

    def cpu(self, worker: int) -> int:
        """The processor of worker number `worker` alone; -1: none, because they are more than there are processors for.

        Small machines are not divided up: there whatever else is as urgent as sound would hold it up.
        """
        cpus = sorted(os.sched_getaffinity(0))
        pinned = len(cpus) >= CONTROL_HAS_ONE_FROM and self.places < len(cpus)
        return cpus[worker + 1] if pinned else -1

    def pictures_cpu(self, worker: int) -> int:
        """The processor that the pictures of worker number `worker` stay on; -1: any, there is not one for each.

        Left to themselves two busy workers were seen on one of two processors for seconds, each waiting half of the
        time, while the other was idle for a third of it. Whatever else runs goes where there is room.
        """
        cpus = sorted(os.sched_getaffinity(0))
        return cpus[worker] if self.places == len(cpus) else self.cpu(worker)

    def port_range(self, worker: int) -> tuple[int, int]:
        """First (even) and last port of worker number `worker`, counted from 0."""
        share = (self.port_max - self.port_min + 1) // self.places
        first = self.port_min + worker * share
        return first + first % 2, first + share - 1
