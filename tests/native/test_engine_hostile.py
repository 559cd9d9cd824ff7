"""What strangers, broken peers and wrong arguments do to the engine: nothing but a count and one event of each kind."""

import contextlib
import random
import socket
from collections.abc import Callable, Iterator

import pytest

from cms_media.native import AudioStream, Engine, PeerFault, VideoStream
from tests.native.engine_rig import (
    LOOPBACK,
    Rig,
    audio_to,
    connect_audio,
    connect_video,
    rig,
    settle,
    video_to,
)


@contextlib.contextmanager
def _udp() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((LOOPBACK, 0))
        yield one


def _rtp(payload_type: int, sequence: int, payload: bytes = b"\xff" * 160, ssrc: int = 7) -> bytes:
    return (
        bytes([0x80, payload_type])
        + sequence.to_bytes(2)
        + (sequence * 160).to_bytes(4)
        + ssrc.to_bytes(4)
        + payload
    )


def _audio_from(both: Rig, peer: socket.socket) -> tuple[int, tuple[str, int]]:
    """A far audio stream whose negotiated peer is a plain socket."""
    far = both.far.open_transport(LOOPBACK)
    stream = audio_to(far)
    stream.remote_rtp = stream.remote_rtcp = (LOOPBACK, peer.getsockname()[1])
    stream.rtcp_mux = True
    both.far.set_audio(far.id, stream)
    settle(both.far)
    return far.id, (LOOPBACK, far.rtp_port)


def _faults(both: Rig) -> list[str]:
    return [fault.fault for fault in both.of("far", PeerFault)]


def test_a_stranger_is_not_heard_once_the_peer_has_spoken() -> None:
    with rig() as both, _udp() as stranger:
        near, far = connect_audio(both)
        both.until(lambda: both.far.stats(far)["packets_received"] > 3)
        address = (LOOPBACK, both.ports[far])
        for sequence in range(20):
            stranger.sendto(_rtp(0, sequence, ssrc=99), address)
        both.until(lambda: both.far.stats(far)["strangers"] == 20)
        assert [(f.fault, f.peer) for f in both.of("far", PeerFault)] == [
            ("stranger", f"{LOOPBACK}:{stranger.getsockname()[1]}")
        ]
        assert both.far.stats(far)["source_changes"] == 0
        assert both.near.stats(near)["packets_received"] > 0


def test_media_goes_where_it_comes_from_when_the_peer_is_behind_a_nat() -> None:
    with rig() as both, _udp() as announced, _udp() as real:
        _, address = _audio_from(both, announced)
        for sequence in range(3):
            real.sendto(_rtp(0, sequence), address)
        real.settimeout(5)
        packet, sender = real.recvfrom(2048)
        assert sender == address
        assert packet[0] >> 6 == 2


def test_a_payload_type_that_was_not_negotiated() -> None:
    with rig() as both, _udp() as peer:
        far, address = _audio_from(both, peer)
        for sequence in range(5):
            peer.sendto(_rtp(77, sequence), address)
        both.until(lambda: both.far.stats(far)["unknown_payload_type"] == 5)
        assert _faults(both) == ["unknown_payload_type"]


def test_malformed_rtp_and_rtcp() -> None:
    with rig() as both, _udp() as peer:
        far, address = _audio_from(both, peer)
        peer.sendto(_rtp(0, 1), address)
        peer.sendto(b"\x80\x00\x00", address)
        peer.sendto(b"\x8f\x00" + bytes(12), address)
        peer.sendto(b"\x80\xc8\x00\x20" + bytes(24), address)
        both.until(lambda: both.far.stats(far)["malformed"] == 3)
        both.pump(0)
        assert sorted(_faults(both)) == ["malformed_rtcp", "malformed_rtp"]


def test_malformed_payloads_of_both_video_codecs() -> None:
    with rig() as both, _udp() as peer:
        far = both.far.open_transport(LOOPBACK)
        both.far.set_video(far.id, video_to(peer.getsockname()[1]))
        settle(both.far)
        address = (LOOPBACK, far.rtp_port)
        for sequence in range(40):
            # 0x1f: reserved NAL type 31 in H.264; for VP8 an extension byte without what it announces.
            body, payload_type = (b"\x1f\x00", 96) if sequence < 20 else (b"\x90\x80", 97)
            peer.sendto(_rtp(payload_type | 0x80, sequence, body), address)
        both.until(lambda: both.far.stats(far.id)["malformed"] > 0)
        both.until(lambda: _faults(both) == ["malformed_payload"])


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_every_socket_disturbs_nobody(seed: int) -> None:
    source = random.Random(seed)
    with rig() as both, _udp() as noise:
        near, far = connect_audio(both)
        video_near, video_far = connect_video(both)
        ports = [port for stream in (far, video_far) for port in (both.ports[stream], both.ports[stream] + 1)]
        for _ in range(300):
            first = source.choice((0x80, 0x80, 0x90, 0xA0, source.randrange(256)))
            second = source.choice((0, 96, 97, 200, 201, 205, 206, source.randrange(256)))
            body = source.randbytes(source.choice((0, 2, 10, 100, 1400)))
            noise.sendto(bytes([first, second]) + body, (LOOPBACK, source.choice(ports)))
        before = both.far.stats(far)["packets_received"]
        both.until(lambda: both.far.stats(far)["packets_received"] > before + 10)
        assert both.near.stats(near)["packets_received"] > 0
        assert both.near.stats(video_near)["malformed"] == 0


