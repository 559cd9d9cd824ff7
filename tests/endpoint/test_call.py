"""One dialled call over a signalling that only remembers: offer, answer, re-INVITE, end."""

from typing import Any, cast

from cms_media.base.types import LegId, MediaKind
from cms_media.codecs.table import Codec
from cms_media.conference.ports import LocalTransport, SignallingPort
from cms_media.endpoint.call import DialledCall, capabilities_of
from cms_media.endpoint.options import DialOptions
from cms_media.native import Engine
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import Capabilities, LocalMedia, answer, offer
from tests.media.fake_engine import FakeEngine

LEG = LegId("dialled")


class Mouth(FakeEngine):
    """With the further things that an endpoint uses."""

    def tap(self, stream: int, seconds: float) -> None: ...

    def read_tap(self, stream: int) -> bytes:
        return b""

    def stats(self, stream: int) -> dict[str, Any]:
        return {"packets_received": 0, "packets_lost": 0}

    def send_dtmf(self, stream: int, digits: str) -> bool:
        return False


class Telephone:
    """A SignallingPort that remembers: (what, arguments)."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.asked.append((name, *arguments))


class Peer:
    """Answers with what it can do."""

    def __init__(self, codecs: tuple[Codec, ...] = (Codec.PCMA,)) -> None:
        self.capabilities = Capabilities(audio_codecs=codecs, video_codecs=(Codec.H264,))
        ports = [LocalTransport(MediaKind.AUDIO, 6000, 6001), LocalTransport(MediaKind.VIDEO, 6002, 6003)]
        self.local = LocalMedia("127.0.0.2", ports, session_id=1)

    def answer(self, description: SessionDescription) -> SessionDescription:
        return answer(description, self.capabilities, self.local).description

    def offer(self) -> SessionDescription:
        return offer(self.capabilities, self.local)


class Scene:
    """A call that has been dialled."""

    def __init__(self, **options: Any) -> None:
        self.engine, self.telephone = Mouth(), Telephone()
        self.call = DialledCall(
            LEG,
            DialOptions("sip:demo@127.0.0.1", **options),
            cast(Engine, self.engine),
            cast(SignallingPort, self.telephone),
            "127.0.0.1",
        )
        self.call.call()

    def take_offer(self) -> SessionDescription:
        name, leg, uri, description, user, _ = self.telephone.asked.pop(0)
        assert (name, leg, uri, user) == ("dial", LEG, "sip:demo@127.0.0.1", "dial")
        assert isinstance(description, SessionDescription)
        return description

    def connect(self) -> None:
        self.call.on_answer(LEG, Peer().answer(self.take_offer()))


def test_audio_alone_is_offered_and_runs_by_the_answer() -> None:
    scene = Scene()
    scene.connect()
    assert scene.call.answered
    assert [(s.send_codec, s.remote_rtp) for s in scene.engine.audio.values()] == [
        ("PCMA", ("127.0.0.2", 6000))
    ]
    assert (scene.engine.video, scene.call.video) == ({}, None)


def test_video_is_sent_once_it_is_answered() -> None:
    scene = Scene(video="pattern:3", size=DialOptions("").size)
    assert scene.call.video is not None
    offered = scene.take_offer()
    scene.call.video.send_picture(0.0)
    assert scene.engine.sent == []
    scene.call.on_answer(LEG, Peer().answer(offered))
    scene.call.video.send_picture(0.1)
    scene.call.video.send_picture(0.2)
    assert [sent.key_frame for sent in scene.engine.sent] == [True, False]


def test_a_fast_update_by_info_brings_a_key_frame() -> None:
    scene = Scene(video="pattern")
    scene.connect()
    assert scene.call.video is not None
    scene.call.video.send_picture(0.0)
    scene.call.on_picture_fast_update(LEG)
    scene.call.video.send_picture(0.1)
    assert [sent.key_frame for sent in scene.engine.sent] == [True, True]


def test_a_re_invite_is_answered() -> None:
    scene = Scene()
    scene.connect()
    scene.call.on_offer(LEG, Peer((Codec.PCMU,)).offer())
    (name, leg, description) = scene.telephone.asked.pop()
    assert (name, leg, type(description)) == ("answer", LEG, SessionDescription)
    assert [stream.send_codec for stream in scene.engine.audio.values()] == ["PCMU"]


def test_digits_go_by_info_when_rtp_does_not_take_them() -> None:
    scene = Scene()
    scene.connect()
    scene.call.send_digits("12#")
    assert scene.telephone.asked == [("send_dtmf", LEG, "12#")]


def test_how_it_ended_is_told() -> None:
    refused, left, silent = Scene(), Scene(), Scene()
    left.connect()
    silent.connect()
    refused.call.on_ended(LEG, 404, "Not Found")
    left.call.on_ended(LEG, 200, "")
    silent.call.on_ended(LEG, 408, "")
    ends = [each.call.measure().ended_by for each in (refused, left, silent)]
    assert ends == ["failed: 404 Not Found", "remote", "timeout"]
    assert refused.call.measure().audio is None


def test_the_numbers_are_taken_once() -> None:
    scene = Scene()
    scene.connect()
    before = scene.call.measure()
    scene.call.on_ended(LEG, 200, "")
    assert scene.call.measure() is before
    assert before.ended_by == "local"


def test_what_the_command_line_leaves_out_is_not_offered() -> None:
    capabilities = capabilities_of(
        DialOptions("", audio="none", video="pattern", codecs=(Codec.OPUS, Codec.VP8))
    )
    assert (capabilities.audio_codecs, capabilities.video_codecs) == ((), (Codec.VP8,))
