"""Digests of what results depend on."""

from __future__ import annotations

try:  # importing hashlib brings OpenSSL along, for a third of the time that a bare interpreter starts in
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b


class Digest:
    """A digest of parts, in their order; what is one part and what are two does not come to the same."""

    def __init__(self, *parts: str | bytes, key: bytes = b"") -> None:
        """With a `key` nobody else can make the digest: BLAKE2 is also a message authentication code."""
        self._state = blake2b(digest_size=16, key=key)
        self.add(*parts)

    def add(self, *parts: str | bytes) -> Digest:
        """Takes more parts in."""
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            self._state.update(b"%d:" % len(data))
            self._state.update(data)
        return self

    def __str__(self) -> str:
        return self._state.hexdigest()


def of(*parts: str | bytes) -> str:
    """The digest of parts: 32 hexadecimal digits."""
    return str(Digest(*parts))
