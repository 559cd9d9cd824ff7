"""What the bridge says on its control socket, as tables for people. Values that are missing are left blank."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

Values = Mapping[str, object]
Column = tuple[str, str]
"""Heading and key."""

PIPED_COLUMNS = 200

LEG_COLUMNS: Sequence[Column] = (
    ("name", "name"),
    ("peer", "peer"),
    ("state", "state"),
    ("direction", "direction"),
    ("audio", "codec_audio"),
    ("video", "codec_video"),
    ("encrypted", "encrypted"),
    ("seconds", "duration_s"),
)
WORKER_COLUMNS: Sequence[Column] = (
    ("worker", "id"),
    ("pid", "pid"),
    ("legs", "legs"),
    ("cpu %", "cpu_percent"),
    ("late ticks", "late_ticks"),
    ("late pictures %", "late_percent"),
    ("ladder", "ladder"),
    ("asked for less", "asked_for_less"),
)
SPACE_COLUMNS: Sequence[Column] = (
    ("name", "name"),
    ("uri", "uri"),
    ("call id", "call_id"),
    ("layout", "layout"),
    ("passcode", "has_passcode"),
    ("from configuration", "configured"),
)


def show(*parts: RenderableType) -> None:
    """On a terminal as wide as it is; anywhere else wide enough for whole addresses."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_COLUMNS)
    console.print(*parts, sep="\n")


def status_tables(status: Values) -> list[RenderableType]:
    """One line on the bridge, a table per call, a table of workers."""
    calls = list(_rows(status, "calls"))
    head = f"cms-media {status.get('version', '')}, up {status.get('uptime_s', 0)} s, {len(calls)} call(s)"
    head += _load(status.get("load"))
    return [head, *map(_call_table, calls), _table("Workers", WORKER_COLUMNS, _rows(status, "workers"))]


def spaces_table(result: Values) -> Table:
    """Of `space_list`."""
    return _table("Spaces", SPACE_COLUMNS, _rows(result, "spaces"))


def _load(load: object) -> str:
    if not isinstance(load, Mapping) or "limit" not in load:
        return ""
    return f", load {load.get('media_processing_load')} of {load['limit']} ({load.get('percent')} %)"


def bench_table(report: Values) -> Table:
    """Of `cms-media bench`: a line per figure."""
    title = f"{report.get('scenario', '')}, {report.get('legs', '')} legs"
    table = Table("figure", "value", title=escape(title), title_justify="left")
    for name, value in report.items():
        table.add_row(name, _cell("; ".join(map(str, value)) if isinstance(value, list) else value))
    return table


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is going on; one line each where that is no terminal."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("") as status:
            yield lambda text: status.update(escape(text))
    else:
        yield lambda text: console.print(escape(text))


def _call_table(call: Values) -> Table:
    title = f"{call.get('space', '')} ({call.get('uri', '')}), {call.get('layout', '')}"
    return _table(title, LEG_COLUMNS, _rows(call, "legs"))


def _table(title: str, columns: Sequence[Column], rows: Iterable[Values]) -> Table:
    table = Table(*(heading for heading, _ in columns), title=escape(title), title_justify="left")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for _, key in columns))
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    # Names come from peers: no markup in them is obeyed.
    return escape({True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))


def _rows(values: Values, key: str) -> Iterable[Values]:
    rows = values.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
