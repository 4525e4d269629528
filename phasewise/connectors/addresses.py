"""Where a request goes: always to the host of the settings, whatever a server writes into its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

from phasewise.errors import ConfigError, ContractError
from phasewise.log import redact

Query = Mapping[str, str | int | bool | Sequence[str | int] | None]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def base_address(base_url: str) -> str:
    """The base URL without its trailing slash.

    Raises:
        ConfigError: it is no plain web address.
    """
    parts = _split(base_url.strip().rstrip("/"))
    if parts is None or parts.username is not None or parts.query or parts.fragment:
        raise ConfigError(
            "base_url is no plain web address",
            where=redact(base_url.partition("?")[0].rpartition("@")[2]),
            remedy="Write it like https://host.example/path, without user, password and query",
        )
    return parts.geturl()


def address(base: str, path: str, query: Query | None = None) -> str:
    """The whole address of a path under the base, or of a link if it leads to the base's own host.

    A vendor behind a proxy that ends TLS writes `http://` into its own links; those are asked as https.

    Args:
        base: as `base_address` returned it.
        path: appended to the base; or a whole address (a vendor's "next page").
        query: parameters; those that the path has already stay as they are there. None values are left out,
            sequences repeated.

    Raises:
        ContractError: it leads to another host, where our key must not go.
    """
    link = f"{base}/{path.lstrip('/')}"
    if is_whole(path):
        link = own_link(base, path)
    if not query:
        return link
    there = {key for key, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True)} if "?" in link else ()
    pairs = {key: _text(value) for key, value in query.items() if value is not None and key not in there}
    if not pairs:
        return link
    return link + ("&" if "?" in link else "?") + urlencode(pairs, doseq=True, quote_via=quote)


def is_whole(path: str) -> bool:
    """Whether this is an address with a host, not a path."""
    return path.startswith("//") or "://" in path.partition("?")[0]


def own_link(base: str, link: str) -> str:
    """A link that a server sent, as an address on the base's own host.

    Args:
        base: what the link is relative to.
        link: what the server sent; a path that begins with `/` counts from the root of the host.

    Raises:
        ContractError: it leads to another host, or is no web address.
    """
    there, here = _split(urljoin(base, link)), urlsplit(base)
    if there is None:
        raise ContractError("the source sends a link that is no web address", where=base, remedy=_MOVED)
    has_default_ports = there.port in {None, 80} and here.port in {None, 443}
    if (
        there.hostname == here.hostname
        and (there.scheme, here.scheme) == ("http", "https")
        and has_default_ports
    ):
        there = there._replace(scheme="https", netloc=here.netloc)
    if _host(there) != _host(here):
        raise ContractError(
            f"the source sends us to another host, {there.scheme}://{_netloc(there)}; our key stays here",
            where=base,
            remedy=_MOVED,
        )
    return there._replace(netloc=_netloc(there), fragment="").geturl()


def without_query(link: str) -> str:
    """For messages and logs: a query may hold a key, a name or an address."""
    parts = _before_query(link)
    return f"{parts.scheme}://{_netloc(parts)}{parts.path}"


def path_of(link: str) -> str:
    """The path of an address, for the vendor's limits."""
    return _before_query(link).path or "/"


_MOVED = "If the vendor moved, write its new address as base_url"


def _before_query(link: str) -> SplitResult:
    # `urlsplit` remembers what it has split: the same few paths come again and again, each query only once.
    return urlsplit(link.partition("?")[0])


def _split(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable and not any(c.isspace() for c in link) else None


def _host(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def _netloc(parts: SplitResult) -> str:
    # Without user and password: `https://key@host/` would send them.
    return parts.netloc.rpartition("@")[2]


def _text(value: str | int | bool | Sequence[str | int]) -> str | list[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    return [str(item) for item in value]
