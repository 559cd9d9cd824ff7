"""The generator as a child process: one command, then its answer."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cms_media.base.errors import ResourceError
from cms_media.bench.messages import Failed, Message, Progress, decode, encode

Tell = Callable[[str], None]
Answer = TypeVar("Answer", bound=Message)


class GeneratorProcess:
    """Started by the constructor."""

    def __init__(self, tell: Tell) -> None:
        """`tell` gets what the generator says of its progress."""
        self._tell = tell
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cms_media.bench.generator"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, command: Message, expected: type[Answer]) -> Answer:
        """Raises ResourceError when it can not, or is gone."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(encode(command))
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ResourceError("the generator has ended") from None
        while line := self._process.stdout.readline():
            message = decode(line)
            if isinstance(message, Progress):
                self._tell(message.text)
            elif isinstance(message, Failed):
                raise ResourceError(f"generator: {message.reason}")
            elif isinstance(message, expected):
                return message
        raise ResourceError("the generator has ended")

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def generator(tell: Tell) -> Iterator[GeneratorProcess]:
    """For the length of a `with` block."""
    process = GeneratorProcess(tell)
    try:
        yield process
    finally:
        process.close()
