"""Sound through the real-time thread over loopback, judged by tone energy."""

import functools
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from cms_media.native import Digit, Engine, PeerFault, StreamState
from tests.native.engine_rig import (
    SRTP_KEY_BYTES,
    Rig,
    audio_to,
    connect_audio,
    power_dbov,
    rig,
    srtp_key,
    tap_of,
    tone,
)

CODECS = ("PCMU", "PCMA", "G722", "opus")
SUITES = (None, *SRTP_KEY_BYTES)
Heard = dict[tuple[str, str | None], tuple[NDArray[np.int16], NDArray[np.int16]]]


def _listen(both: Rig, taps: list[tuple[str, int]], seconds: float = 0.5) -> list[NDArray[np.int16]]:
    """The last part of what each tap heard, once all have heard twice as much."""
    wanted = int(48000 * seconds)
    heard: list[NDArray[np.int16]] = [np.zeros(0, np.int16) for _ in taps]

    def enough() -> bool:
        for index, (side, stream) in enumerate(taps):
            engine = both.near if side == "near" else both.far
            heard[index] = np.concatenate([heard[index], tap_of(engine, stream)])
        return all(len(samples) >= 2 * wanted for samples in heard)

    for side, stream in taps:
        (both.near if side == "near" else both.far).tap(stream, 4.0)
    both.until(enough)
    return [samples[-wanted:] for samples in heard]


@pytest.fixture(scope="module")
def heard_by_all() -> Iterator[Heard]:
    """Every codec with every suite at once, 1000 Hz one way and 400 Hz the other."""
    with rig() as both:
        streams = {(codec, suite): connect_audio(both, codec, suite) for codec in CODECS for suite in SUITES}
        for near, far in streams.values():
            both.near.play(near, tone(1000), loop=True)
            both.far.play(far, tone(400), loop=True)
        taps = [
            (side, stream)
            for pair in streams.values()
            for side, stream in zip(("near", "far"), pair, strict=True)
        ]
        samples = _listen(both, taps)
        yield {key: (samples[2 * i], samples[2 * i + 1]) for i, key in enumerate(streams)}


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("codec", CODECS)
def test_a_tone_arrives_both_ways(heard_by_all: Heard, codec: str, suite: str | None) -> None:
    near, far = heard_by_all[codec, suite]
    for samples, sent_hz, other_hz in ((near, 400, 1000), (far, 1000, 400)):
        assert power_dbov(samples, sent_hz) == pytest.approx(-15.3, abs=1.0)
        assert power_dbov(samples, other_hz) < -50


def test_each_of_three_in_a_room_hears_the_other_two() -> None:
    tones_hz = (400, 1000, 1700)
    with rig() as both:
        legs = [connect_audio(both, room=7) for _ in tones_hz]
        for (near, _), frequency_hz in zip(legs, tones_hz, strict=True):
            both.near.play(near, tone(frequency_hz), loop=True)
        heard = _listen(both, [("near", near) for near, _ in legs])
        for own_hz, samples in zip(tones_hz, heard, strict=True):
            for frequency_hz in tones_hz:
                power = power_dbov(samples, frequency_hz)
                assert power < -45 if frequency_hz == own_hz else power == pytest.approx(-15.3, abs=1.0)
        assert {stream for stream, _ in both.far.levels()} == {far for _, far in legs}
        assert both.far.snapshot()["rooms"] == 1


def test_audio_streams_wake_the_thread_for_their_ticks_alone() -> None:
    with rig() as both:
        legs = [connect_audio(both, room=1) for _ in range(10)]
        both.until(lambda: all(both.far.stats(far)["packets_received"] > 5 for _, far in legs))
        before = both.far.snapshot()
        both.until(lambda: both.far.snapshot()["packets_in"] - before["packets_in"] > 300)
        after = both.far.snapshot()
        # RTCP sockets and the snapshot's own moment allow for a little; once per packet would be 300.
        assert after["wakeups"] - before["wakeups"] <= after["ticks"] - before["ticks"] + 1
        assert all(both.far.stats(far)["jitter_ms"] < 15 for _, far in legs)


def test_reports_of_audio_give_a_round_trip_though_they_are_read_later() -> None:
    with rig() as both:
        near, far = connect_audio(both)
        both.until(
            lambda: both.far.stats(far)["round_trip_ms"] > 0 and both.near.stats(near)["round_trip_ms"] > 0
        )
        # Sockets of RTCP are looked at once a second: without the stamp of the arrival half of that would be in it.
        assert both.far.stats(far)["round_trip_ms"] < 50
        assert both.near.stats(near)["round_trip_ms"] < 50


