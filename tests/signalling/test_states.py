from cms_media.signalling.states import (
    LEG_TRANSITIONS,
    OFFER_TRANSITIONS,
    LegInput,
    LegState,
    Machine,
    OfferInput,
    OfferState,
)


def test_an_incoming_leg() -> None:
    life = Machine(LEG_TRANSITIONS, LegState.INCOMING)
    assert [life.step(it) for it in (LegInput.RING, LegInput.ANSWER, LegInput.CONFIRM)] == [True] * 3
    assert life.state is LegState.CONFIRMED


def test_what_is_not_allowed_changes_nothing() -> None:
    life = Machine(LEG_TRANSITIONS, LegState.ANSWERED)
    assert not life.step(LegInput.RING)
    assert life.state is LegState.ANSWERED


def test_every_state_can_end_once() -> None:
    for state in LegState:
        life = Machine(LEG_TRANSITIONS, state)
        assert life.step(LegInput.END) is (state is not LegState.ENDED)
        assert life.state is LegState.ENDED


def test_one_offer_at_a_time() -> None:
    offers = Machine(OFFER_TRANSITIONS, OfferState.IDLE)
    assert offers.step(OfferInput.WE_OFFER)
    assert not offers.step(OfferInput.PEER_OFFERS)
    assert not offers.step(OfferInput.WE_OFFER)
    assert offers.step(OfferInput.PEER_ANSWERS)
    assert offers.state is OfferState.IDLE


def test_an_offerless_invite_needs_our_offer_and_its_answer() -> None:
    offers = Machine(OFFER_TRANSITIONS, OfferState.IDLE)
    assert offers.step(OfferInput.PEER_ASKS)
    assert offers.step(OfferInput.WE_ANSWER)
    assert offers.state is OfferState.OFFERED_BY_US
    assert offers.step(OfferInput.PEER_ANSWERS)
