"""Types of the compiled module. Times named `now`/`_s` are CLOCK_MONOTONIC seconds as `time.monotonic()` gives."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import Buffer

from cms_media.native import video as video

class Transport:
    """A bound UDP socket pair (RTP, RTCP) as opened by `Engine.open_transport`."""

    @property
    def id(self) -> int: ...
    @property
    def rtp_port(self) -> int: ...
    @property
    def rtcp_port(self) -> int: ...

class AudioStream:
    """What was negotiated for an audio stream. Write the fields, then hand it to `Engine.set_audio`."""

    def __init__(self) -> None: ...
    remote_rtp: tuple[str, int]
    remote_rtcp: tuple[str, int]
    rtcp_mux: bool
    sending: bool
    receiving: bool
    send_codec: str
    """PCMU, PCMA, G722 or opus."""
    send_payload_type: int
    receive: list[tuple[int, str]]
    """(payload type, codec) that may come in."""
    packet_time_ms: int
    dtmf_send_payload_type: int
    """-1: the peer takes no telephone-event."""
    dtmf_receive_payload_types: list[int]
    dtmf_clock_hz: int
    srtp_send: tuple[str, bytes] | None
    """(SDES suite name, master key and salt); None is plain RTP."""
    srtp_receive: tuple[str, bytes] | None
    opus_fec: bool
    opus_dtx: bool
    opus_bitrate_bps: int
    level_receive_id: int
    """Of the header extension in which the peer tells how loud its packets are (RFC 6464); -1: it does not."""
    level_send_id: int
    """Of the one in which we tell it, at most 14; -1: we do not."""
    cname: str
    room: int
    """Streams with the same room are mixed together; -1: alone."""

class VideoStream:
    """What was negotiated for a video stream. Write the fields, then hand it to `Engine.set_video`."""

    def __init__(self) -> None: ...
    remote_rtp: tuple[str, int]
    remote_rtcp: tuple[str, int]
    rtcp_mux: bool
    sending: bool
    receiving: bool
    send_codec: str
    """H264 or VP8."""
    send_payload_type: int
    packetization_mode: int
    receive: list[tuple[int, str]]
    srtp_send: tuple[str, bytes] | None
    srtp_receive: tuple[str, bytes] | None
    nack: bool
    pli: bool
    fir: bool
    tmmbr: bool
    remb: bool
    """The five: feedback that the peer understands from us."""
    max_payload_bytes: int
    """RTP payload size limit when packetizing; 1200."""
    pacing_bps: int
    """Packets of one access unit are spread so as not to exceed this burst rate; 0: no pacing."""
    cname: str

class AccessUnit:
    """One whole received picture, H.264 as Annex B with start codes, VP8 as the bare frame."""

    @property
    def stream(self) -> int:
        """Transport id."""
    @property
    def codec(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def key_frame(self) -> bool: ...
    @property
    def damaged(self) -> bool:
        """Packets before or inside it were lost for good: do not decode until a key frame comes."""
    @property
    def rtp_timestamp(self) -> int: ...
    @property
    def arrival_s(self) -> float:
        """When its last packet came."""

class KeyFrameRequest:
    """The peer wants a key frame from us (PLI or FIR), already limited to one per 500 ms per stream."""

    @property
    def stream(self) -> int: ...

class Digit:
    """One DTMF key press, reported once (RFC 4733)."""

    @property
    def stream(self) -> int: ...
    @property
    def digit(self) -> str: ...

class PeerFault:
    """The first of its kind on this stream: to be logged. Later ones are only counted in `stats`."""

    @property
    def stream(self) -> int: ...
    @property
    def fault(self) -> str:
        """malformed_rtp, malformed_rtcp, malformed_payload, unknown_payload_type, srtp_failure, stranger."""
    @property
    def peer(self) -> str:
        """address:port it came from."""

class StreamState:
    """Timeouts: `silent` is True when nothing has come for `Engine(silence_timeout_s)`, once per silence."""

    @property
    def stream(self) -> int: ...
    @property
    def silent(self) -> bool: ...

Event = AccessUnit | KeyFrameRequest | Digit | PeerFault | StreamState

class Engine:
    """Owner of the real-time thread. A stream is named by its transport's id: one stream per transport."""

    def __init__(
        self, *, port_min: int, port_max: int, silence_timeout_s: float = 30.0, pin_cpu: int = -1
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None:
        """Joins the thread, closes all sockets. Idempotent."""
    def fileno(self) -> int:
        """An eventfd, readable while `take_events` has something; for a selector."""
    def take_events(self) -> list[Event]: ...
    def open_transport(self, address: str) -> Transport:
        """Binds an even RTP port and the odd one after it. Raises OSError when the range is used up."""
    def close_transport(self, transport: int) -> None:
        """Sends RTCP BYE, frees ports and streams."""
    def set_audio(self, transport: int, stream: AudioStream) -> None:
        """Starts or re-negotiates. Raises ValueError naming the wrong field."""
    def set_video(self, transport: int, stream: VideoStream) -> None: ...
    def idle(self, transport: int) -> None:
        """Neither sends nor receives until the next set_audio/set_video (m-line disabled)."""
    def send_video(self, streams: Sequence[int], data: Buffer, capture_s: float, key_frame: bool) -> None:
        """One encoded picture to every stream of a view: packetized per stream, own numbering, own SRTP.

        H.264 as Annex B. `capture_s` becomes the RTP timestamp and ties lip-sync to audio.
        """
    def request_key_frame(self, stream: int) -> bool:
        """PLI or FIR to the source, at most once per 500 ms. False: the peer understands neither (use INFO)."""
    def request_bitrate(self, stream: int, bitrate_bps: int) -> bool:
        """TMMBR or REMB to the source. False: it understands neither."""
    def set_seen(self, stream: int, seen: bool) -> None:
        """Whether anybody sees the stream's pictures, as at first. Else four access units a second are handed out at
        most, as a sign of life; all are counted."""
    def video_state(self, stream: int) -> tuple[int, int]:
        """access_units and bitrate_limit_bps as in `stats`, at a fraction of its price."""
    def send_dtmf(self, stream: int, digits: str, duration_ms: int = 160) -> bool: ...
    def play(self, stream: int, samples: Buffer | None, loop: bool = False, gain: float = 1.0) -> None:
        """Adds 48 kHz mono int16 samples to what the peer of this stream hears; None stops. Replaces what plays."""
    def tap(self, stream: int, seconds: float) -> None:
        """Keeps the last `seconds` of what the peer of this stream says, decoded, in a ring; 0 stops."""
    def read_tap(self, stream: int) -> bytes:
        """48 kHz mono int16 since the last call, without what fell out of the ring; b"" when there is nothing."""
    def set_room(self, stream: int, room: int) -> None: ...
    def span_room(self, room: int, write: SlotRing | None, read: list[SlotRing]) -> None:
        """Mixes a room with the same one of other processes: each writes the sum of its own talkers, all others read it
        one tick later. Neither: no longer. A ring's slots must hold 960 32-bit samples."""
    def set_muted(self, stream: int, muted: bool) -> None:
        """A muted stream is not mixed into what others hear."""
    def levels(self) -> list[tuple[int, float]]:
        """(stream, dBov) of every audio stream now above -50 dBov, smoothed over 200 ms; muted ones are left out."""
    def loudest(self, followed: Sequence[int]) -> list[tuple[int, float]]:
        """Of `levels` those of the streams in `followed` and, of each room, of the loudest other; in no order."""
    def stats(self, stream: int) -> dict[str, Any]:
        """Counters and gauges, see native/session/stats.hpp: packets_received, bytes_received, packets_lost,
        jitter_ms, packets_sent, bytes_sent, round_trip_ms, remote_packets_lost, concealed_ticks, late_packets,
        jitter_buffer_ms, malformed, unknown_payload_type, srtp_failures, strangers, not_rtp, nacks_sent,
        nacks_received, retransmitted, key_frames_requested, access_units, codec_received."""
    def snapshot(self) -> dict[str, Any]:
        """The engine itself, see native/engine/loop.hpp: streams, rooms, ticks, late_ticks, tick_worst_us, span_missed,
        wakeups, packets_in, packets_out, trains_refused, failures and more; realtime and pinned: what the kernel
        granted its thread, once that is started."""

class SlotRing:
    """Numbered records in a file that several processes map: one writes, any number read the newest ones.

    Lock-free; the writer never waits. Raises OSError for what the system refuses, ValueError naming the argument.
    """

    def __init__(self, path: str) -> None:
        """Maps a ring that `create` made; the memory outlives the file's name."""
    @staticmethod
    def create(path: str, slots: int, slot_bytes: int) -> None:
        """Makes the file with all its memory: OSError (ENOSPC) now rather than a fault later."""
    @property
    def slot_bytes(self) -> int: ...
    @property
    def slots(self) -> int: ...
    def begin(self, number: int) -> memoryview:
        """The slot to fill, writable. Numbers count from 1 and only grow; gaps are allowed."""
    def commit(self, number: int, size: int, time_s: float, tag: int = 0) -> None:
        """The record is there for readers."""
    def newest(self) -> int:
        """The number last committed; 0: none yet."""
    def read(self, number: int) -> tuple[memoryview, float, int] | None:
        """(bytes, time_s, tag); None when it was never written or is overwritten already."""
    def intact(self, number: int) -> bool:
        """Whether the bytes that `read` gave are still those: to be asked after they were used."""
    def wish(self) -> None:
        """A reader asks the writer for something (a key frame); they agree on what."""
    def wishes(self) -> int:
        """How often that was."""

class PictureEncoder:
    """A video encoder with our own rate control: one quality, capped at a rate. One thread at a time, GIL released."""

    def encode(
        self,
        planes: video.Planes,
        key_frame: bool,
        changed: video.MacroblockMap | None,
        elapsed_s: float,
    ) -> tuple[bytes, bool, int]:
        """The access unit, whether it is a key frame, its QP.

        `changed`: the only macroblocks that may differ from the picture before (None: all of it). `elapsed_s`: time
        since that picture. Raises ValueError for planes too small, a map of another size or an elapsed time that is
        no number, RuntimeError when the library fails.
        """

    def set_bitrate(self, bitrate_bps: int) -> None:
        """A new cap, from the next picture on, without a key frame. Raises ValueError when it makes no sense."""

    def set_quick(self, quick: bool) -> None:
        """Quick from the next picture on; thorough H.264 from the next key frame on. Raises RuntimeError."""

class H264Encoder(PictureEncoder):
    """By libx264: Annex B, with parameter sets at key frames."""

    def __init__(
        self,
        width_px: int,
        height_px: int,
        fps: int,
        bitrate_bps: int,
        profile: str,
        short_slices: bool,
        quick: bool,
    ) -> None:
        """`profile`: baseline, main or high. Sizes even, 16 to 4096.

        Raises ValueError naming the argument that is wrong, RuntimeError when libx264 does not open.
        """

class Vp8Encoder(PictureEncoder):
    """By libvpx: bare frames; QPs on H.264's scale."""

    def __init__(self, width_px: int, height_px: int, fps: int, bitrate_bps: int, quick: bool) -> None:
        """Sizes even, 16 to 4096.

        Raises ValueError naming the argument that is wrong, RuntimeError when libvpx does not open.
        """