def test_a_muted_stream_is_not_heard_and_has_no_level() -> None:
    with rig() as both:
        (loud, loud_far), (listener, _) = connect_audio(both, room=1), connect_audio(both, room=1)
        both.near.play(loud, tone(1000), loop=True)
        both.far.set_muted(loud_far, True)
        (samples,) = _listen(both, [("near", listener)])
        assert power_dbov(samples, 1000) < -80
        assert both.far.levels() == []


def test_changing_rooms_changes_who_is_heard() -> None:
    with rig() as both:
        (talker, talker_far), (listener, _) = connect_audio(both, room=1), connect_audio(both, room=2)
        both.near.play(talker, tone(1000), loop=True)
        (before,) = _listen(both, [("near", listener)], 0.2)
        both.far.set_room(talker_far, 2)
        (after,) = _listen(both, [("near", listener)], 0.2)
        assert power_dbov(before, 1000) < -80
        assert power_dbov(after, 1000) > -17


def test_ipv6() -> None:
    with rig() as both:
        near, far = connect_audio(both, host="::1")
        both.near.play(near, tone(1000), loop=True)
        (samples,) = _listen(both, [("far", far)], 0.2)
        assert power_dbov(samples, 1000) > -17


@pytest.mark.parametrize("codec", ["PCMU", "opus"])
def test_keys_arrive_once_each_in_order(codec: str) -> None:
    with rig() as both:
        near, far = connect_audio(both, codec)
        assert both.near.send_dtmf(near, "159#DD", 100)
        both.until(lambda: len(both.of("far", Digit)) >= 6)
        assert [(event.stream, event.digit) for event in both.of("far", Digit)] == [
            (far, d) for d in "159#DD"
        ]


def test_a_peer_without_telephone_event_gets_no_keys() -> None:
    with rig() as both:
        near, far = both.near.open_transport("127.0.0.1"), both.far.open_transport("127.0.0.1")
        stream = audio_to(far)
        stream.dtmf_send_payload_type = -1
        both.near.set_audio(near.id, stream)
        assert not both.near.send_dtmf(near.id, "1")


def test_packets_with_a_wrong_key_are_counted_and_told_once() -> None:
    with rig() as both:
        near, far = both.near.open_transport("127.0.0.1"), both.far.open_transport("127.0.0.1")
        outgoing, incoming = audio_to(far), audio_to(near)
        outgoing.srtp_send = srtp_key("AES_CM_128_HMAC_SHA1_80", 1)
        incoming.srtp_receive = srtp_key("AES_CM_128_HMAC_SHA1_80", 9)
        both.near.set_audio(near.id, outgoing)
        both.far.set_audio(far.id, incoming)
        both.until(lambda: both.far.stats(far.id)["srtp_failures"] >= 5)
        both.pump(0)
        faults = both.of("far", PeerFault)
        assert [(f.stream, f.fault, f.peer) for f in faults] == [
            (far.id, "srtp_failure", f"127.0.0.1:{near.rtp_port}")
        ]
        assert both.far.stats(far.id)["packets_received"] == 0


def _received(engine: Engine, stream: int, packets: int) -> bool:
    return bool(engine.stats(stream)["packets_received"] >= packets)


def test_renegotiating_with_the_same_key_goes_on_and_with_another_starts_over() -> None:
    with rig() as both:
        near, far = both.near.open_transport("127.0.0.1"), both.far.open_transport("127.0.0.1")
        outgoing, incoming = audio_to(far), audio_to(near)
        for seed in (1, 1, 2):
            outgoing.srtp_send = incoming.srtp_receive = srtp_key("AEAD_AES_128_GCM", seed)
            outgoing.srtp_receive = incoming.srtp_send = srtp_key("AEAD_AES_128_GCM", seed + 10)
            both.far.set_audio(far.id, incoming)
            both.near.set_audio(near.id, outgoing)
            wanted = both.far.stats(far.id)["packets_received"] + 10
            both.until(functools.partial(_received, both.far, far.id, wanted))
        assert both.far.stats(far.id)["source_changes"] == 1


def test_silence_is_told_once_and_its_end_too() -> None:
    with rig(silence_timeout_s=0.3) as both:
        near, far = both.near.open_transport("127.0.0.1"), both.far.open_transport("127.0.0.1")
        both.far.set_audio(far.id, audio_to(near))
        both.until(lambda: len(both.of("far", StreamState)) >= 1)
        both.near.set_audio(near.id, audio_to(far))
        both.until(lambda: len(both.of("far", StreamState)) >= 2)
        assert [(s.stream, s.silent) for s in both.of("far", StreamState)] == [
            (far.id, True),
            (far.id, False),
        ]
