"""Our side of a leg and the offers of real endpoints, for the tests of negotiation."""

from dataclasses import dataclass
from pathlib import Path

from cms_media.base.types import MediaKind
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.local import LocalMedia

CORPUS = Path(__file__).parents[1] / "fuzz" / "sdp"


@dataclass(frozen=True, slots=True)
class Ports:
    """An opened transport."""

    kind: MediaKind
    rtp_port: int
    rtcp_port: int


AUDIO = Ports(MediaKind.AUDIO, 40_000, 40_001)
VIDEO = Ports(MediaKind.VIDEO, 40_002, 40_003)


def offer_of(endpoint: str) -> SessionDescription:
    """The offer that an endpoint of that name makes."""
    return SessionDescription.parse((CORPUS / f"{endpoint}.sdp").read_text())


def local(
    *transports: Ports,
    address: str = "198.51.100.1",
    previous: SessionDescription | None = None,
    remote: SessionDescription | None = None,
) -> LocalMedia:
    """Our side with both transports unless told otherwise; keys count up from 1."""
    count = iter(range(1, 256))
    return LocalMedia(
        address=address,
        transports=transports or (AUDIO, VIDEO),
        session_id=1000,
        previous=previous,
        remote=remote,
        random_bytes=lambda size: bytes([next(count)]) * size,
    )
