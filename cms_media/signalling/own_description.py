"""Our side's description of one dialogue: its `o=` line is counted here.

RFC 3264 section 8: username and session id stay for the life of the session, the version goes up by one when the
description changes and stays when it does not.
"""

import secrets
from dataclasses import replace

from cms_media.sdp.description import SessionDescription


class OwnDescription:
    """What we last said."""

    def __init__(self) -> None:
        self._last: SessionDescription | None = None
        # 62 bits: RFC 3264 section 5 wants room for increments below 2^63.
        self._session_id = secrets.randbits(62)
        self._version = 0
        self.text = ""
        """The last description as sent, empty before the first."""

    def stamp(self, description: SessionDescription) -> str:
        """`description` as text, with our origin."""
        bare = replace(description, origin=replace(description.origin, session_id=0, version=0))
        if bare != self._last:
            self._version += 1
            self._last = bare
            origin = replace(description.origin, session_id=self._session_id, version=self._version)
            self.text = str(replace(description, origin=origin))
        return self.text
