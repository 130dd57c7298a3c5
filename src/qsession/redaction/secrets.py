"""Takes secrets out of texts that come from outside: `redacted`.

Gone are the secrets of the accounts that are in use, which are read from where they are whenever a
text is looked at and copied nowhere, and whatever looks like a bearer token, an API key, or a
password. Ids, numbers and circuits stay as they are.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from qsession.forks import ForkSafeLock

REMOVED: Final = "[removed]"
"""The text that replaces a secret."""

_LONG_ENOUGH: Final = 8
"""Characters of a known secret that is not an ordinary word by chance: removed inside others."""

_SHORTEST: Final = 4
"""The length of the shortest secret: anything shorter would tear words apart."""

_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def redacted(text: str, *also: str) -> str:
    """A text without secrets; the words around them stay.

    Args:
        text: Any text.
        also: Secrets that no account in use holds.
    """
    for secret in sorted({*also, *_known_secrets()}, key=len, reverse=True):
        text = _without(text, secret)
    return _without_what_looks_like_one(text) if _may_look_like_one(text) else text


def redacted_tree(value: Any) -> Any:
    """A tree of dicts and lists, as of JSON, whose texts hold no secrets."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {name: redacted_tree(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [redacted_tree(each) for each in value]
    return value


# --- secrets that are known -----------------------------------------------------------------------


