"""What the console says when the bridge is ready: one block with everything that there is to dial."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from cms_media.app.addresses import reachable_addresses
from cms_media.app.settings import Settings
from cms_media.app.version import version
from cms_media.conference.space import Space
from cms_media.signalling.settings import SipSettings

MAX_SPACES = 8
"""More would push the addresses off the screen."""
_DEFAULT_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}


def welcome(settings: Settings, spaces: Sequence[Space]) -> RenderableType:
    """The block."""
    table = Table.grid(padding=(0, 2))
    for space in spaces[:MAX_SPACES]:
        table.add_row(f"[bold]{escape(space.name)}[/]", *_ways(settings.sip, space))
    if len(spaces) > MAX_SPACES:
        table.add_row("", f"and {len(spaces) - MAX_SPACES} more: cms-media space list")
    if not spaces:
        table.add_row("No space yet:", "cms-media space add demo")
    notes = f"Status: cms-media status --data {settings.data.path}\nStop: Ctrl-C"
    return Panel(Group(table, "", escape(notes)), title=f"CMS Media {version()} is ready: dial", expand=False)


def dialled_uris(settings: SipSettings, user: str) -> list[str]:
    """A URI per address and port; one for UDP serves TCP as well when their port is the same."""
    addresses = [address for address in settings.addresses if address not in ("0.0.0.0", "::")]  # noqa: S104
    uris = []
    for address in addresses or reachable_addresses():
        host = f"[{address}]" if ":" in address else address
        for transport, usual in _DEFAULT_PORTS.items():
            port: int = getattr(settings, f"{transport}_port")
            if port and not (transport == "tcp" and port == settings.udp_port):
                at = f"{user}@{host}" if port == usual else f"{user}@{host}:{port}"
                uris.append(f"sip:{at}" if transport == "udp" else f"sip:{at};transport={transport}")
    return uris


def _ways(settings: SipSettings, space: Space) -> tuple[str, str]:
    notes = [f"call id {space.call_id}"] if space.call_id else []
    if space.passcode:
        notes.append("its passcode is not asked for yet: whoever dials gets in")
    return escape("\n".join(dialled_uris(settings, space.uri))), "\n".join(notes)
