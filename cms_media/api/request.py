"""One request on the control socket: a line of JSON, checked against the command's declared parameters."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from cms_media.base.errors import RequestError

MAX_LINE_BYTES = 65_536
"""Thirty times the longest sensible request; a longer line ends the connection."""
MAX_TEXT_CHARACTERS = 4096

Arguments = Mapping[str, str]
"""All parameters are texts; a command reads more into them if it must."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named text that a command takes."""

    name: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """What can be asked. `run` gives what json.dumps takes; it may raise RequestError."""

    name: str
    parameters: Sequence[Parameter]
    run: Callable[[Arguments], Awaitable[object]]

    def checked(self, given: Mapping[str, object]) -> Arguments:
        """The arguments, those not given as empty texts. Raises RequestError naming the wrong one."""
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := sorted(set(given) - set(known)):
            raise _wrong(f"{unknown[0][:100]}: {self.name} has no such parameter")
        return {name: _text(name, given.get(name), parameter) for name, parameter in known.items()}


def parse_request(line: bytes) -> tuple[str, dict[str, object]]:
    """Command name and raw parameters. Raises RequestError whatever comes in."""
    try:
        request = json.loads(line.decode())
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _wrong("a request is one line of JSON") from error
    if not isinstance(request, dict):
        raise _wrong("a request is a JSON object")
    command = request.pop("command", None)
    if not isinstance(command, str):
        raise _wrong("command: expected the name of a command")
    return command, request


def _text(name: str, value: object, parameter: Parameter) -> str:
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise _wrong(f"{name}: expected a text")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise _wrong(f"{name}: longer than {MAX_TEXT_CHARACTERS} characters")
    if parameter.required and not value:
        raise _wrong(f"{name}: missing")
    return value


def _wrong(message: str) -> RequestError:
    return RequestError("parameterError", message)
