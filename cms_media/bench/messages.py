"""What the bench and its generator say to each other: one JSON object a line, frozen values by class name."""

import json
from dataclasses import dataclass
from typing import get_args

from cms_media.bench.plan import Plan
from cms_media.media.json_codec import MessageError, decoder, to_json

# --- to the generator ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepare:
    """Get the films, measure the raw codec. Answer: Prepared."""

    plan: Plan
    films: str
    """Folder of the films."""
    port_min: int
    port_max: int


@dataclass(frozen=True, slots=True)
class Join:
    """Everybody dials, or all up to so many who have not yet. Answer: Joined, of those who dialled now."""

    uri: str
    legs: int = 0
    """0: everybody."""


@dataclass(frozen=True, slots=True)
class Begin:
    """The measured time begins. Answer: Begun."""


@dataclass(frozen=True, slots=True)
class End:
    """The measured time is over. Answer: Counted, of lines that redial SetUps."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look at every leg's picture and hang up. Answer: Seen."""

    roster: tuple[str, ...]
    """Names of the legs as the bridge has them, in the order of joining."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Everybody hangs up but the first so many. Answer: Left."""

    keep: int = 0
    """With 0 nobody can join any more."""


# --- from the generator -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Between a command and its answer: for whoever watches."""

    text: str


@dataclass(frozen=True, slots=True)
class RawCost:
    """CPU milliseconds per picture of the bare codec, one thread, on the films that are sent."""

    decode_ms: float
    encode_ms: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """The films are there."""

    raw: RawCost | None
    """None: no pictures."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Media runs on all legs."""

    failed: tuple[str, ...]
    """Why legs did not: `leg-07: failed: 503 Service Unavailable`."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Counting."""


@dataclass(frozen=True, slots=True)
class LegCount:
    """What one leg got in the measured time."""

    name: str
    fps: float
    damaged: int
    """Pictures with packets missing for good."""
    audio_packets: int
    audio_concealed: int
    """20 ms ticks for which no packet was there in time."""
    sends: str = ""
    """Which cut of its film, in the end; empty: none."""


@dataclass(frozen=True, slots=True)
class EarCount:
    """What one leg heard in the measured time."""

    name: str
    gaps: int
    longest_gap_ms: float
    level_dbov: float


@dataclass(frozen=True, slots=True)
class Counted:
    """The measured time as the generator saw it."""

    seconds: float
    legs: tuple[LegCount, ...]
    ears: tuple[EarCount, ...]
    """Of some legs: those that hear somebody all the time."""
    sent: int
    """Pictures."""
    sent_late: int
    worst_late_ms: float
    skipped_ticks: int
    """20 ms of sound that the generator's own engine let pass."""
    cpu_s: float
    """The generator's own."""


@dataclass(frozen=True, slots=True)
class LegView:
    """What one leg saw after the measured time."""

    name: str
    fault: str
    """Empty: the right participants in the right panes, and their pictures went on."""
    psnr_db: float
    """The worst pane's mean over the pictures that were compared; 0 when there was a fault."""
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What everybody saw; nothing without pictures."""

    legs: tuple[LegView, ...]
    streams: int
    """Distinct ones."""
    raw: RawCost | None
    """Measured again."""


@dataclass(frozen=True, slots=True)
class SetUps:
    """The measured time of lines that redial."""

    seconds: float
    made: int
    """Calls that went from INVITE to the end as they should."""
    failures: int
    failed: tuple[str, ...]
    """Some of them, and why."""
    median_ms: float
    """INVITE sent to 200 received."""
    p95_ms: float
    worst_ms: float
    cpu_s: float
    """The generator's own."""


@dataclass(frozen=True, slots=True)
class Left:
    """Nobody is in a call any more, as far as the generator knows."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The generator can not go on."""

    reason: str


Command = Prepare | Join | Begin | End | Look | Leave
Reply = Progress | Prepared | Joined | Begun | Counted | Seen | SetUps | Left | Failed
Message = Command | Reply
_CLASSES: dict[str, type] = {cls.__name__: cls for cls in get_args(Message)}


def encode(message: Message) -> bytes:
    """One line, newline included."""
    body = to_json(message)
    assert isinstance(body, dict)
    return json.dumps({"type": type(message).__name__, **body}).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises MessageError."""
    try:
        body = json.loads(line)
        cls = _CLASSES[body.pop("type")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MessageError(f"no message: {line[:80]!r}") from error
    return decoder(cls)(body)  # type: ignore[return-value]
