"""Parameters on links to the publisher's own pages: for counting visits there, not readers."""

import re
from collections.abc import Collection, Mapping
from html import unescape
from urllib.parse import quote, unquote_plus

from markupsafe import Markup, escape

from newsletter.lib.urls import bare_host
from newsletter.model.specs import LocalText

_HREF = re.compile(r'href="([^"]*)"')


def own_hosts(site: LocalText) -> frozenset[str]:
    """The hosts of a publication's addresses in all languages, without `www.`."""
    urls = [site] if isinstance(site, str) else site.values()
    return frozenset(host for url in urls if (host := bare_host(url)))


def with_parameters(url: str, parameters: Mapping[str, str], hosts: Collection[str]) -> str:
    """The address with these parameters at the end of its query, when it is one of the web on
    exactly one of `hosts` (`www.` left out of account). A parameter that is there already stays as
    it is; so does every other byte, and the fragment. Values are plain text.
    """
    if not url.lower().startswith(("https://", "http://")) or bare_host(url) not in hosts:
        return url
    page, mark, fragment = url.partition("#")
    _, question, query = page.partition("?")
    there = {unquote_plus(pair.partition("=")[0]) for pair in query.split("&")}
    added = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in parameters.items()
        if name not in there
    )
    if not added:
        return url
    joint = "?" if not question else "" if not query or query.endswith("&") else "&"
    return f"{page}{joint}{added}{mark}{fragment}"


def with_parameters_throughout(
    values: Mapping[str, object], parameters: Mapping[str, str], hosts: Collection[str]
) -> dict[str, object]:
    """The values of a context with parameters on all that stands under the name `url`: links are
    named so; pictures (`src`) are not, and stay. Markup of ours has it on its links, too."""

    def tagged(name: str, value: object) -> object:
        if isinstance(value, Markup):
            return _in_markup(value, parameters, hosts)
        if name == "url" and isinstance(value, str):
            return with_parameters(value, parameters, hosts)
        if isinstance(value, tuple):
            return tuple(tagged(name, each) for each in value)
        if isinstance(value, dict):
            return {name: tagged(name, inner) for name, inner in value.items()}
        return value

    return {name: tagged(name, value) for name, value in values.items()}


def _in_markup(html: Markup, parameters: Mapping[str, str], hosts: Collection[str]) -> Markup:
    def tagged(found: re.Match[str]) -> str:
        url = with_parameters(unescape(found[1]), parameters, hosts)
        return f'href="{escape(url)}"'

    return Markup(_HREF.sub(tagged, str(html)))  # noqa: S704 - markup it was, markup it is
