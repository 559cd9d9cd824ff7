"""What `make bench` measures for docs/bench.md: targets and growth as data."""

from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = 8
"""Of measured time per run."""


@dataclass(frozen=True, slots=True)
class PeerRun:
    """Who else does it: a module of `benchmarks.peers` and its arguments."""

    module: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    name: str
    title: str
    arguments: str
    """Of `cms-media bench`."""
    target: float = 0.0
    """Legs per core; 0: none was set."""
    peer: PeerRun | None = None
    line: str = ""
    """The growth line that it is a point of; empty: none."""
    cores: int = 1
    """For the bridge alone, the endpoints have the others; 0: more than a core is needed, they share all."""
    packets: str = ""
    """Of sound, as arguments of native/bench/socket_floor.cpp: legs, talkers, bytes of a payload."""

    @property
    def command(self) -> str:
        """What to type for it."""
        return f"cms-media bench {self.arguments}" + (f" --cores {self.cores}" if self.cores else "")


AUDIO_LINE, VIDEO_LINE = "sound: Opus, 5 talk", "pictures: speaker view, 360p sent"


def _gst(arguments: str) -> PeerRun:
    return PeerRun("gstreamer", arguments)


def _janus(arguments: str) -> PeerRun:
    return PeerRun("janus", f"{arguments} --seconds {SECONDS}")


TARGETS: Sequence[Row] = (
    Row(
        "gallery-4",
        "gallery, 4 legs, every view private, 720p30 in and out",
        "legs --scenario gallery --legs 4",
        6,
        _gst("--scenario gallery --legs 4"),
    ),
    Row(
        "gallery-9",
        "gallery, 9 legs, every view private, 720p30 in and out",
        "legs --scenario gallery --legs 9",
        6,
        _gst("--scenario gallery --legs 9"),
        cores=0,
    ),
    Row(
        "gallery-4-360p",
        "gallery, 4 legs, 360p30 in, 720p30 out",
        "legs --scenario gallery --legs 4 --source 360p",
        8.5,
        _gst("--scenario gallery --legs 4 --source 360p"),
    ),
    Row(
        "gallery-9-360p",
        "gallery, 9 legs, 360p30 in, 720p30 out",
        "legs --scenario gallery --legs 9 --source 360p",
        8.5,
        cores=0,
    ),
    Row(
        "shared-9",
        "one canvas with self shown, 9 legs",
        "legs --scenario shared --legs 9",
        12,
        _gst("--scenario shared --legs 9"),
    ),
    Row("speaker-25", "speaker view, 25 legs", "legs --scenario speaker --legs 25", 25),
    Row("gallery-50", "gallery 3x3, 50 legs", "legs --scenario gallery --legs 50", cores=0),
    Row("gallery-100", "gallery 3x3, 100 legs", "legs --scenario gallery --legs 100", 35, cores=0),
    Row(
        "gallery-100-asked",
        "gallery 3x3, 100 legs that send what they are asked for",
        "legs --scenario gallery --legs 100 --ask-for-less",
        35,
        cores=0,
    ),
    Row(
        "pcmu-100",
        "PCMU, all talking, one call of 100",
        "audio --scenario pcmu --legs 100",
        2500,
        _janus("--scenario pcmu --legs 100"),
        packets="100 100 160",
    ),
    Row(
        "pcmu-5x100",
        "PCMU, all talking, five calls of 100",
        "audio --scenario pcmu --legs 500 --per-call 100",
        2500,
        packets="500 500 160",
    ),
    Row(
        "pcmu-500",
        "PCMU, all talking, one call of 500",
        "audio --scenario pcmu --legs 500",
        2500,
        packets="500 500 160",
    ),
    Row(
        "opus-50",
        "Opus 48 kHz, all talking, 50 legs",
        "audio --scenario opus --legs 50",
        250,
        _janus("--scenario opus --legs 50"),
    ),
    Row(
        "opus-100",
        "Opus 48 kHz, all talking, 100 legs",
        "audio --scenario opus --legs 100",
        250,
    ),
    Row(
        "opus-listeners-200",
        "Opus, 200 legs, 5 talkers",
        "audio --scenario opus-listeners --legs 200",
        1500,
        line=AUDIO_LINE,
        packets="200 5 60",
    ),
)

GROWTH: Sequence[Row] = (
    *(
        Row(
            f"growth-audio-{legs}",
            f"Opus, {legs} legs, 5 talkers",
            f"audio --scenario opus-listeners --legs {legs}",
            line=AUDIO_LINE,
        )
        for legs in (10, 50, 100)
    ),
    *(
        Row(
            f"growth-video-{legs}",
            f"speaker view, {legs} legs, 360p sent",
            f"legs --scenario speaker --legs {legs} --source 360p",
            line=VIDEO_LINE,
        )
        for legs in (10, 25, 50, 100, 200)
    ),
)

SET_UP = Row("setup", "calls set up, heard and ended, 20 at a time", "setup --legs 20")

ROWS: Sequence[Row] = (*TARGETS, *GROWTH, SET_UP)
