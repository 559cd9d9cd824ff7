"""Looks a host name up away from the loop, so that a slow name server holds up one call and not all.

pjsip asks again by itself, and waits for the answer; the resolver has it at hand by then.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable


def when_looked_up(host: str, then: Callable[[str], None]) -> None:
    """Call `then`, on the loop, with what went wrong or with nothing. At once when there is nothing to look up."""
    if _is_address(host):
        then("")
        return
    looking = asyncio.get_running_loop().run_in_executor(None, _look_up, host)
    looking.add_done_callback(lambda done: None if done.cancelled() else then(done.result()))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not host
    return True


def _look_up(host: str) -> str:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError) as error:
        return f"{host}: {error}"
    return ""
