"""What pjsip keeps of calls that stand, and for 32 s of those that have ended (RFC 3261 section 17.2.2, RFC 6026)."""

from tests.native_pjsua2.peer import Answerer, Peer, code

CALLS = 50
STANDS_BYTES, ENDED_BYTES = 140_000, 70_000
"""Of one call; a buffer for the longest message is 32 KiB, and would be held once and twice."""
ENDED_POOLS = 8
"""The dialogue, two transactions and their answers, a lock for each of the three."""


def test_a_call_and_what_is_left_of_it_for_a_while_are_small(ua: Answerer) -> None:
    before = ua.memory()
    peers = [Peer(ua.ports["udp"], f"small{number}") for number in range(CALLS)]
    for peer in peers:
        peer.set_up()
    standing = ua.memory()
    assert 1_000 < (standing["pool_bytes"] - before["pool_bytes"]) / CALLS < STANDS_BYTES
    for peer in peers:
        assert code(peer.hang_up(2)) == 200
        peer.link.close()
    ended = ua.memory()
    assert (ended["pool_bytes"] - before["pool_bytes"]) / CALLS < ENDED_BYTES
    assert (ended["pools"] - before["pools"]) / CALLS <= ENDED_POOLS
