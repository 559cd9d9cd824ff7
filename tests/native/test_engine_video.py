"""Pictures through the real-time thread over loopback: whole, in order, and repaired when the path loses."""

import random
import time

import pytest

from cms_media.native import KeyFrameRequest, VideoStream
from tests.native.engine_rig import (
    LOOPBACK,
    LossyRelay,
    Rig,
    connect_video,
    h264_picture,
    is_rtcp,
    rig,
    settle,
    srtp_key,
    video_to,
    vp8_picture,
)


def _send(both: Rig, streams: list[int], picture: bytes, key_frame: bool = False) -> None:
    both.near.send_video(streams, picture, time.monotonic(), key_frame)


def _exchange(both: Rig, near: int, pictures: list[bytes]) -> None:
    """Sends the first as a key frame and waits until as many have come."""
    for index, picture in enumerate(pictures):
        _send(both, [near], picture, key_frame=index == 0)
    both.until(lambda: len(both.units("far")) >= len(pictures))


@pytest.mark.parametrize("suite", [None, "AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"])
@pytest.mark.parametrize("mode", [0, 1])
def test_h264_arrives_byte_by_byte(mode: int, suite: str | None) -> None:
    largest = 1100 if mode == 0 else 9000
    pictures = [h264_picture(i, key_frame=i == 0, slices=(largest, 300, 50)) for i in range(20)]

    def change(stream: VideoStream) -> None:
        stream.packetization_mode = mode
        stream.srtp_send = stream.srtp_receive = srtp_key(suite, 3)

    with rig() as both:
        near, far = connect_video(both, change)
        _exchange(both, near, pictures)
        units = both.units("far")
        assert [unit.data for unit in units] == pictures
        assert [unit.key_frame for unit in units] == [True] + [False] * 19
        assert {(unit.stream, unit.codec, unit.damaged) for unit in units} == {(far, "H264", False)}


def test_vp8_arrives_byte_by_byte() -> None:
    pictures = [vp8_picture(i, key_frame=i == 0) for i in range(20)]
    with rig() as both:
        near, _ = connect_video(both, codec="VP8")
        _exchange(both, near, pictures)
        assert [unit.data for unit in both.units("far")] == pictures
        assert [unit.codec for unit in both.units("far")] == ["VP8"] * 20
        assert both.units("far")[0].key_frame


def test_one_picture_goes_to_all_streams_of_a_view() -> None:
    picture = h264_picture(1, key_frame=True, slices=(5000,))
    with rig() as both:
        legs = [connect_video(both) for _ in range(3)]
        single = connect_video(both, lambda stream: setattr(stream, "packetization_mode", 0))
        nears = [near for near, _ in (*legs, single)]
        _send(both, nears, picture, key_frame=True)
        both.until(lambda: len(both.units("far")) >= 4)
        assert {unit.stream: unit.data for unit in both.units("far")} == {
            far: picture for _, far in (*legs, single)
        }


def test_a_paced_picture_takes_its_time_but_arrives_whole() -> None:
    picture = h264_picture(1, key_frame=True, slices=(60_000,))
    with rig() as both:
        near, _ = connect_video(both, lambda stream: setattr(stream, "pacing_bps", 20_000_000))
        begun_s = time.monotonic()
        _exchange(both, near, [picture])
        assert both.units("far")[0].data == picture
        # 60 KB less the burst of 10 KB at 20 Mbit/s are 20 ms.
        assert both.units("far")[0].arrival_s - begun_s > 0.015


def test_many_paced_streams_wake_the_thread_once_per_grid_slot() -> None:
    picture = h264_picture(1, key_frame=True, slices=(40_000,))
    with rig() as both:
        legs = [
            connect_video(both, lambda stream: setattr(stream, "pacing_bps", 5_000_000)) for _ in range(10)
        ]
        settle(both.near)
        before, begun_s = both.near.snapshot()["wakeups"], time.monotonic()
        for near, _ in legs:
            _send(both, [near], picture, key_frame=True)
        both.until(lambda: len(both.units("far")) == len(legs))
        slots = (time.monotonic() - begun_s) / 0.002 + 2
        assert all(unit.data == picture for unit in both.units("far"))
        # 30 KB each beyond the burst at 1250 bytes a slot: some twenty slots for all of them, not for each.
        assert 5 < both.near.snapshot()["wakeups"] - before <= slots


