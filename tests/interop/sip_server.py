"""A bridge's SIP side without the bridge: one `SipStack`, a domain that acts by the dialled name, JSON lines both ways.

Run as a process, for pjsua is a singleton: `python tests/interop/sip_server.py '{"settings": {...}, "data": "..."}'`.
Prints every event of the domain; reads commands from stdin. The first line printed is {"event": "listening"}.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cms_media.base.types import LegId
from cms_media.conference.ports import Info, Invite
from cms_media.sdp.description import SessionDescription
from cms_media.signalling.settings import SipCredential, SipSettings
from cms_media.signalling.stack import SipStack

ANSWERS = {
    "audio": ("40000", "RTP/AVP 8", ["a=rtpmap:8 PCMA/8000"]),
    "video": ("40002", "RTP/AVP 97", ["a=rtpmap:97 H264/90000"]),
}
REFUSALS: Mapping[str, tuple[int, str, int | None]] = {
    "nobody": (404, "", None),
    "busy": (486, "", None),
    "deaf": (488, "", None),
    "full": (503, "no capacity", 7),
}


def describe(kinds: list[str], host: str, direction: str = "sendrecv") -> SessionDescription:
    """A description with an m-line per kind, declined when the kind is unknown."""
    family = "IP6" if ":" in host else "IP4"
    lines = ["v=0", f"o=- 0 0 IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0"]
    for kind in kinds:
        port, formats, attributes = ANSWERS.get(kind, ("0", "RTP/AVP 0", []))
        lines += [f"m={kind} {port} {formats}", *attributes, f"a={direction}"]
    return SessionDescription.parse("\r\n".join(lines) + "\r\n")


class Domain:
    """Answers at once, except for what the dialled name says."""

    def __init__(self, stack: SipStack) -> None:
        self.stack = stack
        self.users: dict[LegId, str] = {}
        self.hosts: dict[LegId, str] = {}
        self.kinds: dict[LegId, list[str]] = {}

    def on_invite(self, invite: Invite) -> None:
        leg, user = invite.leg, invite.to_user
        self.users[leg], self.hosts[leg] = user, invite.local_address
        offered = [media.media for media in invite.offer.media] if invite.offer else ["audio"]
        self.kinds[leg] = offered
        say(
            "invite",
            leg,
            to_user=user,
            from_uri=invite.from_uri,
            from_name=invite.from_name,
            user_agent=invite.user_agent,
            peer=str(invite.peer),
            local=invite.local_address,
            offer=invite.offer is not None,
            headers=dict(invite.headers),
        )
        if user in REFUSALS:
            code, reason, retry_after_s = REFUSALS[user]
            self.stack.reject(leg, code, reason, retry_after_s)
            return
        self.stack.ring(leg)
        if user == "late":
            soon(0.3, lambda: self.stack.answer(leg, self.describe(leg)))
        elif user != "never":
            self.stack.answer(leg, self.describe(leg))

    def describe(self, leg: LegId, direction: str = "sendrecv") -> SessionDescription:
        return describe(self.kinds.get(leg, ["audio"]), self.hosts.get(leg, "127.0.0.1"), direction)

    def on_ringing(self, leg: LegId) -> None:
        say("ringing", leg)

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        say("answer", leg, kinds=[media.media for media in answer.media])

    def on_offer(self, leg: LegId, offer: SessionDescription | None) -> None:
        say("offer", leg, kinds=[media.media for media in offer.media] if offer else None)
        user = self.users.get(leg, "")
        if user == "stubborn":
            self.stack.reject(leg, 488)
            return
        if offer:
            self.kinds[leg] = [media.media for media in offer.media]
        if user == "thinker":
            soon(0.3, lambda: self.stack.answer(leg, self.describe(leg)))
        else:
            self.stack.answer(leg, self.describe(leg))

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        say("offer_failed", leg, code=code)

    def on_connected(self, leg: LegId) -> None:
        say("connected", leg)
        match self.users.get(leg, ""):
            case "leaver":
                soon(0.2, lambda: self.stack.hang_up(leg, 200, ""))
            case "holder":
                soon(0.2, lambda: self.stack.offer(leg, self.describe(leg, "sendonly")))
            case "grower":
                self.kinds[leg] = ["audio", "video"]
                soon(0.2, lambda: self.stack.offer(leg, self.describe(leg)))
            case "dialler":
                soon(0.2, lambda: self.stack.send_dtmf(leg, "12#"))
            case "gazer":
                soon(0.2, lambda: self.stack.send_info(leg, Info.PICTURE_FAST_UPDATE))

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        say("ended", leg, code=code, reason=reason)

    def on_digits(self, leg: LegId, digits: str) -> None:
        say("digits", leg, digits=digits)

    def on_picture_fast_update(self, leg: LegId) -> None:
        say("picture_fast_update", leg)


def say(event: str, leg: LegId | None = None, **values: Any) -> None:
    if not quiet or leg is None:
        print(json.dumps({"event": event, "leg": leg, **values}), flush=True)


def soon(delay_s: float, action: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(delay_s, action)


def obey(domain: Domain, command: dict[str, Any]) -> None:
    stack = domain.stack
    match command["do"]:
        case "dial":
            leg = LegId(command["leg"])
            domain.users[leg] = command.get("as", "")
            domain.kinds[leg] = command.get("kinds", ["audio"])
            stack.dial(
                leg,
                command["uri"],
                domain.describe(leg),
                command.get("from", "me"),
                command.get("headers", {}),
            )
        case "hang_up":
            stack.hang_up(LegId(command["leg"]), command.get("code", 200), command.get("reason", ""))
        case "snapshot":
            say("snapshot", snapshot=stack.snapshot())


async def serve(settings: SipSettings, data: Path, restarts: int) -> None:
    for _ in range(restarts):
        earlier = SipStack(settings, data)
        await earlier.start(Domain(earlier))
        await earlier.stop()
    stack = SipStack(settings, data)
    domain = Domain(stack)
    await stack.start(domain)
    say("listening", listeners=stack.snapshot()["listening"])
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        obey(domain, json.loads(line))
    await stack.stop()
    say("stopped", faults=stack.counters.own_faults)


def settings_of(values: dict[str, Any]) -> SipSettings:
    credentials = tuple(SipCredential(**item) for item in values.pop("credentials", []))
    return replace(SipSettings(**values), credentials=credentials)


if __name__ == "__main__":
    arguments = json.loads(sys.argv[1])
    quiet = arguments.get("quiet", False)
    asyncio.run(
        serve(settings_of(arguments["settings"]), Path(arguments["data"]), arguments.get("restarts", 0))
    )
