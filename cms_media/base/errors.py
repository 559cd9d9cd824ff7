"""The one tree of errors: whose fault it is decides the branch."""


class CmsMediaError(Exception):
    """Root of every error that this project raises on purpose."""


class PeerError(CmsMediaError):
    """The other side's fault: wire format, negotiation, authentication. Ends at most one leg."""


class RequestError(CmsMediaError):
    """An API caller's fault. `failure` is the machine-readable name, `status` the HTTP status."""

    def __init__(self, failure: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.failure = failure
        self.status = status


class ResourceError(CmsMediaError):
    """Something ran out: ports, capacity, codecs."""


class SettingsError(CmsMediaError):
    """The configuration is wrong; the message names file, line and key."""
