"""What all callers of a run share: one SIP stack on any free ports of the loopback address, and its folder.

Owned by the generator's event loop.
"""

import tempfile
from pathlib import Path

from cms_media.base.errors import ResourceError
from cms_media.endpoint.leg import Switchboard
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.session import sip_settings
from cms_media.signalling.stack import SipStack

ADDRESS = "127.0.0.1"
_PORT_ATTEMPTS = 4


class CallersStack:
    """Runs from `start` to `stop`, once."""

    def __init__(self) -> None:
        self.switchboard = Switchboard()
        self._folder = tempfile.TemporaryDirectory()
        self._sip: SipStack | None = None

    async def start(self) -> SipStack:
        """Raises ResourceError when there is no port for SIP."""
        self._sip = await self._open()
        return self._sip

    async def stop(self) -> None:
        """Calls that still stand are hung up. Idempotent."""
        if self._sip is not None:
            await self._sip.stop()
            self._sip = None
        self._folder.cleanup()

    async def _open(self) -> SipStack:
        """A free port may be taken by another program before we listen on it: then with others, a few times."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            stack = SipStack(
                sip_settings(DialOptions(f"sip:bench@{ADDRESS}"), ADDRESS), Path(self._folder.name)
            )
            try:
                await stack.start(self.switchboard)
            except ResourceError:
                if attempt == _PORT_ATTEMPTS:
                    raise
            else:
                return stack
        raise AssertionError("unreachable: the last attempt returns or raises")
