"""Mail filters open every link of a mail, and some run its scripts: that changes nothing."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from newsletter.editions.slot import slot_at
from newsletter.store import tables
from newsletter.store.database import Database
from tests.browser import browser  # noqa: F401
from tests.web.house import READER, House, house, links_in, message_in, page

PATIENCE = 60_000


@pytest.fixture
def mailed(tmp_path: Path, free_port: int) -> Iterator[House]:
    """A project whose daily went out, with the address that its pages really have."""
    base_url = f"http://127.0.0.1:{free_port}"
    with house(tmp_path / "paper", enrolled=True, port=free_port, base_url=base_url) as made:
        made.app.newsroom.collect()
        digest = made.app.digest("daily")
        made.app.editions.compose(digest, slot_at(made.app.local_now(digest), digest.timezone))
        made.app.post.deliver()
        yield made


def mails(mailed: House) -> list[EmailMessage]:
    """A letter of each language, and the mails that go to single persons."""
    assert mailed.app.outbox is not None
    names = sorted(path.name for path in (mailed.app.outbox / "new").iterdir())
    mailed.seen |= set(names)
    letters = [next(name for name in names if f"-{each}-" in name) for each in ("en", "es")]
    mailed.sign_up()
    mailed.post(mailed.token_path("s"), {"do": "address", "email": "new@example.org"})
    single = mailed.mail()
    assert len(single) == 2
    return [message_in(mailed.app.outbox / "new" / name) for name in letters] + single


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.run(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
        }


def test_a_scanner_changes_nothing(
    mailed: House,
    browser: Browser,  # noqa: F811
) -> None:
    paths = list(dict.fromkeys(path for mail in mails(mailed) for path in links_in(mail)))
    kinds = {path.split("/")[1] for path in paths}
    assert kinds == {"u", "l", "s", "c", "a", "archive"}
    before = everything(mailed.app.database)
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert mailed.client.ask(method, path).status in (200, 405)
        follow(mailed, path)
    visit(browser, mailed, paths)
    assert everything(mailed.app.database) == before


def follow(mailed: House, path: str) -> None:
    """Open the links of a page, too."""
    for each in page(mailed.look(path)).css("a[href^='/']"):
        assert mailed.look(str(each.attributes["href"])).status == 200


def visit(browser: Browser, mailed: House, paths: list[str]) -> None:  # noqa: F811
    """Look at each page with everything that runs on it, to its end, clicking nothing."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    for path in paths:
        tab = context.new_page()
        answer = tab.goto(f"http://127.0.0.1:{mailed.client.port}{path}", wait_until="load")
        assert answer is not None
        assert answer.status == 200
        tab.mouse.move(100, 200)
        tab.mouse.wheel(0, 2000)
        tab.close()
    assert context.cookies() == []
    context.close()


def test_what_a_scanner_left_alone_a_person_does(mailed: House) -> None:
    before = everything(mailed.app.database)
    mailed.post(mailed.token_path("u", READER), {})
    assert everything(mailed.app.database) != before
