"""A space: a meeting place that people dial, whether or not anybody is in it."""

from dataclasses import dataclass, field

from cms_media.base.errors import RequestError
from cms_media.layout.types import LayoutName, SelfPane

MAX_NAME_CHARACTERS = 200
MAX_URI_CHARACTERS = 200
"""As long as any SIP endpoint lets its user type; keeps rows and request URIs bounded."""
MAX_DIGITS = 32
"""Of call ids and passcodes; CMS generates nine."""
_URI_EXTRA = "-_.!~*'()&=+$,;?/"
"""What the user part of a SIP URI may hold unescaped beside letters and digits (RFC 3261 section 25.1)."""


@dataclass(frozen=True, slots=True)
class Space:
    """One space. `checked()` says whether its values make sense."""

    name: str
    uri: str
    """User part of the URI that people dial."""
    call_id: str = ""
    """Digits that people may dial instead; empty: none."""
    passcode: str = field(default="", repr=False)
    """Kept for access control, which is not part of this version: nobody is asked for it yet."""
    layout: LayoutName = LayoutName.ALL_EQUAL
    self_pane: SelfPane = SelfPane.SKIP
    """What participants see where they would themselves be."""

    def checked(self) -> "Space":
        """Itself. Raises RequestError naming the wrong value."""
        _require(0 < len(self.name) <= MAX_NAME_CHARACTERS, "name", f"1 to {MAX_NAME_CHARACTERS} characters")
        _require(self.name.isprintable(), "name", "printable characters")
        _require(0 < len(self.uri) <= MAX_URI_CHARACTERS, "uri", f"1 to {MAX_URI_CHARACTERS} characters")
        _require(all(map(_fits_uri, self.uri)), "uri", "a user part only, without @, spaces or quotes")
        for key, digits in (("call_id", self.call_id), ("passcode", self.passcode)):
            _require(len(digits) <= MAX_DIGITS, key, f"at most {MAX_DIGITS} digits")
            _require(not digits or (digits.isascii() and digits.isdigit()), key, "digits only")
        return self


def _fits_uri(character: str) -> bool:
    return character.isalnum() or character in _URI_EXTRA


def _require(good: bool, key: str, expected: str) -> None:
    if not good:
        raise RequestError("parameterError", f"{key}: expected {expected}")
