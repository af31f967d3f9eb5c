"""Addresses: made absolute, freed of tracking, compared. All http and https; no look-ups."""

import re
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from newsletter.lib.text import indexable, printable

# Parameters that only tell who clicked where; the page is the same without them.
# fmt: off
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "gclsrc", "msclkid", "twclid", "yclid",
    "ysclid", "igshid", "igsh", "ttclid", "li_fat_id", "mc_cid", "mc_eid", "_hsenc", "_hsmi",
    "__hssc", "__hstc", "__hsfp", "hsctatracking", "mkt_tok", "vero_id", "vero_conv", "srsltid",
    "wickedid", "rb_clickid", "s_cid", "s_kwcid", "ef_id", "epik", "sc_cid", "xtor", "at_medium",
    "at_campaign", "spm", "_openstat", "ml_subscriber", "ml_subscriber_hash", "ns_mchannel",
    "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "cmpid",
})
# fmt: on
# … and whole families of them. "at_" is not one: pages use it for their own purposes.
_TRACKING_FAMILIES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "oly_", "hsa_", "_branch_")
# Tracking only when the value is the address's own host or a feed's name; else `ref` is a page's.
_REFERRER = frozenset({"ref", "source", "referrer"})
_FEED_NAMES = frozenset({"rss", "feed", "atom", "newsletter"})

_SAME_PAGE_ENDINGS = re.compile(r"(?:/index\.(?:html?|php)|/amp/?|/)$", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# What RFC 3986 allows in a path or query, besides letters and digits.
_ALLOWED = "-._~:/?#[]@!$&'()*+,;=%"


def absolute(url: str, base: str | None) -> str | None:
    """The http(s) address that `url` means on the page `base`; None for anything else, and for no
    `url` at all.

    User names and passwords in it are dropped, blanks and foreign letters are escaped.
    """
    written = _INVISIBLE.sub(" ", url).strip()
    if not written:
        return None
    try:
        parts = urlsplit(urljoin(base or "", written))
        host = _host_of(parts)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    shown = parts._replace(
        netloc=host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}",
        path=quote(parts.path or "/", safe=_ALLOWED, errors="replace"),
        query=quote(parts.query, safe=_ALLOWED, errors="replace"),
        fragment=quote(parts.fragment, safe=_ALLOWED, errors="replace"),
    )
    return urlunsplit(shown)


def without_tracking(url: str) -> str:
    """The address as it is shown and linked: everything but the tracking parameters.

    What cannot be read as an address comes back as it is.
    """
    try:
        parts = urlsplit(url)
        host = bare_host(url)
    except ValueError:
        return url
    query = "&".join(pair for pair in parts.query.split("&") if not _tracks(pair, host))
    fragment = "" if _tracks(parts.fragment, host) else parts.fragment
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def url_key(url: str) -> str:
    """What two addresses of one page have in common, for matching only: no scheme, no `www.`,
    no tracking, one form of escapes, slashes, parameter order and index pages."""
    try:
        parts = urlsplit(without_tracking(url.strip()))
        host = bare_host(url)
        port = parts.port
    except ValueError:
        return indexable(printable(url.strip()))
    if not host:
        return indexable(printable(url.strip()))
    shown_port = "" if port in (None, 80, 443) else f":{port}"
    pairs = sorted(_one_escape_form(pair) for pair in parts.query.split("&") if pair)
    query = "?" + "&".join(pairs) if pairs else ""
    return indexable(f"{host}{shown_port}{_path_key(parts.path)}{query}")


def bare_host(url: str) -> str:
    """The host in lower case without `www.`; "" where there is none."""
    try:
        return _host_of(urlsplit(url)).removeprefix("www.")
    except ValueError:
        return ""


def same_site(one: str, other: str) -> bool:
    """Whether both are on one host, or one's host lies below the other's (m.example.com)."""
    a, b = bare_host(one), bare_host(other)
    return bool(a and b) and (a == b or a.endswith("." + b) or b.endswith("." + a))


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"not a host name: {host!r}") from None


def _tracks(pair: str, host: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _REFERRER:
        return value.lower() in _FEED_NAMES or value.lower().removeprefix("www.") == host
    return name in _TRACKING or name.startswith(_TRACKING_FAMILIES)


def _path_key(path: str) -> str:
    path = re.sub(r"/(?:\./)+", "/", re.sub(r"/{2,}", "/", _one_escape_form(path)))
    while path and (shorter := _SAME_PAGE_ENDINGS.sub("", path)) != path:
        path = shorter
    return path


def _one_escape_form(text: str) -> str:
    """RFC 3986, 6.2.2: unreserved characters bare, all else escaped with capital digits."""
    bare = _ESCAPE.sub(_decoded_if_unreserved, text)
    return quote(bare, safe=_ALLOWED, errors="replace")


def _decoded_if_unreserved(match: re.Match[str]) -> str:
    character = unquote_to_bytes(match[0]).decode("latin-1")
    plain = character.isascii() and (character.isalnum() or character in "-._~")
    return character if plain else match[0].upper()
