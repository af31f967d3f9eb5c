"""Single HTML pages, each an article; and the page of an article that a feed only announces."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from newsletter.model.article import Draft, Page, Remark
from newsletter.model.specs import PagesSpec
from newsletter.sources.decode import html_text
from newsletter.sources.port import Fetch, Fetched, Found, ItemFault, SourceFault, answered

PAGE_UNREAD = "page_unread"
PAGE_REFUSED = "page_refused"  # by us or by its robots.txt: it will be so the next time, too
_GONE = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def draft_of_page(html: str, *, source: str, url: str | None) -> Draft:
    """A page as a draft: whoever makes an article of it finds everything in `page`."""
    return Draft(source=source, origin="page", url=url, page=Page(url=url, html=html))


def with_page(draft: Draft, fetch: Fetch) -> Draft:
    """The draft with its article's page; unchanged but for a remark when that is not to be had."""
    if draft.url is None or draft.page is not None:
        return draft
    try:
        return replace(draft, page=_fetched_page(fetch, draft.url))
    except SourceFault as fault:
        code = PAGE_REFUSED if fault.code == "fetch_refused" else PAGE_UNREAD
        return replace(draft, remarks=(*draft.remarks, Remark(code, str(fault))))


def gone_page(fetch: Fetch, url: str | None) -> str | None:
    """What a server says of a page that it has no longer; None for one that is there, and where
    no server answers: a fault of a moment must not take an article out of an edition."""
    if url is None:
        return None
    try:
        status = fetch(url).status
    except SourceFault:
        return None
    return f"{url}: the server answered {status}" if status in _GONE else None


class PagesSource:
    """Pages given by their addresses."""

    def __init__(self, spec: PagesSpec, fetch: Fetch) -> None:
        self._spec = spec
        self._fetch = fetch

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        """One draft a page. SourceFault when none of the pages is to be had."""
        drafts: list[Draft] = []
        faults: list[SourceFault] = []
        for url in self._spec.urls:
            try:
                drafts.append(self._draft(url))
            except SourceFault as fault:
                faults.append(fault)
        if faults and not drafts:
            raise faults[0]
        return Found(
            drafts=tuple(drafts),
            faults=tuple(ItemFault(str(fault).partition(": ")[0], str(fault)) for fault in faults),
        )

    def complete(self, draft: Draft) -> Draft:
        return draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        return gone_page(self._fetch, url)

    def _draft(self, url: str) -> Draft:
        page = _fetched_page(self._fetch, url)
        draft = draft_of_page(page.html, source=self.name, url=page.url)
        return replace(draft, guid=url, language=self._spec.language)


def _fetched_page(fetch: Fetch, url: str) -> Page:
    fetched = answered(fetch, url)
    if not _is_text(fetched):
        raise SourceFault("not_article", f"{url}: is {fetched.content_type}, not a web page")
    return Page(url=fetched.url, html=html_text(fetched.content, fetched.charset))


def _is_text(fetched: Fetched) -> bool:
    kind = fetched.content_type or "text/html"
    return kind.startswith("text/") or kind.endswith(("html", "xml"))
