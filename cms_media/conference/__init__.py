"""The domain in the words of the field: spaces, calls, legs, who hears and sees whom.

Pure and single-threaded: no sockets, no media, no clock of its own (`now` is an argument, seconds, monotonic).
It reaches the world through `ports`, whose methods return at once; answers come back as the `on_...` methods of
`Bridge`. May be imported by `api`, `app`, `endpoint`; `media` and `signalling` import `conference.ports` only.
"""
