"""SIP: what comes in becomes events for the domain, what the domain asks becomes messages.

Implements `SignallingPort` and calls `SignallingEvents` (conference.ports). May be imported by `app` and `endpoint`
only; imports `conference.ports`, `sdp` and `base`. The only place that knows pjsua2 (our media-less build,
native/pjsua2), and inside it only `stack`, `library`, `transports`, `driver` and `dialogue` do.

    UDP/TCP/TLS -> pjsip (C) -> dialogue.PjDialogue -> leg.SipLeg -> SignallingEvents
    SignallingPort -> stack.SipStack -> leg.SipLeg -> dialogue.PjDialogue -> pjsip

Owner: the control plane's asyncio thread, for everything. pjlib has no thread of its own here: `driver` calls it when
its epoll descriptor is readable and at every tick.

Assumptions:
- pjsua is a singleton: one started `SipStack` per process.
- Answers go where the request came from (RFC 3581); a peer behind NAT whose Contact cannot be reached gets no
  requests of ours unless it keeps a TCP or TLS connection open.
- The domain may take its time: an UPDATE with an offer, a re-INVITE without one and an INFO do not reach pjsip, which
  wants the answer inside its callback, before the domain has spoken (our C module holds them back).
- Of a host name that we dial the A and AAAA records are asked for, SRV (RFC 3263) is not.
"""
