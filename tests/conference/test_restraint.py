"""When one peer is asked by re-INVITE for a small picture or a large one, in virtual time."""

import itertools

import pytest

from cms_media.conference.restraint import MAX_TRIES, PAUSE_S, Restraint


class Asked:
    """A restraint, and a peer that answers or refuses every offer; `log` has (time, small) of each."""

    def __init__(self, *, sees_less: bool = False) -> None:
        self.restraint = Restraint()
        self.now_s = 50.0
        self.log: list[tuple[float, bool]] = []
        self.refusal: int | None = None
        self._sees_less = sees_less

    def run(self, seconds: float, *, small: bool) -> None:
        """Looked at once a second, as by the bridge's tick."""
        restraint = self.restraint
        restraint.want(small)
        for _ in range(round(seconds)):
            if restraint.due(self.now_s):
                self.log.append((self.now_s, restraint.target_small))
                restraint.ask(self.now_s)
                restraint.offered()
                self._respond()
            self.now_s += 1

    def _respond(self) -> None:
        if self.refusal is None:
            self.restraint.accepted(sees_less=self._sees_less)
        else:
            self.restraint.failed(self.refusal)


def test_asked_once_for_each_change() -> None:
    peer = Asked()
    peer.run(10, small=False)
    assert peer.log == []
    peer.run(10, small=True)
    peer.run(10, small=False)
    assert peer.log == [(60.0, True), (70.0, False)]


def test_a_pause_lies_between_two_questions() -> None:
    peer = Asked()
    for _ in range(20):
        peer.run(1, small=True)
        peer.run(1, small=False)
    times = [at_s for at_s, _ in peer.log]
    assert all(later - earlier >= PAUSE_S for earlier, later in itertools.pairwise(times))
    peer.run(10, small=False)
    assert not peer.restraint.agreed_small


@pytest.mark.parametrize("code", [488, 415, 500, 503, 403])
def test_who_refuses_is_not_asked_for_less_again(code: int) -> None:
    peer = Asked()
    peer.refusal = code
    peer.run(100, small=True)
    peer.run(100, small=False)
    peer.run(100, small=True)
    assert peer.log == [(50.0, True)]
    assert peer.restraint.refused == 1
    assert not peer.restraint.agreed_small
    assert not peer.restraint.target_small, "what else is said to it says nothing of a small picture either"


def test_offers_that_cross_are_no_refusal_but_not_repeated_for_ever() -> None:
    peer = Asked()
    peer.refusal = 491
    peer.run(5, small=True)
    peer.refusal = None
    peer.run(10, small=True)
    assert peer.restraint.agreed_small
    peer.refusal = 491
    peer.run(1000, small=False)
    assert len(peer.log) == 2 + 1 + MAX_TRIES
    assert peer.restraint.refused == 0


def test_who_has_less_and_refuses_more_is_asked_ever_more_rarely() -> None:
    peer = Asked()
    peer.run(10, small=True)
    peer.refusal = 500
    peer.run(1000, small=False)
    times = [at_s for at_s, _ in peer.log[1:]]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses == [PAUSE_S * 2**n for n in range(MAX_TRIES - 1)]


def test_a_peer_that_takes_less_from_us_in_return_gets_all_back_and_is_left_alone() -> None:
    peer = Asked(sees_less=True)
    peer.run(100, small=True)
    peer.run(100, small=False)
    peer.run(100, small=True)
    assert [small for _, small in peer.log] == [True, False]


def test_one_question_at_a_time() -> None:
    restraint = Restraint()
    restraint.want(small=True)
    restraint.ask(0.0)
    restraint.offered()
    restraint.want(small=False)
    assert not restraint.due(1000.0)
    restraint.accepted(sees_less=False)
    assert restraint.due(1000.0)


def test_an_answer_to_the_peers_own_offer_says_it_without_a_question() -> None:
    restraint = Restraint()
    restraint.want(small=True)
    restraint.answered()
    assert not restraint.due(1000.0)
    assert restraint.agreed_small


def test_other_offers_that_fail_are_no_refusal() -> None:
    restraint = Restraint()
    restraint.offered()
    restraint.failed(488)
    restraint.failed(488)
    restraint.accepted(sees_less=True)
    restraint.want(small=True)
    assert restraint.due(0.0)
    assert restraint.refused == 0
