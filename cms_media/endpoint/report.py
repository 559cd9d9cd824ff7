"""What a dialled call came to, in the stable JSON keys of `cms-media dial --json`."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class AudioReport:
    """What was heard. `gaps` are silences of 5 ms or more between sounds; tones in whole hertz."""

    codec: str
    packets: int
    lost: int
    rms_dbov: float
    gaps: int
    longest_gap_ms: float
    tones_hz: list[int]


@dataclass(frozen=True, slots=True)
class VideoReport:
    """What was seen."""

    codec: str
    width: int
    height: int
    frames: int
    fps: float
    freezes: int
    longest_freeze_ms: float
    key_frames: int
    packets: int
    lost: int
    sent_width: int
    sent_height: int
    """What was sent last: the peer may have asked for less than was agreed."""
    asked_bps: int
    """The bit rate that the peer last asked for, by TMMBR or REMB; 0: none."""
    first_picture_ms: float
    """From the answer to the first decoded picture."""


@dataclass(frozen=True, slots=True)
class DialReport:
    """The whole call."""

    connected: bool
    setup_ms: float
    """INVITE sent to 200 received."""
    ended_by: str
    """`local`, `remote`, `timeout` or `failed: CODE REASON`."""
    audio: AudioReport | None
    video: VideoReport | None

    def to_json(self) -> dict[str, object]:
        """Plain values for json.dumps."""
        return asdict(self)
