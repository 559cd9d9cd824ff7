"""INFO within one call, both ways: digits, and wishes for a key frame (RFC 6086, RFC 5168). No pjsua2 in here."""

from collections.abc import Callable

from cms_media.base.types import LegId
from cms_media.conference.ports import Info
from cms_media.signalling.digit_queue import DigitQueue
from cms_media.signalling.info_bodies import (
    DTMF_RELAY_TYPE,
    MEDIA_CONTROL_TYPE,
    Digits,
    InfoBodyError,
    InfoRequest,
    dtmf_relay,
    parse_info,
    picture_fast_update,
)
from cms_media.signalling.seams import LegHost


class InfoExchange:
    """Of one leg, which says how to `post` an event of it and how to `send` a content type and a body."""

    def __init__(
        self,
        leg: LegId,
        peer: str,
        host: LegHost,
        post: Callable[[Callable[[], None]], None],
        send: Callable[[str, str], None],
    ) -> None:
        self._leg = leg
        self._peer = peer
        self._host = host
        self._post = post
        self._send = send
        self._digits = DigitQueue()

    @property
    def digits_queued(self) -> int:
        """Digits that wait for the answer to the one before."""
        return len(self._digits)

    def ask(self, info: Info) -> None:
        """What the domain wants of the peer."""
        match info:
            case Info.PICTURE_FAST_UPDATE:
                self._send(MEDIA_CONTROL_TYPE, picture_fast_update())

    def dial(self, digits: str) -> None:
        """One INFO per digit, each after the peer has answered the one before, so that order holds."""
        self._host.counters.dropped_digits += self._digits.add(digits)
        self._send_digit()

    def on_request(self, content_type: str, body: str) -> int:
        """INFO from the peer; returns the status to answer it with (RFC 6086 section 4.2.2)."""
        try:
            asked = parse_info(content_type, body)
        except InfoBodyError as error:
            self._host.counters.bad_info += 1
            self._host.faults.warn("unreadable INFO", self._peer, str(error))
            return 400
        match asked:
            case Digits(text):
                self._post(lambda: self._host.events.on_digits(self._leg, text))
            case InfoRequest.PICTURE_FAST_UPDATE:
                self._post(lambda: self._host.events.on_picture_fast_update(self._leg))
            case InfoRequest.UNKNOWN_TYPE:
                return 415
            case InfoRequest.NOTHING_KNOWN:
                pass
        return 200

    def on_answered(self) -> None:
        """The peer has answered our INFO, however."""
        self._digits.answered()
        self._send_digit()

    def _send_digit(self) -> None:
        digit = self._digits.next()
        if digit:
            self._send(DTMF_RELAY_TYPE, dtmf_relay(digit))
