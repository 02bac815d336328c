"""Which servers a file may name, and which server a token belongs to.

A cloned repository must not make a command talk to anybody. A URL in a file is used only when the user has
named the same server outside of every repository: in `WAN_SERVER`, or in the user's own `config.toml`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl import user_config
from wan22dsl.errors import CommandError
from wan22dsl.network.address import read
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.network.address import Address

SERVER, TOKEN, OVER_HTTP = "WAN_SERVER", "WAN_TOKEN", "WAN_TOKEN_OVER_HTTP"


class Server(NamedTuple):
    """An entry of the user's configuration. `token_env` is the variable with the token of this server."""

    token_env: str = ""
    token_over_http: bool = False


def with_login(url: str) -> Address:
    """The address of a server that the user named, with the token that belongs to it.

    Raises CommandError, which shows no secret, also when a login would be sent unencrypted.
    """
    address = read(url)
    own = _servers().get(address.base)
    return _checked(address, _token(address, own), own is not None and own.token_over_http)


def token_of(url: str, *, named_by_file: bool) -> tuple[str, bool]:
    """The token that belongs to a server, and whether it may be sent unencrypted.

    What a file names gets only what the user has given to that very server. Raises CommandError.
    """
    address = read(url)
    own = _servers().get(address.base)
    over_http = own is not None and own.token_over_http
    if named_by_file and own is None and not _is_paired(address):
        return "", over_http
    return _token(address, own), over_http


def with_token(url: str, token: str, *, over_http: bool = False) -> Address:
    """The address of a server whose token is known, if it has one. Raises CommandError as `with_login`."""
    return _checked(read(url), token, over_http)


def _checked(address: Address, token: str, over_http: bool) -> Address:
    if token:
        address = address.with_token(token)
    is_open = not address.is_tls and not address.is_loopback
    if is_open and (token or address.has_login):
        if not over_http and os.environ.get(OVER_HTTP) != "1":
            raise CommandError(*_unencrypted(address, bool(token)))
    return address


def _token(address: Address, own: Server | None) -> str:
    """The token of a server. `WAN_TOKEN` belongs to `WAN_SERVER`, where that is set."""
    if own is not None and own.token_env:
        return os.environ.get(own.token_env, "").strip()
    is_paired = _is_paired(address)
    # Without WAN_SERVER, it belongs to what the command line names; a server that a file names is here only
    # as an entry of the user's configuration, which then says which token it gets.
    if is_paired or (is_paired is None and own is None):
        return os.environ.get(TOKEN, "").strip()
    return ""


def _is_paired(address: Address) -> bool | None:
    """Whether WAN_SERVER names this server; None when it names none."""
    named = os.environ.get(SERVER, "").strip()
    if not named:
        return None
    try:
        return read(named).base == address.base
    except CommandError:
        return False


def named_by_file(url: str, where: str, option: str) -> str:
    """The URL, for one in a file. `where` is its place, `option` the one that names a server instead.

    Raises CommandError unless the user has named that server outside of the repository.
    """
    try:
        address = read(url)
    except CommandError as error:
        raise CommandError(f"{where}: {error}") from None
    if is_allowed(address):
        return url
    raise CommandError(
        f"{where} names a server that you have not allowed: {address.shown}",
        "Nothing was sent. A file can name any server, so you must allow each one.",
        f"Use `{option} {address.shown}` or {SERVER}, or add this to {user_config.shown()}:",
        f'[servers."{address.shown}"]',
    )


def is_allowed(address: Address) -> bool:
    """Whether the user has named a server outside of every repository. Raises CommandError."""
    return bool(_is_paired(address)) or address.base in _servers()


def _servers() -> dict[str, Server]:
    """The servers of the user's configuration by their base. Raises CommandError."""
    file = user_config.shown()
    found = {}
    for url, entry in user_config.table("servers").items():
        try:
            base = read(url).base
        except CommandError as error:
            raise CommandError(f"{file}: [servers]: {error}") from None
        if not isinstance(entry, dict):
            raise CommandError(f'{file}: write a server as [servers."{base}"]')
        found[base] = _entry(entry, f"{file}: {base}")
    return found


def _entry(entry: dict[str, Any], where: str) -> Server:
    kinds: dict[str, type] = {"token_env": str, "token_over_http": bool}
    for key, value in entry.items():
        if key not in kinds:
            raise CommandError(f"{where}: unknown setting `{key}`; settings: {', '.join(kinds)}")
        if not isinstance(value, kinds[key]):
            wanted = "true or false" if kinds[key] is bool else "the name of a variable in quotes"
            raise CommandError(f"{where}: `{key}` must be {wanted}")
    return Server(entry.get("token_env", ""), entry.get("token_over_http", False))


def _unencrypted(address: Address, has_token: bool) -> tuple[str, str]:
    what = "the token" if has_token else "the name, password or query of this address"
    return (
        f"{what} is not sent to {address.shown}: plain http is not encrypted",
        (
            f"Use https, or an SSH tunnel to 127.0.0.1. To send it anyway, set {OVER_HTTP}=1, or "
            "`token_over_http = true` for this server in your own config.toml."
        ),
    )
