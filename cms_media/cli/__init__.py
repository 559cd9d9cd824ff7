"""The command `cms-media`: one module per sub-command, each with `add_parser(subparsers)` and `run(arguments) -> int`.

Whatever is heavy (media, SIP, the store) is imported inside `run`, so that `--help` and `status` are quick.
"""
