"""Assembly: the whole configuration, and the one place that builds every object, starts it and stops it. No logic.

    settings ─► Application: data directory ─► store ─► bridge ─► media workers ─► SIP ─► control socket
                (stopped in reverse order)

Imported by `cli` only.
"""
