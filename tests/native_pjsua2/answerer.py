"""A small user agent on the pjsua2 wheel, run as a process of its own: pjsua exists once per process, and a crash of it
must fail one test, not the test run.

Prints one JSON line per event on stdout. The first one says the ports. Reads commands on stdin, one word per line:
`counters` and `memory` print them, `quit` ends. Answers every offer: audio is taken, every other m-line declined.
"""

import json
import select
import sys
from typing import Any

import pjsua2 as pj

AUDIO = "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
DECLINED = "m=video 0 RTP/AVP 97\r\n"


def description(m_lines: int, version: int = 1) -> str:
    """Audio first, everything else declined."""
    head = f"v=0\r\no=cms 77 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    return head + AUDIO + DECLINED * (m_lines - 1)


def say(event: str, **values: Any) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


class Call(pj.Call):
    """Answers what comes; `version` counts the descriptions sent."""

    def __init__(self, account: pj.Account, call_id: int) -> None:
        super().__init__(account, call_id)
        self.version = 0

    def describe(self, offer: str) -> str:
        self.version += 1
        return description(offer.count("m=") or 1, self.version)

    def answer_offer(self) -> None:
        prm = pj.CallOpParam()
        prm.statusCode = 200
        offer = pj.cms_pending_offer(self.getId())
        if offer:
            prm.sdp.wholeSdp = self.describe(offer)
        try:
            self.answer(prm)
        except pj.Error as error:  # the caller has cancelled meanwhile
            say("unanswered", why=str(error))

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        say("state", call=info.id, state=info.stateText, code=info.lastStatusCode)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            CALLS.pop(info.id, None)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        call_id = self.getId()
        say("negotiated", local=pj.cms_local_sdp(call_id), remote=pj.cms_remote_sdp(call_id))

    def onCallRxReinvite(self, prm: Any) -> None:  # noqa: N802
        prm.isAsync = True
        LATER.append(self)

    def onCallSdpCreated(self, prm: Any) -> None:  # noqa: N802
        if prm.remSdp.wholeSdp and self in LATER:
            return  # an INVITE is answered later, by answer()
        prm.sdp.wholeSdp = self.describe(prm.remSdp.wholeSdp)


class Account(pj.Account):
    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        call = Call(self, prm.callId)
        CALLS[prm.callId] = call
        say("incoming", call=prm.callId, state=pj.cms_negotiation_state(prm.callId))
        LATER.append(call)


INFO_KINDS = ("application/dtmf-relay", "application/media_control+xml")
KINDS = {
    "udp": pj.PJSIP_TRANSPORT_UDP,
    "tcp": pj.PJSIP_TRANSPORT_TCP,
    "tls": pj.PJSIP_TRANSPORT_TLS,
    "udp6": pj.PJSIP_TRANSPORT_UDP6,
    "tcp6": pj.PJSIP_TRANSPORT_TCP6,
    "tls6": pj.PJSIP_TRANSPORT_TLS6,
}
CALLS: dict[int, Call] = {}
LATER: list[Call] = []


def start() -> tuple[pj.Endpoint, Account]:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = 4096
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    pj.cms_install()
    ports = {}
    for name, kind in KINDS.items():
        transport = pj.TransportConfig()
        transport.boundAddress = "::1" if name.endswith("6") else "127.0.0.1"
        if name.startswith("tls"):
            transport.tlsConfig.certFile = transport.tlsConfig.privKeyFile = sys.argv[1]
            transport.tlsConfig.method = pj.PJSIP_TLSV1_2_METHOD
        info = endpoint.transportGetInfo(endpoint.transportCreate(kind, transport))
        ports[name] = int(info.localName.rsplit(":", 1)[1])
    endpoint.libStart()
    account = Account()
    config_of_account = pj.AccountConfig()
    config_of_account.idUri = "sip:room@127.0.0.1"
    account.create(config_of_account)
    say("ready", ports=ports)
    return endpoint, account


def attend_waiting() -> None:
    """Requests in a dialogue that wait for us: offers go on to pjsip, INFO is answered by its type."""
    while (request := pj.cms_next_request()).id >= 0:
        if request.method != "INFO":
            pj.cms_pass_request(request.id)
        else:
            say("info", kind=request.content_type, body=request.body)
            pj.cms_answer_request(request.id, 200 if request.content_type in INFO_KINDS else 415)


def obey(word: str) -> bool:
    """False: the end."""
    if word == "counters":
        fault = pj.cms_last_fault()
        say(
            "counters",
            counters=dict(pj.cms_counters()),
            fault=[fault.count, fault.kind, fault.peer, fault.detail],
        )
    if word == "memory":
        say("memory", **pj.cms_memory())
    return word not in ("quit", "")


def main() -> None:
    endpoint, account = start()
    running = True
    while running:
        readable, _, _ = select.select([pj.cms_ioqueue_fd(), sys.stdin], [], [], 0.02)
        endpoint.libHandleEvents(0)
        while LATER:
            LATER[0].answer_offer()
            LATER.pop(0)
        attend_waiting()
        if sys.stdin in readable:
            running = obey(sys.stdin.readline().strip())
    CALLS.clear()
    del account
    endpoint.libDestroy()
    say("destroyed")


if __name__ == "__main__":
    main()
