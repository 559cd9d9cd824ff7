"""SDP (RFC 8866) and offer/answer (RFC 3264): pure text and values, no sockets, no clock.

    text ─► description ─► answer | outcome ─► StreamPlan per m-line (plan) ─► media plane
                             offer ─► description ─► text

Role: `description` parses and prints, `negotiation` is the face of offer/answer, `plan` is what the media plane is
told. Who may import it: everything above. Parsers raise only `SdpError`, negotiation only `NothingInCommon`.

Assumptions, where the RFCs leave room or peers do not follow them:
- One audio and one main video m-line per session; the first acceptable of each kind wins, the rest is declined.
- Of a peer's codecs our order counts, of its SRTP suites its own (RFC 4568 section 5.1.2).
- An answer names one codec; of an H.264 answer the packetization mode is compared, the profile is not.
- Keys under RTP/AVP mean encryption if we can (best effort); rtcp-fb counts under RTP/AVP as well.
- ICE, DTLS and BUNDLE are not spoken here: such lines are passed over, such profiles declined.
- Host names and multicast addresses in c= are declined: we never send where we did not mean to.
"""
