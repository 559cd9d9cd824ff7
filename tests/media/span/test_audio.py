"""Who of a call's workers hears whom."""

from cms_media.base.types import CallId
from cms_media.media.messages import SpanCall
from cms_media.media.span.audio import AudioExchange
from tests.media.span.fakes import FakeRings, Post

CALL = CallId("call")


def test_a_call_on_one_worker_exchanges_nothing() -> None:
    rings, post = FakeRings(), Post()
    audio = AudioExchange(rings, post)
    audio.places(CALL, {0})
    assert post.take() == []
    assert (rings.paths, audio.snapshot()) == ([], 0)


def test_each_writes_and_reads_all_others() -> None:
    rings, post = FakeRings(), Post()
    audio = AudioExchange(rings, post)
    audio.places(CALL, {0, 2})
    zero, two = rings.paths
    assert post.take() == [(0, SpanCall(CALL, zero, (two,))), (2, SpanCall(CALL, two, (zero,)))]
    audio.places(CALL, {0, 1, 2})
    one = rings.paths[-1]
    assert post.take() == [
        (0, SpanCall(CALL, zero, (one, two))),
        (1, SpanCall(CALL, one, (zero, two))),
        (2, SpanCall(CALL, two, (zero, one))),
    ]


def test_back_on_one_worker_the_rings_go() -> None:
    rings, post = FakeRings(), Post()
    audio = AudioExchange(rings, post)
    audio.places(CALL, {0, 1})
    post.take()
    audio.places(CALL, {1})
    assert post.take() == [(1, SpanCall(CALL, "", ()))]
    assert rings.paths == []


def test_a_worker_that_was_lost_writes_anew() -> None:
    rings, post = FakeRings(), Post()
    audio = AudioExchange(rings, post)
    audio.places(CALL, {0, 1})
    old = rings.paths[0]
    audio.place_lost(0)
    assert old not in rings.paths
    post.take()
    audio.places(CALL, {0, 1})
    assert old not in rings.paths
    assert [place for place, _ in post.take()] == [0, 1]


def test_without_memory_for_one_the_other_is_heard_at_least() -> None:
    rings, post = FakeRings(), Post()
    audio = AudioExchange(rings, post)
    rings.full = True
    audio.places(CALL, {0, 1})
    assert post.take() == [(0, SpanCall(CALL, "", ())), (1, SpanCall(CALL, "", ()))]
