"""The process with all the endpoints: commands on standard input, answers on standard output, one JSON line each.

python -m cms_media.bench.generator
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cms_media.base.errors import CmsMediaError
from cms_media.bench.crowd import Crowd, film_of
from cms_media.bench.film import FilmShelf
from cms_media.bench.floor import raw_cost
from cms_media.bench.messages import (
    Begin,
    Begun,
    End,
    Failed,
    Join,
    Joined,
    Leave,
    Left,
    Look,
    Message,
    Prepare,
    Prepared,
    Progress,
    RawCost,
    Seen,
    decode,
    encode,
)
from cms_media.bench.plan import Scenario
from cms_media.bench.processes import split_cores
from cms_media.bench.redial import Redial

_MAX_LINE_BYTES = 1 << 20


class Generator:
    """Carries out one run, command by command."""

    def __init__(self, prepare: Prepare) -> None:
        self._plan = prepare.plan
        os.sched_setaffinity(0, split_cores(prepare.plan.cores)[1])
        self._shelf = FilmShelf(Path(prepare.films))
        self._callers = (
            Redial(prepare) if prepare.plan.scenario is Scenario.SETUP else Crowd(prepare, self._shelf)
        )

    def prepare(self) -> Prepared:
        """Films and the raw codec."""
        if not self._plan.video:
            return Prepared(None)
        numbers = sorted({film_of(number) for number in range(self._plan.legs)})
        self._shelf.load(numbers, lambda done, of: say(Progress(f"films: {done} of {of}")))
        return Prepared(self._raw())

    async def run(self, command: Message) -> Message:
        """The answer to one command."""
        match command:
            case Join(uri, legs):
                return Joined(tuple(await self._join(uri, legs or self._plan.legs)))
            case Begin():
                self._callers.begin()
                return Begun()
            case End():
                return self._callers.end()
            case Look(roster) if isinstance(self._callers, Crowd):
                return await self._look(self._callers, roster)
            case Leave(keep) if keep and isinstance(self._callers, Crowd):
                await self._callers.part(keep)
                return Left()
            case Leave():
                await self._callers.leave()
                return Left()
            case _:
                return Failed(f"unexpected {type(command).__name__}")

    async def stop(self) -> None:
        """Whatever came before."""
        await self._callers.leave()

    async def _join(self, uri: str, legs: int) -> list[str]:
        if isinstance(self._callers, Crowd):
            return await self._callers.join(uri, legs)
        return await self._callers.join(uri)

    async def _look(self, crowd: Crowd, roster: Sequence[str]) -> Seen:
        seen = await crowd.look(list(roster), crowd.leave, lambda text: say(Progress(text)))
        return replace(seen, raw=self._raw() if self._plan.video else None)

    def _raw(self) -> RawCost:
        say(Progress("raw codec"))
        return raw_cost(self._plan, self._shelf)


def say(message: Message) -> None:
    """One line to the bench."""
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


async def serve() -> None:
    """Until the bench closes its end."""
    reader = asyncio.StreamReader(limit=_MAX_LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb")
    )
    first = decode(await reader.readline())
    assert isinstance(first, Prepare)
    generator = Generator(first)
    say(generator.prepare())
    try:
        while line := await reader.readline():
            say(await generator.run(decode(line)))
    finally:
        await generator.stop()


def main() -> int:
    """Exit code 1 when something failed; why is the last line."""
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve())
    except (CmsMediaError, OSError) as error:
        say(Failed(str(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
