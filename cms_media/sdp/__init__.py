"""SDP (RFC 8866) and offer/answer (RFC 3264): pure text and values, no sockets, no clock.

`description` parses and prints, `negotiation` turns an offer and our capabilities into an answer and a
`StreamPlan` per m-line, `plan` is what the media plane is told. Parsers raise only `SdpError`.
"""
