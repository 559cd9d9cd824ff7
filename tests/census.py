"""Our own objects that are alive, and what they hold: counted before and after many legs have come and gone."""

import gc
from collections import Counter, deque
from collections.abc import Iterator

_CONTAINERS = (dict, list, set, frozenset, tuple, deque)


def census() -> Counter[str]:
    """Instances of every class of the product, and how much they hold in each attribute that holds several."""
    gc.collect()
    found: Counter[str] = Counter()
    for item in gc.get_objects():
        kind = type(item)
        if str(kind.__module__).startswith("cms_media."):
            found[kind.__qualname__] += 1
            for name, value in _attributes(item):
                if isinstance(value, _CONTAINERS):
                    found[f"{kind.__qualname__}.{name}"] += len(value)
    return found


def _attributes(item: object) -> Iterator[tuple[str, object]]:
    yield from getattr(item, "__dict__", {}).items()
    for kind in type(item).__mro__:
        for name in getattr(kind, "__slots__", ()):
            yield name, getattr(item, name, None)
