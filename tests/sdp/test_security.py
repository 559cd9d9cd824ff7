"""Crypto lines: which we take, which we refuse, which we make."""

import pytest

from cms_media.sdp.attributes import Crypto
from cms_media.sdp.plan import SrtpKey, SrtpSuite
from cms_media.sdp.security import KEY_AND_SALT_BYTES, crypto_line, own_key, peer_key

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"


@pytest.mark.parametrize(
    "text",
    [
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31",
        f"1 AES_CM_128_HMAC_SHA1_80 INLINE:{KEY}|1066",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} WSH=128",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=0 -UNHEARD_OF",
    ],
)
def test_taken(text: str) -> None:
    crypto = Crypto.parse(text)
    assert crypto is not None
    key = peer_key(crypto)
    assert key is not None
    assert key.key_and_salt == bytes(range(30))


@pytest.mark.parametrize(
    "text",
    [
        f"1 AES_192_CM_HMAC_SHA1_80 inline:{KEY}",
        f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:4",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-4]}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}AAAA",
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + "!" * 40,
        "1 AES_CM_128_HMAC_SHA1_80 inline:",
        "1 AES_CM_128_HMAC_SHA1_80 inline:\u00e9",
        f"1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}",
        f"1 AEAD_AES_128_GCM inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTCP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNAUTHENTICATED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=5",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNHEARD_OF",
    ],
)
def test_refused(text: str) -> None:
    crypto = Crypto.parse(text)
    assert crypto is not None
    assert peer_key(crypto) is None


@pytest.mark.parametrize("suite", list(SrtpSuite))
def test_ours_can_be_read_back(suite: SrtpSuite) -> None:
    key = own_key(suite, None, lambda size: bytes(range(size)))
    assert len(key.key_and_salt) == KEY_AND_SALT_BYTES[suite]
    parsed = Crypto.parse(str(crypto_line(7, key)))
    assert parsed is not None
    assert parsed.tag == 7
    assert peer_key(parsed) == key


def test_no_key_in_any_repr() -> None:
    key = SrtpKey(SrtpSuite.AES_CM_128_HMAC_SHA1_80, bytes(range(30)))
    assert KEY not in repr(crypto_line(1, key))