@pytest.mark.parametrize("feedback", ["pli", "fir"])
def test_a_wish_for_a_key_frame_reaches_the_source_once_in_half_a_second(feedback: str) -> None:
    def change(stream: VideoStream) -> None:
        stream.pli, stream.fir = feedback == "pli", feedback == "fir"

    with rig() as both:
        near, far = connect_video(both, change)
        _exchange(both, near, [h264_picture(0, key_frame=True)])
        for _ in range(5):
            assert both.far.request_key_frame(far)
        both.until(lambda: bool(both.of("near", KeyFrameRequest)))
        assert both.of("near", KeyFrameRequest)[0].stream == near
        both.until(lambda: both.near.stats(near)["key_frame_requests"] == 1)
        _send(both, [near], h264_picture(1, key_frame=True), key_frame=True)
        both.until(lambda: len(both.units("far")) >= 2)
        both.until(lambda: both.far.stats(far)["access_units"] == 2)
        assert both.far.stats(far)["key_frames_requested"] == 1


def test_a_peer_without_feedback_is_not_asked() -> None:
    with rig() as both:
        near, far = both.near.open_transport(LOOPBACK), both.far.open_transport(LOOPBACK)
        stream = video_to(near.rtp_port)
        stream.nack = stream.pli = False
        both.far.set_video(far.id, stream)
        assert not both.far.request_key_frame(far.id)
        assert not both.far.request_bitrate(far.id, 500_000)


@pytest.mark.parametrize("means", ["tmmbr", "remb"])
def test_a_wish_for_less_reaches_the_source(means: str) -> None:
    with rig() as both:
        near, far = connect_video(both, lambda stream: setattr(stream, means, True))
        _exchange(both, near, [h264_picture(0, key_frame=True)])
        assert both.far.request_bitrate(far, 384_000)
        both.until(lambda: both.near.stats(near)["bitrate_limit_bps"] != 0)
        assert both.near.stats(near)["bitrate_limit_bps"] == pytest.approx(384_000, rel=0.01)


def _through_relay(both: Rig, relay: LossyRelay, nack: bool) -> tuple[int, int]:
    near, far = both.near.open_transport(LOOPBACK), both.far.open_transport(LOOPBACK)
    relay.start(near.rtp_port, far.rtp_port)
    outgoing, incoming = video_to(relay.left_port), video_to(relay.right_port)
    outgoing.nack = incoming.nack = nack
    both.near.set_video(near.id, outgoing)
    both.far.set_video(far.id, incoming)
    settle(both.far)
    return near.id, far.id


def test_lost_packets_are_asked_for_and_sent_again() -> None:
    source = random.Random(5)
    seen: set[int] = set()

    def lose(packet: bytes) -> bool:
        sequence = int.from_bytes(packet[2:4])
        first_time = sequence not in seen
        seen.add(sequence)
        return not is_rtcp(packet) and first_time and len(seen) > 4 and source.random() < 0.1

    pictures = [h264_picture(i, key_frame=i == 0, slices=(4000,)) for i in range(60)]
    relay = LossyRelay(lose)
    with rig() as both:
        near, far = _through_relay(both, relay, nack=True)
        for index, picture in enumerate(pictures):
            _send(both, [near], picture, key_frame=index == 0)
            both.pump(0.005)
        _send(both, [near], h264_picture(99))
        both.until(lambda: len(both.units("far")) >= len(pictures))
        relay.stop()
        assert [unit.data for unit in both.units("far")][: len(pictures)] == pictures
        assert not any(unit.damaged for unit in both.units("far")[: len(pictures)])
        assert relay.lost > 5
        sent_again = both.near.stats(near)["retransmitted"]
        assert relay.lost - 1 <= sent_again <= both.near.stats(near)["nacks_received"]
        assert both.far.stats(far)["nacks_sent"] >= sent_again


def test_what_is_lost_for_good_marks_the_picture_as_damaged() -> None:
    rtp_packets = 0

    def lose(packet: bytes) -> bool:
        nonlocal rtp_packets
        rtp_packets += not is_rtcp(packet)
        return rtp_packets == 10

    relay = LossyRelay(lose)
    with rig() as both:
        near, far = _through_relay(both, relay, nack=False)
        for i in range(8):
            _send(both, [near], h264_picture(i, key_frame=i == 0, slices=(3000,)), key_frame=i == 0)
            both.pump(0.01)
        both.until(lambda: any(unit.damaged for unit in both.units("far")))
        both.until(lambda: both.far.stats(far)["damaged_access_units"] >= 1)
        relay.stop()
        assert relay.lost == 1
        assert not both.units("far")[0].damaged
        assert both.far.stats(far)["packets_lost"] == 1
