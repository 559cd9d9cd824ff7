"""pjsua2 as a library: its endpoint and its one account, configured and listened to."""

from typing import Any, Protocol

import pjsua2 as pj

from cms_media.signalling.dialogue import guarded
from cms_media.signalling.message import readable
from cms_media.signalling.settings import SipSettings

SPARE_CALLS = 64
"""pjsua answers 486 when its own table is full; our 503 comes before, from these."""


class CallListener(Protocol):
    """Who is told of calls; pjsip is on the stack meanwhile."""

    def on_incoming(self, account: Any, call_id: int, received: Any) -> None:
        """A new INVITE; pjsip has sent 100."""

    def on_refused_by_pjsip(self, code: int, peer: str, reason: str) -> None:
        """An INVITE that never became a call."""

    def on_callback_fault(self, where: str) -> None:
        """An exception of ours in a callback that belongs to no leg (called from the except branch)."""


class PjEndpoint(pj.Endpoint):  # type: ignore[misc]
    """The library; tells of INVITEs that it refused before they became calls."""

    def __init__(self, listener: CallListener) -> None:
        super().__init__()
        self._listener = listener

    def on_own_fault(self, where: str) -> None:
        """See dialogue.guarded."""
        self._listener.on_callback_fault(where)

    @guarded
    def onRejectedIncomingCall(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        self._listener.on_refused_by_pjsip(prm.statusCode, prm.rdata.srcAddress, readable(prm.reason))


class PjAccount(pj.Account):  # type: ignore[misc]
    """The one account: everything that comes in arrives here."""

    def __init__(self, listener: CallListener) -> None:
        super().__init__()
        self._listener = listener

    def on_own_fault(self, where: str) -> None:
        """See dialogue.guarded."""
        self._listener.on_callback_fault(where)

    @guarded
    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        self._listener.on_incoming(self, prm.callId, prm.rdata)


def endpoint_config(settings: SipSettings) -> Any:
    """A pj.EpConfig."""
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = False
    config.uaConfig.maxCalls = settings.capacity + SPARE_CALLS
    config.uaConfig.userAgent = settings.user_agent
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.logConfig.msgLogging = 0
    return config


def account_config(settings: SipSettings, host: str) -> Any:
    """A pj.AccountConfig; `host` is our own in URIs that nothing better is known for."""
    config = pj.AccountConfig()
    config.idUri = f"sip:cms@{f'[{host}]' if ':' in host else host}"
    calls = config.callConfig
    calls.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    calls.timerMinSESec = settings.session_expires_min_s
    calls.timerSessExpiresSec = settings.session_expires_s
    calls.prackUse = pj.PJSUA_100REL_OPTIONAL
    for item in settings.credentials:
        credential = pj.AuthCredInfo("digest", item.realm, item.username, 0, item.password)
        config.sipConfig.authCreds.append(credential)
    return config
