"""What can be wrong with a session description; always the peer's fault."""

from cms_media.base.errors import PeerError


class SdpError(PeerError):
    """The text is not a session description. `line` counts from 1; 0 when no single line is to blame."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"SDP line {line}: {message}" if line else f"SDP: {message}")
        self.line = line


class NothingInCommon(PeerError):  # noqa: N818 - named after what SIP says: 488 Not Acceptable Here
    """No m-line of an offer can be accepted (SIP: 488), or an answer leaves nothing to talk over."""
