"""The domain in the words of the field: spaces, calls, legs, who hears and sees whom.

    INVITE ─► bridge ─► directory (which space) ─► leg (states, negotiation) ─► call (roster, scenes) ─► ports

Pure and single-threaded: no sockets, no media; its clock is a function given to it (seconds, monotonic). It
reaches the world through `ports`, whose methods return at once; answers come back as the `on_...` methods of
`Bridge`. May be imported by `api`, `app`, `endpoint`; `media` and `signalling` import `conference.ports`
only.
"""
