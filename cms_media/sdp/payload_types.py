"""Payload type numbers of our offers: one meaning per number for a whole session (RFC 3264 section 8.3.2)."""

from collections.abc import Iterable, Sequence

from cms_media.codecs.table import CODECS, Codec
from cms_media.sdp.formats import events_of, formats_of
from cms_media.sdp.media_description import MediaDescription

Meaning = tuple[Codec | None, int]
"""A codec with its packetization mode, or None (telephone-event) with its clock rate."""

DYNAMIC = range(96, 128)
_PREFERRED: dict[Meaning, int] = {
    (Codec.OPUS, 0): 107,
    (None, 8000): 101,
    (None, 48000): 110,
    (Codec.H264, 1): 97,
    (Codec.H264, 0): 99,
    (Codec.VP8, 0): 100,
}
"""Free choice; numbers that many endpoints use for the same."""


def assign(wanted: Sequence[Meaning], known: Iterable[MediaDescription | None]) -> tuple[int, ...]:
    """A number per meaning: what it is in the earliest of the `known` m-lines, else static, else free."""
    lines = [line for line in known if line]
    taken = {number for line in lines for number in (*line.payload_types, *line.rtpmaps)}
    meanings = [_meanings(line) for line in lines]
    numbers: list[int] = []
    for meaning in wanted:
        said = [found[meaning] for found in meanings if found.get(meaning, -1) not in (-1, *numbers)]
        numbers.append(said[0] if said else _fresh(meaning, numbers, taken))
    return tuple(numbers)


def _meanings(line: MediaDescription) -> dict[Meaning, int]:
    found: dict[Meaning, int] = {}
    for offered in formats_of(line):
        found.setdefault((offered.codec, offered.packetization_mode), offered.payload_type)
    for event in events_of(line):
        found.setdefault((None, event.clock_hz), event.payload_type)
    return found


def _fresh(meaning: Meaning, ours: Sequence[int], taken: set[int]) -> int:
    codec = meaning[0]
    static = CODECS[codec].static_payload_type if codec else None
    if static is not None:
        return static
    candidates: list[int] = [_PREFERRED.get(meaning, DYNAMIC[0]), *DYNAMIC]
    unused = [number for number in candidates if number not in ours]
    # A peer's m-lines can use up all 32 dynamic numbers; offering the codec then counts for more than what
    # the number once meant to it.
    return next((number for number in unused if number not in taken), unused[0])