class _Accounts:
    """The accounts in use, which are asked for their secrets; it holds neither of them."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._readers: dict[int, tuple[weakref.ref[Any], Callable[[Any], Iterable[object]]]] = {}
        """By the identity of the account's object: those of IBM's client cannot be hashed."""

    def add(self, account: Any, read: Callable[[Any], Iterable[object]]) -> None:
        with self._lock:
            alive = {key: known for key, known in self._readers.items() if known[0]() is not None}
            self._readers = {**alive, id(account): (weakref.ref(account), read)}

    def secrets(self) -> Iterator[str]:
        for account, read in list(self._readers.values()):
            try:
                yield from (each for each in read(account()) if isinstance(each, str))
            except Exception:  # noqa: BLE001, S112 - gone, or of another release; patterns go on
                continue


_accounts = _Accounts()


def know_secrets_of(account: Any, read: Callable[[Any], Iterable[object]]) -> None:
    """Remove the secrets of an account from now on, for as long as its object lives.

    Args:
        account: What holds them; it is not kept.
        read: Gives those that it holds at the moment, without asking anybody; what is no text
            is none.
    """
    _accounts.add(account, read)


def passwords_in(urls: Iterable[object]) -> Iterator[str]:
    """The passwords in the addresses of proxies, as written there and as meant."""
    for url in urls:
        try:
            password = urlsplit(url if isinstance(url, str) else "").password
        except ValueError:
            continue
        if password:
            yield from (password, unquote(password))


def _known_secrets() -> Iterator[str]:
    yield from _accounts.secrets()
    if token := os.environ.get("QISKIT_IBM_TOKEN"):
        yield token
    names = (*_PROXIES, *map(str.lower, _PROXIES))
    yield from passwords_in(filter(None, map(os.environ.get, names)))


def _without(text: str, secret: str) -> str:
    """A text without one secret, also as it is written in JSON and in addresses."""
    if len(secret) < _SHORTEST:
        return text
    for form in {secret, json.dumps(secret)[1:-1], quote(secret, "", errors="replace")}:
        if len(secret) >= _LONG_ENOUGH:
            text = text.replace(form, REMOVED)
        elif form in text:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", REMOVED, text)
    return text


# --- what looks like one --------------------------------------------------------------------------

_SIGNS: Final = (
    *("://", "apikey", "authorization", "basic", "bearer", "eyj", "key", "pass", "secret"),
    *("sig", "token", "x-amz-"),
)
"""One of these is in each text, in small letters, that a rule below with words of its own fits."""

_SHORTEST_KEY: Final = 44
"""Characters in a row; no rule without words fits fewer."""


def _may_look_like_one(text: str) -> bool:
    """Return False for most texts, at once: they need no rule, and no rule is compiled for them."""
    lowered = text.lower()
    if any(sign in lowered for sign in _SIGNS):
        return True
    return len(text) >= _SHORTEST_KEY and any(len(word) >= _SHORTEST_KEY for word in text.split())


def _without_what_looks_like_one(text: str) -> str:
    for pattern, put in _patterns():
        text = pattern.sub(put, text)
    return text


_START = r"(?:(?<![\w+/=-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
"""Not within something longer; Python and addresses write a line break with a letter at its end."""

_NAMES = (
    r"(?i:(?:ibm[ _-]?)?(?:cloud[ _-]?)?api[ _-]?key|access[_-]?key(?:[_-]?id)?|awsaccesskeyid"
    r"|(?:access|refresh|id|auth|bearer|iam|session|security|api)[_-]?token"
    r"|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|private[_-]?key"
    r"|passw(?:or)?d|passphrase|(?:proxy[_-]?)?authorization"
    r"|x-amz-(?:signature|credential|security-token))"
)
"""The names of secrets, where these stand behind their name."""

_EMPTY = frozenset({"none", "null", "true", "false", "undefined"})
_SCHEME = re.compile(r"(?i:bearer|basic|apikey) ")
_WORD = re.compile(r"[A-Za-z]?[a-z]+(?:-[a-z]+)?|[A-Z]+")


def _is_prose(value: str) -> bool:
    """Return True for a word of a sentence, as in "the bearer token", "apikey not-found"."""
    return _WORD.fullmatch(value) is not None and len(value) < 2 * _LONG_ENOUGH + 4


_KINDS = ((str.isupper, "u"), (str.islower, "l"), (str.isdigit, "d"))


def _is_random(value: str) -> bool:
    """Return True if kinds of characters alternate as in generated secrets, not in names."""
    kinds = [next((kind for is_kind, kind in _KINDS if is_kind(c)), "-") for c in value]
    changes = sum(before != after for before, after in pairwise(kinds))
    return {"u", "l", "d"} <= set(kinds) and changes >= len(value) // 3


def _key(found: re.Match[str]) -> str:
    return REMOVED if _is_random(found[0]) else found[0]


def _old_token(found: re.Match[str]) -> str:
    is_number = len(set(found[0])) < 10  # noqa: PLR2004 - such as the bits of 128 qubits
    return found[0] if is_number else REMOVED


def _basic(found: re.Match[str]) -> str:
    """Names and passwords are joined by a colon before they are encoded."""
    encoded = found["value"]
    try:
        is_secret = b":" in base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        is_secret = False
    return found["keep"] + REMOVED if is_secret else found[0]


def _after_words(found: re.Match[str]) -> str:
    """Return the match with its value removed, unless a sentence goes on there."""
    value = found["value"]
    is_none = value.lower() in _EMPTY or _is_prose(value)
    return found[0] if is_none else found["keep"] + REMOVED


def _assigned(found: re.Match[str]) -> str:
    if found["value"].lower() in _EMPTY:
        return found[0]
    scheme = _SCHEME.match(found["value"])
    return found["keep"] + (scheme[0] if scheme else "") + REMOVED


def _token_assigned(found: re.Match[str]) -> str:
    """A bare ``token=``: languages and parsers have tokens, too."""
    return found["keep"] + REMOVED if _is_random(found["value"]) else found[0]


_ENDS = r"[\w.~+/=-]{5,}[\w~+/=-]"
"""A token in a sentence, without the full stop behind it."""

_RULES: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    # The name and password in an address.
    (r"(?<=://)[^\s/?#\"'<>\\]+@", f"{REMOVED}@"),
    # Behind "Bearer", in a sentence, a header or a dict.
    (rf"(?P<keep>(?i:bearer|apikey)(?:%20|[\s:=+\"'\\]){{1,6}})(?P<value>{_ENDS})", _after_words),
    (r"(?P<keep>(?i:basic)(?:%20|\s)+)(?P<value>[\w+/]{8,}={0,2})", _basic),
    # A JSON web token, cut or whole.
    (_START + r"eyJ[\w-]{6,}(?:\.[\w-]+){1,4}", REMOVED),
    # Behind its name: in quotation marks, in an address, in a sentence.
    (
        (
            rf"(?P<keep>{_NAMES}[\\\"']{{0,4}}\s{{0,4}}[:=]\s{{0,4}}b?(?P<quote>\\?[\"']))"
            rf"(?P<value>[^\"'\\\n]{{1,4096}})(?=(?P=quote))"
        ),
        _assigned,
    ),
    (
        (
            rf"(?P<keep>(?:{_NAMES}|(?i:[?&](?:token|sig|signature)))=)"
            rf"(?P<value>[^\s\"'\\&,;<>(){{}}\[\]]+)"
        ),
        _assigned,
    ),
    (rf"(?P<keep>{_NAMES}(?:\s{{0,4}}:\s{{0,4}}|\s{{1,4}}))(?P<value>{_ENDS})", _after_words),
    (
        r"(?P<keep>(?i:token)[\\\"']{0,4}\s{0,4}[:=]\s{0,4}b?\\?[\"']?)(?P<value>[\w.~+/=-]{16,})",
        _token_assigned,
    ),
    # A key of IBM Cloud by itself, and a token of the platform before it.
    (_START + r"[\w-]{44}(?![\w+/=-])", _key),
    (_START + r"[0-9a-f]{128}(?![\w+/=-])", _old_token),
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]:
    # At the first text: compiling them takes longer than loading this package.
    return [(re.compile(pattern, re.ASCII), put) for pattern, put in _RULES]
