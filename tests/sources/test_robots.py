"""robots.txt is obeyed where articles lead to other hosts."""

import pytest

from newsletter.lib.isolation import Overrun
from newsletter.sources.page import PAGE_REFUSED, PAGE_UNREAD, with_page
from newsletter.sources.port import Fetched, SourceFault
from newsletter.sources.robots import Robots, allows, robots_url
from tests.flows.sources import draft

AGENT = "NewsletterComposer/1.0 (+https://example.com; newsletter of The Example)"
STORY = "https://other.example/story/1"


class Web:
    """Answers every page; robots.txt as it is told."""

    def __init__(
        self, rules: str = "", status: int = 200, fault: SourceFault | None = None
    ) -> None:
        self.rules, self.status, self.fault = rules, status, fault
        self.asked: list[str] = []

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if not url.endswith("/robots.txt"):
            return Fetched(url=url, status=200, content=b"<p>Hello</p>", content_type="text/html")
        if self.fault:
            raise self.fault
        content = self.rules.encode() if self.status == 200 else b""
        return Fetched(url=url, status=self.status, content=content)


def code_of(web: Web, url: str = STORY) -> str | None:
    """What an obedient Fetch says of a page; None when it fetches it."""
    fetch = Robots(AGENT).obeying(web.fetch, ("https://www.example.com/feed",))
    try:
        assert fetch(url).content == b"<p>Hello</p>"
    except SourceFault as fault:
        assert url not in web.asked
        return fault.code
    return None


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("", None),
        ("User-agent: *\nDisallow: /", "fetch_refused"),
        ("User-agent: *\nDisallow:", None),
        ("User-agent: *\nDisallow: /private", None),
        ("User-agent: *\nDisallow: /*/1$", "fetch_refused"),
        ("User-agent: *\nDisallow: /story\nAllow: /story/1", None),
        ("User-agent: NewsletterComposer\nDisallow: /\n\nUser-agent: *\nAllow: /", "fetch_refused"),
        ("User-agent: OtherBot\nDisallow: /", None),
        ("<html>not found</html>", None),
        ("\x00\xff" * 100, None),
    ],
)
def test_another_host_s_rules_are_obeyed(rules: str, code: str | None) -> None:
    assert code_of(Web(rules)) == code


@pytest.mark.parametrize("url", ["https://example.com/story/1", "http://www.example.com/story/1"])
def test_nobody_is_asked_on_the_source_s_own_host(url: str) -> None:
    web = Web("User-agent: *\nDisallow: /")
    assert code_of(web, url) is None
    assert web.asked == [url]


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, None), (403, None), (410, None), (500, "fetch_failed"), (429, "fetch_failed")],
)
def test_no_rules_forbid_nothing_and_a_server_in_trouble_everything(
    status: int, code: str | None
) -> None:
    assert code_of(Web(status=status)) == code


def test_rules_that_cannot_be_fetched_are_asked_for_another_time() -> None:
    assert code_of(Web(fault=SourceFault("timeout", "slow"))) == "fetch_failed"


def test_rules_are_asked_for_once_in_a_run() -> None:
    web, robots = Web(), Robots(AGENT)
    for source in ("https://a.example/", "https://b.example/"):
        robots.obeying(web.fetch, (source,))(STORY)
    assert web.asked.count(robots_url(STORY)) == 1


def test_rules_that_take_too_long_keep_out() -> None:
    def overrun(*args: object, **kwargs: object) -> bool:
        raise Overrun("takes longer than 7 s")

    fetch = Robots(AGENT, overrun).obeying(Web("x").fetch, ())  # type: ignore[arg-type]
    with pytest.raises(SourceFault, match="keeps programs out"):
        fetch(STORY)


def test_the_rules_stand_at_the_root_of_the_host_and_port() -> None:
    assert robots_url("http://a.example:8080/x/y?z") == "http://a.example:8080/robots.txt"
    assert allows("User-agent: *\nDisallow: /y", "http://a.example:8080/x", "Meridian")


@pytest.mark.parametrize(
    ("web", "code"),
    [(Web("User-agent: *\nDisallow: /"), PAGE_REFUSED), (Web(status=500), PAGE_UNREAD)],
)
def test_a_page_that_is_kept_from_us_is_not_asked_for_at_every_reading(web: Web, code: str) -> None:
    found = with_page(draft(1, url=STORY), Robots(AGENT).obeying(web.fetch, ()))
    assert found.page is None
    assert [remark.code for remark in found.remarks] == [code]


@pytest.mark.parametrize("url", ["http://[x", "http://", "mailto:a@example.com", "", "http://[::1"])
def test_what_is_no_address_is_left_to_the_door(url: str) -> None:
    web = Web("User-agent: *\nDisallow: /")
    Robots(AGENT).obeying(web.fetch, ())(url)
    assert web.asked == [url]
