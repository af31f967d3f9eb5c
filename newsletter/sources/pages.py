"""HTML pages as a source: named one by one, linked from a page, or named by a sitemap."""

from dataclasses import replace
from datetime import datetime

from newsletter.lib.isolation import Isolation, here
from newsletter.model.article import Draft
from newsletter.model.specs import PagesSpec
from newsletter.sources.listing import article_links
from newsletter.sources.page import draft_of_page, fetched_page, gone_page, with_page
from newsletter.sources.port import Fetch, Found, ItemFault, SourceFault
from newsletter.sources.sitemap import draft_of_entry, newest_entries, read_sitemap


class PagesSource:
    """Pages by their addresses.

    Those in `urls` are fetched at every reading: whoever names a page wants its changes. Of a list
    and of a sitemap only the new ones are, and those whose date in the sitemap has changed.
    `isolated` is how lists and sitemaps are parsed.
    """

    def __init__(self, spec: PagesSpec, fetch: Fetch, isolated: Isolation = here) -> None:
        self._spec = spec
        self._fetch = fetch
        self._isolated = isolated

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        """One draft a page. SourceFault when none of the pages, or no list of them, is there."""
        if self._spec.list:
            return self._listed(self._spec.list)
        if self._spec.sitemap:
            return self._mapped(self._spec.sitemap)
        return self._named()

    def complete(self, draft: Draft) -> Draft:
        return with_page(draft, self._fetch)

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        return gone_page(self._fetch, url)

    def _named(self) -> Found:
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
            language=self._spec.language,
            faults=tuple(ItemFault(str(fault).partition(": ")[0], str(fault)) for fault in faults),
        )

    def _draft(self, url: str) -> Draft:
        page = fetched_page(self._fetch, url)
        draft = draft_of_page(page.html, source=self.name, url=page.url)
        return replace(draft, guid=url, language=self._spec.language)

    def _listed(self, url: str) -> Found:
        page = fetched_page(self._fetch, url)
        try:
            links = self._isolated(article_links, page.html, page.url or url)
        except SourceFault as fault:
            raise SourceFault(fault.code, f"{url}: {fault}") from fault
        if not links:
            raise SourceFault(
                "not_article",
                f"{url}: no links to articles in it; name the pages in `urls`, or use its sitemap",
            )
        return Found(
            drafts=tuple(
                Draft(
                    source=self.name,
                    origin="page",
                    url=link,
                    guid=link,
                    language=self._spec.language,
                )
                for link in links
            ),
            language=self._spec.language,
        )

    def _mapped(self, url: str) -> Found:
        entries, faults = read_sitemap(self._fetch, url, self._isolated)
        chosen, left_out = newest_entries(entries)
        if left_out:
            faults.append(ItemFault(url, left_out))
        drafts: dict[str, Draft] = {}
        for entry in chosen:
            draft = draft_of_entry(entry, source=self.name, base=url, language=self._spec.language)
            if draft is None or draft.url is None:
                place = entry.fields["loc"][:200]
                faults.append(ItemFault(place, "is not an address of the web"))
            else:
                drafts.setdefault(draft.url, draft)
        return Found(
            drafts=tuple(drafts.values()), language=self._spec.language, faults=tuple(faults)
        )
