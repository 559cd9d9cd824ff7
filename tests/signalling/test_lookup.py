import asyncio

from cms_media.signalling.lookup import when_looked_up


async def looked_up(host: str) -> str:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    when_looked_up(host, answer.set_result)
    return await asyncio.wait_for(answer, 10)


async def test_addresses_and_nothing_need_no_looking_up() -> None:
    told: list[str] = []
    for host in ("127.0.0.1", "::1", ""):
        when_looked_up(host, told.append)
    assert told == ["", "", ""]


async def test_a_name_of_this_host() -> None:
    assert await looked_up("localhost") == ""


async def test_a_name_that_cannot_be() -> None:
    assert "x" * 64 in await looked_up("x" * 64 + ".invalid")
