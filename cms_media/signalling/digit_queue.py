"""DTMF digits on their way out by INFO: one at a time, so that the peer gets them in order."""

from collections import deque

from cms_media.signalling.info_bodies import DIGITS

MAX_DIGITS = 64
"""Waiting for the answer to the one before; nobody dials more."""


class DigitQueue:
    """Digits in order; the next comes out when the one before was answered."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._open = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, digits: str) -> int:
        """Queue them; returns how many were dropped: no digits, or no room."""
        wanted = [digit for digit in digits.upper() if digit in DIGITS]
        taken = wanted[: MAX_DIGITS - len(self._waiting)]
        self._waiting.extend(taken)
        return len(digits) - len(taken)

    def next(self) -> str:
        """The digit to send now, or nothing."""
        if self._open or not self._waiting:
            return ""
        self._open = True
        return self._waiting.popleft()

    def answered(self) -> None:
        """The peer has answered the last one, however."""
        self._open = False
