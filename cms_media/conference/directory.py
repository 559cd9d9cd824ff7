"""Which space a dialled user part means."""

from collections.abc import Iterable

from cms_media.base.errors import RequestError
from cms_media.conference.space import Space


class Directory:
    """All spaces by what people dial: the URI's user part in any letter case, or the call id."""

    def __init__(self, spaces: Iterable[Space] = ()) -> None:
        self._by_uri: dict[str, Space] = {}
        self._by_dialled: dict[str, Space] = {}
        for space in spaces:
            self.add(space)

    def find(self, dialled: str) -> Space | None:
        """The space that `dialled` means: a user part as it came, percent-decoded."""
        return self._by_dialled.get(dialled.strip().casefold())

    def add(self, space: Space) -> None:
        """Raises RequestError when its values are wrong or already dialled for another space."""
        space.checked()
        taken = (key for key in _dialled(space) if key in self._by_dialled)
        if other := next(taken, None):
            holder = self._by_dialled[other]
            failure = "duplicateCoSpaceUri" if other == space.uri.casefold() else "duplicateCoSpaceId"
            raise RequestError(failure, f"{other} is already dialled for the space {holder.name}")
        self._by_uri[space.uri.casefold()] = space
        self._by_dialled.update(dict.fromkeys(_dialled(space), space))

    def remove(self, uri: str) -> Space:
        """The space that was removed; a running call in it goes on. Raises RequestError."""
        space = self._by_uri.pop(uri.casefold(), None)
        if space is None:
            raise RequestError("coSpaceDoesNotExist", f"no space has the uri {uri}", status=404)
        for key in _dialled(space):
            self._by_dialled.pop(key, None)
        return space

    def all(self) -> list[Space]:
        """By URI."""
        return [self._by_uri[key] for key in sorted(self._by_uri)]


def _dialled(space: Space) -> list[str]:
    return [space.uri.casefold(), *([space.call_id] if space.call_id else [])]
