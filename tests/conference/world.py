"""A bridge between fakes, in virtual time, and the calls that tests make to it."""

import itertools

from cms_media.base.types import LegId, SocketAddress
from cms_media.conference.bridge import Bridge, BridgeSettings, Surroundings
from cms_media.conference.directory import Directory
from cms_media.conference.leg import Ports
from cms_media.conference.ports import Invite
from cms_media.conference.space import Space
from cms_media.layout.types import LayoutName
from cms_media.sdp.description import SessionDescription
from tests.conference.fakes import FakeMedia, FakeSignalling

HEAD = "v=0\r\no=- 1 {version} IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
AUDIO = "m=audio {port} RTP/AVP 0\r\na={direction}\r\n"
VIDEO = (
    "m=video {port} RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
    "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\na={direction}\r\n"
)
SPACES = (
    Space("Demo", "demo", "123456789"),
    Space("Talk", "talk", layout=LayoutName.SPEAKER_ONLY),
)


def described(
    *, audio: bool = True, video: bool = False, direction: str = "sendrecv", version: int = 1
) -> SessionDescription:
    """A peer's description: PCMU, and H.264 if wanted. With neither, audio in a codec that nobody has."""
    text = HEAD.format(version=version)
    text += AUDIO.format(port=5004 if audio or video else 0, direction=direction)
    if not audio and not video:
        text = text.replace("audio 0 RTP/AVP 0", "audio 5004 RTP/AVP 4")
    if video:
        text += VIDEO.format(port=5006, direction=direction)
    return SessionDescription.parse(text)


class World:
    """Peers are named by short texts that serve as leg ids."""

    def __init__(self, *spaces: Space, max_legs: int = 100) -> None:
        self.now = 1000.0
        self.signalling = FakeSignalling()
        self.media = FakeMedia()
        numbers = itertools.count(1)
        surroundings = Surroundings(
            clock=lambda: self.now,
            wall_clock=lambda: 3_900_000_000.0,
            local_address_towards=self._address_towards,
            new_id=lambda: f"id{next(numbers)}",
        )
        self.bridge = Bridge(
            Directory(spaces or SPACES),
            BridgeSettings(max_legs=max_legs),
            surroundings,
        )
        self.bridge.connect(Ports(self.signalling, self.media))

    def invite(self, name: str, to: str = "demo", offer: SessionDescription | None = None) -> LegId:
        """An INVITE; None: without an offer."""
        peer = SocketAddress("192.0.2.7", 5060)
        uri = f"sip:{name}@example.com"
        self.bridge.on_invite(
            Invite(LegId(name), to, "example.org", uri, name.upper(), "test", peer, "192.0.2.1", offer)
        )
        return LegId(name)

    def open(self, leg: LegId) -> None:
        """Media has opened what was asked."""
        self.bridge.on_transports(leg, self.media.transports(leg))

    def fail(self, leg: LegId, reason: str = "worker died") -> None:
        """Media has lost the leg."""
        self.media.fail(leg)
        self.bridge.on_media_failed(leg, reason)

    def join(self, name: str, to: str = "demo", *, video: bool = False) -> LegId:
        """A whole incoming call until ACK."""
        leg = self.invite(name, to, described(video=video))
        self.open(leg)
        self.bridge.on_connected(leg)
        return leg

    def bye(self, leg: LegId) -> None:
        """The peer hangs up, or signalling confirms that we did."""
        self.bridge.on_ended(leg, 200, "BYE")

    def speak(self, seconds: float, **levels_dbov: float) -> None:
        """Reports of levels, ten a second."""
        for _ in range(round(seconds * 10)):
            self.bridge.on_levels({LegId(name): level for name, level in levels_dbov.items()})
            self.now += 0.1

    def share(self, wanted: bool) -> None:
        """Media wants pictures shared, or no longer."""
        self.media.sharing = wanted
        self.bridge.on_sharing(wanted)

    def sees(self, leg: LegId) -> list[LegId]:
        """Whom a leg is shown, in the order of the panes."""
        return [pane.leg for pane in self.media.scenes[leg].panes]

    def calls(self) -> list[dict[str, object]]:
        """As status shows them."""
        calls = self.bridge.snapshot()["calls"]
        assert isinstance(calls, list)
        return calls

    def _address_towards(self, host: str) -> str:
        if host == "unreachable.example":
            raise OSError("no route")
        return "192.0.2.1"