def test_an_endpoint_that_echoes_our_own_packets() -> None:
    with rig() as both, _udp() as peer:
        far, _ = _audio_from(both, peer)
        peer.settimeout(5)
        for _ in range(30):
            packet, sender = peer.recvfrom(2048)
            peer.sendto(packet, sender)
        both.until(lambda: both.far.stats(far)["packets_received"] >= 20)
        assert both.far.stats(far)["source_changes"] <= 1


# --- arguments --------------------------------------------------------------------------------------------------


def _engine() -> Engine:
    return Engine(port_min=10000, port_max=32000)


def _free_ports(count: int) -> int:
    """The first of some neighbouring ports, even, that nobody on this machine uses now."""
    for first in range(10000, 32000, count):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind((LOOPBACK, port))
            return first
    pytest.fail("no free ports")


def test_ports_are_even_and_odd_and_come_back() -> None:
    port = _free_ports(4)
    engine = Engine(port_min=port, port_max=port + 3)
    first, second = engine.open_transport(LOOPBACK), engine.open_transport(LOOPBACK)
    assert (first.rtp_port, first.rtcp_port, second.rtp_port) == (port, port + 1, port + 2)
    with pytest.raises(OSError, match="in use"):
        engine.open_transport(LOOPBACK)
    engine.close_transport(first.id)
    assert engine.open_transport(LOOPBACK).rtp_port == port
    engine.stop()
    engine.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((LOOPBACK, port))


AUDIO_MISTAKES: dict[str, Callable[[AudioStream], None]] = {
    "remote_rtp": lambda s: setattr(s, "remote_rtp", ("example.org", 5004)),
    "remote_rtcp": lambda s: setattr(s, "remote_rtcp", (LOOPBACK, 70000)),
    "send_codec": lambda s: setattr(s, "send_codec", "GSM"),
    "send_payload_type": lambda s: setattr(s, "send_payload_type", 128),
    "receive": lambda s: setattr(s, "receive", [(0, "speex")]),
    "packet_time_ms": lambda s: setattr(s, "packet_time_ms", 0),
    "dtmf_send_payload_type": lambda s: setattr(s, "dtmf_send_payload_type", -2),
    "dtmf_clock_hz": lambda s: setattr(s, "dtmf_clock_hz", 0),
    "srtp_send": lambda s: setattr(s, "srtp_send", ("AES_CM_128_HMAC_SHA1_80", b"short")),
    "srtp_receive": lambda s: setattr(s, "srtp_receive", ("ROT13", bytes(30))),
    "opus_bitrate_bps": lambda s: setattr(s, "opus_bitrate_bps", 1),
    "cname": lambda s: setattr(s, "cname", "x" * 256),
}


@pytest.mark.parametrize("field", AUDIO_MISTAKES)
def test_a_wrong_audio_field_is_named(field: str) -> None:
    engine = _engine()
    transport = engine.open_transport(LOOPBACK)
    stream = audio_to(transport)
    AUDIO_MISTAKES[field](stream)
    with pytest.raises(ValueError, match=f"^{field}: "):
        engine.set_audio(transport.id, stream)
    engine.stop()


VIDEO_MISTAKES: dict[str, Callable[[VideoStream], None]] = {
    "remote_rtp": lambda s: setattr(s, "remote_rtp", ("::1", 5004)),
    "send_codec": lambda s: setattr(s, "send_codec", "H263"),
    "packetization_mode": lambda s: setattr(s, "packetization_mode", 2),
    "max_payload_bytes": lambda s: setattr(s, "max_payload_bytes", 9000),
    "pacing_bps": lambda s: setattr(s, "pacing_bps", -1),
}


@pytest.mark.parametrize("field", VIDEO_MISTAKES)
def test_a_wrong_video_field_is_named(field: str) -> None:
    engine = _engine()
    transport = engine.open_transport(LOOPBACK)
    stream = video_to(5004)
    VIDEO_MISTAKES[field](stream)
    with pytest.raises(ValueError, match=f"^{field}: "):
        engine.set_video(transport.id, stream)
    engine.stop()


def test_unknown_streams_and_wrong_kinds_are_refused() -> None:
    engine = _engine()
    transport = engine.open_transport(LOOPBACK)
    engine.set_audio(transport.id, audio_to(transport))
    for wrong in (
        lambda: engine.close_transport(99),
        lambda: engine.stats(99),
        lambda: engine.set_room(99, 1),
        lambda: engine.request_key_frame(transport.id),
        lambda: engine.send_dtmf(transport.id, "x"),
        lambda: engine.open_transport("localhost"),
        lambda: Engine(port_min=5, port_max=4),
    ):
        with pytest.raises(ValueError, match=r"^[a-z_, ]+: "):
            wrong()
    engine.stop()
