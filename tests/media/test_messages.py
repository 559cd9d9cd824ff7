"""Messages between control and worker: there and back, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.base.log import LogLevel
from cms_media.base.types import CallId, LegId, MediaKind, SocketAddress
from cms_media.codecs.table import Codec, EncoderLibrary
from cms_media.conference.ports import LegMediaStatus, LocalTransport, Prompt, Scene, ScenePane
from cms_media.layout.types import Rect
from cms_media.media import messages as m
from cms_media.media.json_codec import MessageError
from cms_media.sdp.plan import Feedback, PayloadFormat, SrtpKey, SrtpSuite, StreamPlan

LEG = LegId("0" * 32)
PLAN = StreamPlan(
    index=1,
    kind=MediaKind.VIDEO,
    sending=True,
    receiving=False,
    remote_rtp=SocketAddress("::1", 5004),
    remote_rtcp=SocketAddress("::1", 5005),
    rtcp_mux=False,
    send=PayloadFormat(Codec.H264, 97, 1),
    receive=(PayloadFormat(Codec.H264, 97, 1), PayloadFormat(Codec.VP8, 100)),
    telephone_event_send=None,
    srtp_send=SrtpKey(SrtpSuite.AEAD_AES_128_GCM, bytes(range(28))),
    feedback=frozenset({Feedback.PLI, Feedback.NACK}),
)
SCENE = Scene((ScenePane(LEG, Rect(0, 0, 0.5, 1)),), title="Café", active=LEG)

MESSAGES: list[m.Message] = [
    m.StartEngine(
        40_000,
        49_999,
        30.0,
        -1,
        3,
        LogLevel.INFO,
        2_000_000,
        True,
        0.2,
        EncoderLibrary.NATIVE,
        EncoderLibrary.PYAV,
    ),
    m.OpenLeg(LEG, CallId("c"), "127.0.0.1", (MediaKind.AUDIO, MediaKind.VIDEO)),
    m.ConfigureLeg(LEG, "Zoë\n", (PLAN,)),
    m.SetScene(LEG, SCENE),
    m.Play(LEG, Prompt.JOIN),
    m.Play(LEG, None),
    m.KeyFrameWanted(LEG),
    m.FollowSpeaker(CallId("c"), LEG),
    m.FollowSpeaker(CallId("c"), None),
    m.ReportLegs(),
    m.CloseLeg(LEG),
    m.Ready(),
    m.Transports(LEG, (LocalTransport(MediaKind.AUDIO, 40_000, 40_001),)),
    m.LegFailed(LEG, "no ports"),
    m.Levels({LEG: -20.5}),
    m.DigitPressed(LEG, "#"),
    m.VideoSource(LEG, True),
    m.MediaTimeout(LEG),
    m.KeyFrameNeeded(LEG),
    m.SmallEnough(LEG, True),
    m.LegStatuses((LegMediaStatus(LEG, {"codec": "opus", "packets": 3, "jitter_ms": 1.5}),), True),
    m.WorkerStatus({"cpu_s": 1.0}),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_there_and_back(message: m.Message) -> None:
    line = m.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert m.decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type":"Message"}',
        b'{"type":"CloseLeg"}',
        b'{"type":"CloseLeg","leg":3}',
        b'{"type":"CloseLeg","leg":"a","more":1}',
        b'{"type":"VideoSource","leg":"a","live":1}',
        b'{"type":"Play","leg":"a","prompt":"song"}',
        b'{"type":"Levels","levels_dbov":[]}',
        b'{"type":"OpenLeg","leg":"a","call":"b","address":"c","kinds":"audio"}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        m.decode(line)


@given(st.binary(max_size=200))
def test_any_bytes_raise_only_its_own_error(data: bytes) -> None:
    with pytest.raises(MessageError):
        m.decode(data)


def test_keys_do_not_show_in_a_plan_printed() -> None:
    assert "key_and_salt" not in repr(m.ConfigureLeg(LEG, "", (PLAN,)))
