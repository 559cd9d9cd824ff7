"""What control and a media worker say to each other: frozen values, one JSON object a line.

A line is `{"type": "<class name>", <field>: <value>, ...}`. Both ends run the same code, so decoding is
strict: an unknown or missing field or a value of another type is refused with MessageError.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from cms_media.base.log import LogLevel
from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.codecs.table import EncoderLibrary
from cms_media.conference.ports import LegMediaStatus, LocalTransport, Prompt, Scene
from cms_media.media.json_codec import MessageError, decoder, to_json
from cms_media.media.tile import Tile
from cms_media.sdp.plan import StreamPlan

MAX_LINE_BYTES = 1 << 20
"""The longest is a scene: a pane is about 150 bytes, so enough for 7000 of them."""


# --- control to worker ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartEngine:
    """First message of all: this worker's share of the ports, both ends included."""

    port_min: int
    port_max: int
    silence_timeout_s: float
    pin_cpu: int
    """Where the native thread is kept; -1: it is not."""
    pictures_cpu: int
    """Where the thread of pictures is kept; -1: it is not."""
    log_level: LogLevel
    source_bitrate_bps: int
    """Asked of whoever is shown large; who is shown small is asked for less. 0: nobody is asked anything."""
    asks_by_signalling: bool
    """Who understands no RTCP for it is asked through control, by SIP."""
    layout_fade_s: float
    """See MediaSettings."""
    h264_encoder: EncoderLibrary
    vp8_encoder: EncoderLibrary


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """See MediaPort.open."""

    leg: LegId
    call: CallId
    address: str
    kinds: tuple[MediaKind, ...]


@dataclass(frozen=True, slots=True)
class ConfigureLeg:
    """See MediaPort.configure."""

    leg: LegId
    label: str
    streams: tuple[StreamPlan, ...]


@dataclass(frozen=True, slots=True)
class SetScene:
    """See MediaPort.set_scene."""

    leg: LegId
    scene: Scene


@dataclass(frozen=True, slots=True)
class Play:
    """See MediaPort.play."""

    leg: LegId
    prompt: Prompt | None


@dataclass(frozen=True, slots=True)
class KeyFrameWanted:
    """See MediaPort.key_frame_wanted."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class FollowSpeaker:
    """See MediaPort.follow_speaker."""

    call: CallId
    leg: LegId | None


@dataclass(frozen=True, slots=True)
class ReportLegs:
    """Somebody wants to know: LegStatuses of all legs follow."""


@dataclass(frozen=True, slots=True)
class CloseLeg:
    """See MediaPort.close."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class SpanCall:
    """Where the sums of the call's talkers are: `write` ours, `read` those of its other workers; none: not spanning."""

    call: CallId
    write: str
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportTile:
    """Write this tile of a leg of yours into the ring at `path` with every new picture."""

    tile: Tile
    path: str


@dataclass(frozen=True, slots=True)
class StopTile:
    """Nobody reads it any more."""

    tile: Tile


@dataclass(frozen=True, slots=True)
class ImportTile:
    """This tile, which you wanted, is in the ring at `path`; again with another label or path when they change."""

    tile: Tile
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class DropTile:
    """The leg's worker has lost it: nothing comes any more."""

    tile: Tile


@dataclass(frozen=True, slots=True)
class ExportView:
    """Write what you encode for this view into the ring at `path`, too."""

    view: int
    path: str


@dataclass(frozen=True, slots=True)
class StopView:
    """Nobody reads it any more."""

    view: int


@dataclass(frozen=True, slots=True)
class ImportView:
    """What this view shows is encoded by another worker: send what the ring at `path` brings instead."""

    view: int
    path: str


@dataclass(frozen=True, slots=True)
class EncodeView:
    """Encode this view yourself again."""

    view: int


# --- worker to control ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine runs."""


@dataclass(frozen=True, slots=True)
class Transports:
    """See MediaEvents.on_transports."""

    leg: LegId
    transports: tuple[LocalTransport, ...]


@dataclass(frozen=True, slots=True)
class LegFailed:
    """See MediaEvents.on_media_failed."""

    leg: LegId
    reason: str


@dataclass(frozen=True, slots=True)
class Levels:
    """See MediaEvents.on_levels."""

    levels_dbov: Mapping[LegId, float]


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """See MediaEvents.on_digit."""

    leg: LegId
    digit: str


@dataclass(frozen=True, slots=True)
class VideoSource:
    """See MediaEvents.on_video_source."""

    leg: LegId
    live: bool


@dataclass(frozen=True, slots=True)
class MediaTimeout:
    """See MediaEvents.on_media_timeout."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class KeyFrameNeeded:
    """See MediaEvents.on_key_frame_needed."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class SmallEnough:
    """See MediaEvents.on_small_enough."""

    leg: LegId
    small: bool


@dataclass(frozen=True, slots=True)
class LegStatuses:
    """See MediaEvents.on_status; a part of the answer to ReportLegs."""

    statuses: tuple[LegMediaStatus, ...]
    last: bool
    """These were the last: the answer is whole."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """The worker's own load, once a second: flat values."""

    values: Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class TilesWanted:
    """All tiles that the worker shows now of legs which it does not have."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class ViewMade:
    """One view: the worker's number for it, what it shows (equal text, equal pictures), how many legs get it."""

    view: int
    picture: str
    legs: int
    selves: int = 0
    """Those of its legs that would have views of their own if nobody had to share."""


@dataclass(frozen=True, slots=True)
class ViewsMade:
    """All views of calls that span workers."""

    views: tuple[ViewMade, ...]


Message = (
    StartEngine
    | OpenLeg
    | ConfigureLeg
    | SetScene
    | Play
    | KeyFrameWanted
    | FollowSpeaker
    | ReportLegs
    | CloseLeg
    | SpanCall
    | ExportTile
    | StopTile
    | ImportTile
    | DropTile
    | ExportView
    | StopView
    | ImportView
    | EncodeView
    | Ready
    | Transports
    | LegFailed
    | Levels
    | DigitPressed
    | VideoSource
    | MediaTimeout
    | KeyFrameNeeded
    | SmallEnough
    | LegStatuses
    | WorkerStatus
    | TilesWanted
    | ViewsMade
)

_CLASSES: dict[str, type] = {cls.__name__: cls for cls in get_args(Message)}


def encode(message: Message) -> bytes:
    """One line, newline included."""
    body = to_json(message)
    assert isinstance(body, dict)
    line = {"type": type(message).__name__, **body}
    return json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises MessageError."""
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise MessageError("not an object")
    name = body.pop("type", None)
    if not isinstance(name, str) or name not in _CLASSES:
        raise MessageError(f"unknown message {name!r}")
    return decoder(_CLASSES[name])(body)  # type: ignore[return-value]
