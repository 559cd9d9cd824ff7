"""The generator's SIP stack: any free ports of the loopback address."""

from pathlib import Path

from cms_media.base.errors import ResourceError
from cms_media.conference.ports import SignallingEvents
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.session import sip_settings
from cms_media.signalling.stack import SipStack

ADDRESS = "127.0.0.1"
_PORT_ATTEMPTS = 4


async def open_stack(events: SignallingEvents, folder: Path) -> SipStack:
    """A free port may be taken by another program before we listen on it: then with others, a few times."""
    for attempt in range(1, _PORT_ATTEMPTS + 1):
        stack = SipStack(sip_settings(DialOptions(f"sip:bench@{ADDRESS}"), ADDRESS), folder)
        try:
            await stack.start(events)
        except ResourceError:
            if attempt == _PORT_ATTEMPTS:
                raise
        else:
            return stack
    raise AssertionError("unreachable: the last attempt returns or raises")
