"""The commands of the control socket, one entry each: name, parameters, what it does."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

from cms_media.api.headers import parse_headers
from cms_media.api.request import Arguments, Command, Parameter
from cms_media.api.space_book import SpaceBook
from cms_media.base.errors import RequestError
from cms_media.base.types import LegId
from cms_media.conference.bridge import Bridge
from cms_media.conference.space import Space
from cms_media.layout.types import LayoutName, SelfPane

_OPTIONAL = False
Status = Callable[[], Awaitable[dict[str, object]]]
Choice = TypeVar("Choice", bound=StrEnum)


class Commands:
    """The domain as a caller of the socket sees it."""

    def __init__(self, bridge: Bridge, spaces: SpaceBook, status: Status) -> None:
        self._bridge = bridge
        self._spaces = spaces
        self._status = status

    def table(self) -> dict[str, Command]:
        """By name."""
        leg, uri, space = Parameter("leg"), Parameter("uri"), Parameter("space")
        optional = [Parameter(name, _OPTIONAL) for name in ("call_id", "passcode", "layout", "self_pane")]
        commands = (
            Command("status", (), self._show),
            Command("call", (space, uri, Parameter("headers", _OPTIONAL)), self._call),
            Command("hang_up", (leg,), self._hang_up),
            Command("renegotiate", (leg,), self._renegotiate),
            Command("space_list", (), self._list_spaces),
            Command("space_add", (Parameter("name"), uri, *optional), self._add_space),
            Command("space_remove", (uri,), self._remove_space),
        )
        return {command.name: command for command in commands}

    async def _show(self, _: Arguments) -> object:
        return await self._status()

    async def _call(self, given: Arguments) -> object:
        headers = parse_headers(given["headers"])
        return {"leg": self._bridge.dial(given["space"], given["uri"], headers)}

    async def _hang_up(self, given: Arguments) -> object:
        self._bridge.hang_up(LegId(given["leg"]))
        return {}

    async def _renegotiate(self, given: Arguments) -> object:
        return {"offered": self._bridge.renegotiate(LegId(given["leg"]))}

    async def _list_spaces(self, _: Arguments) -> object:
        return {"spaces": [_space_values(space, configured) for space, configured in self._spaces.all()]}

    async def _add_space(self, given: Arguments) -> object:
        space = Space(
            given["name"],
            given["uri"],
            given["call_id"],
            given["passcode"],
            _choice("layout", given["layout"], LayoutName.ALL_EQUAL),
            _choice("self_pane", given["self_pane"], SelfPane.SKIP),
        )
        await self._spaces.add(space)
        return {}

    async def _remove_space(self, given: Arguments) -> object:
        await self._spaces.remove(given["uri"])
        return {}


def _choice(key: str, text: str, default: Choice) -> Choice:
    """By its value in any case; nothing is the default."""
    choices = type(default)
    for choice in choices:
        if choice.value.casefold() == (text or default.value).casefold():
            return choice
    raise RequestError("parameterError", f"{key}: expected one of {', '.join(choices)}")


def _space_values(space: Space, configured: bool) -> dict[str, object]:
    """The passcode itself is told to nobody."""
    return {
        "name": space.name,
        "uri": space.uri,
        "call_id": space.call_id,
        "has_passcode": bool(space.passcode),
        "layout": space.layout.value,
        "self_pane": space.self_pane.value,
        "configured": configured,
    }
