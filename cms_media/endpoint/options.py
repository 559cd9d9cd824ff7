"""What the command line of `cms-media dial` asks for, checked and typed."""

from dataclasses import dataclass
from enum import StrEnum

from cms_media.base.errors import RequestError
from cms_media.codecs.table import Codec
from cms_media.layout.types import Size
from cms_media.sdp.plan import SrtpSuite

_DEFAULT_SIZE = Size(640, 360)


class SipTransport(StrEnum):
    """How the INVITE travels; `auto` leaves it to the URI."""

    AUTO = "auto"
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class DialOptions:
    """One call to make."""

    uri: str
    audio: str = "tone:1000"
    """`tone:HZ`, a file, or `none` for no audio m-line."""
    video: str = "none"
    """`pattern`, `pattern:NUMBER`, a file, or `none` for no video m-line."""
    codecs: tuple[Codec, ...] = tuple(Codec)
    srtp: SrtpSuite | None = None
    """Offer RTP/SAVP with this suite; None: plain RTP."""
    seconds: float = 10.0
    """From the answer to the moment when the numbers are taken."""
    settle_s: float = 1.0
    """The beginning of the call that is left out of the numbers."""
    linger_s: float = 0.0
    """How long to stay after the numbers were taken, so that others' numbers do not hear us leave."""
    record: str | None = None
    snapshot: str | None = None
    size: Size = _DEFAULT_SIZE
    """The size we send."""
    receive_size: Size | None = None
    """The largest picture we take; None: the size we send."""
    fps: int = 30
    bitrate_bps: int = 1_000_000
    """What we send."""
    receive_bitrate_bps: int = 2_000_000
    feedback: bool = True
    """Understand RTCP feedback; without, as the oldest room systems, key frames are asked for by INFO."""
    dtmf: str = ""
    """Digits sent one second into the call."""
    name: str = "dial"
    transport: SipTransport = SipTransport.AUTO
    address: str = ""
    """Our own IP address; empty: the one on the path to the URI's host."""
    tls_verify: bool = True
    tls_ca: str = ""
    username: str = ""
    password: str = ""

    @property
    def target(self) -> str:
        """The URI with the transport that was asked for."""
        if self.transport is SipTransport.AUTO or "transport=" in self.uri:
            return self.uri
        return f"{self.uri};transport={self.transport.value}"


def parse_size(text: str) -> Size:
    """`1280x720` → Size. Raises RequestError."""
    width, separator, height = text.lower().partition("x")
    if not separator or not width.isdigit() or not height.isdigit():
        raise RequestError("invalidValue", f"--size {text}: expected WIDTHxHEIGHT, as in 1280x720")
    size = Size(int(width), int(height))
    if (
        not (64 <= size.width_px <= 3840 and 64 <= size.height_px <= 2160)
        or size.width_px % 2
        or size.height_px % 2
    ):
        raise RequestError("invalidValue", f"--size {text}: even numbers from 64x64 to 3840x2160")
    return size


def parse_codecs(text: str) -> tuple[Codec, ...]:
    """`opus,h264` → codecs in that order of preference. Raises RequestError."""
    by_name = {codec.value.lower(): codec for codec in Codec}
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise RequestError("invalidValue", f"--codec {unknown[0]}: expected some of {', '.join(by_name)}")
    return tuple(by_name[name] for name in names)
