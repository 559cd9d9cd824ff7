"""Frozen dataclasses as JSON and back, by their field types alone; strict in what it takes.

Understands str, int, float, bool, None, bytes (base64), enums, NewTypes, unions, tuple[X, ...], frozenset[X],
Mapping[K, V] and dataclasses of these.
"""

import base64
import binascii
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from cms_media.base.errors import CmsMediaError

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Decode = Callable[[object], object]


class MessageError(CmsMediaError):
    """What came is not what the type says: control and worker are not of one version, or one is broken."""


_PLAIN = (str, int, float, bool)
"""What JSON has itself."""


def to_json(value: object) -> Json:
    """The JSON value of a field or a whole dataclass."""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, frozenset):
        return sorted(map(to_json, value), key=str)
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        plain = _PLAIN
        return {str(key): item if type(item) in plain else to_json(item) for key, item in value.items()}
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"no message field: {value!r}")


_decoders_by_type: dict[object, Decode] = {}


def decoder(wanted: object) -> Decode:
    """What turns a JSON value into a value of type `wanted`, or raises MessageError. Built once per type."""
    if wanted not in _decoders_by_type:
        _decoders_by_type[wanted] = _build_decoder(wanted)
    return _decoders_by_type[wanted]


def _build_decoder(wanted: object) -> Decode:
    if isinstance(wanted, NewType):
        return decoder(wanted.__supertype__)
    if wanted in _SCALARS:
        return _SCALARS[wanted]
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _union(get_args(wanted))
    if origin in (tuple, frozenset):
        return _sequence(origin, get_args(wanted)[0])
    if origin is Mapping:
        return _mapping(*get_args(wanted))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _enumeration(wanted)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _record(wanted)
    raise TypeError(f"no decoder for {wanted!r}")


def _scalar(wanted: type, *accepted: type) -> Decode:
    def decode_scalar(value: Any) -> object:
        if type(value) not in accepted:
            raise MessageError(f"{value!r} is not {wanted.__name__}")
        return float(value) if wanted is float else value

    return decode_scalar


def _bytes(value: Any) -> object:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise MessageError("not base64") from error


_SCALARS: dict[object, Decode] = {
    str: _scalar(str, str),
    int: _scalar(int, int),
    float: _scalar(float, float, int),
    bool: _scalar(bool, bool),
    type(None): _scalar(type(None), type(None)),
    bytes: _bytes,
}


def _union(choices: tuple[object, ...]) -> Decode:
    # int before float: a float accepts an integer, and would turn it into one
    decoders = [decoder(choice) for choice in sorted(choices, key=lambda choice: choice is float)]

    scalars = {choice for choice in choices if choice in _SCALARS and choice is not bytes}

    def decode_union(value: object) -> object:
        if type(value) in scalars:
            return value
        for decode_choice in decoders:
            try:
                return decode_choice(value)
            except MessageError:
                continue
        raise MessageError(f"{value!r} fits no choice")

    return decode_union


def _sequence(origin: type, item: object) -> Decode:
    decode_item = decoder(item)

    def decode_sequence(value: object) -> object:
        if not isinstance(value, list):
            raise MessageError(f"{value!r} is not a list")
        return origin(map(decode_item, value))

    return decode_sequence


def _mapping(key: object, item: object) -> Decode:
    decode_key, decode_item = decoder(key), decoder(item)

    def decode_mapping(value: object) -> object:
        if not isinstance(value, dict):
            raise MessageError(f"{value!r} is not an object")
        return {decode_key(name): decode_item(entry) for name, entry in value.items()}

    return decode_mapping


def _enumeration(wanted: type[Enum]) -> Decode:
    def decode_enumeration(value: object) -> object:
        try:
            return wanted(value)
        except ValueError as error:
            raise MessageError(str(error)) from error

    return decode_enumeration


def _record(wanted: type) -> Decode:
    decoders = {name: decoder(hint) for name, hint in get_type_hints(wanted).items()}

    def decode_record(value: object) -> object:
        if not isinstance(value, dict) or value.keys() != decoders.keys():
            raise MessageError(f"not the fields of {wanted.__name__}")
        return wanted(**{name: decode_field(value[name]) for name, decode_field in decoders.items()})

    return decode_record
