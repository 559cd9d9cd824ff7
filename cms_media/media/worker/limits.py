"""How many files the worker may have open. Linux only, as its sockets are."""

import resource


def open_as_many_files_as_allowed() -> None:
    """Raises the limit to what may not be exceeded: a leg has four sockets and more, the custom are 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
