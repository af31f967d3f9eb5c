"""The public pages as readers use them: on a phone, by keyboard, without scripts, in the dark."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from newsletter.editions.slot import slot_at
from newsletter.model.consent import How, Origin, SignUp
from newsletter.model.edition import page_path
from newsletter.store import editions
from tests.browser import browser  # noqa: F401
from tests.web.house import READER, WEEKEND, House, house, links_in

PATIENCE = 60_000  # milliseconds; how long a slow machine may take
PHONE = 360
HOLDER = "https://meridian.example"
PAGES = (
    "front", "subscribe", "embed", "wrong", "sent", "leave", "left", "switch", "switched",
    "confirm", "confirmed", "expired", "preferences", "saved", "address", "moved", "archive",
    "edition", "unknown",
)  # fmt: skip
NUMBERS = count()
# A letter stands within the page of a mail program, which has the landmarks.
_OF_LETTERS = ("region", "landmark-one-main")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("public") / "paper"
    more = WEEKEND
    with house(folder, more=more, enrolled=True, allow_origins=(HOLDER,)) as made:
        made.app.newsroom.collect()
        digest = made.app.digest("daily")
        made.app.editions.compose(digest, slot_at(made.app.local_now(digest), digest.timezone))
        made.app.post.deliver()
        made.seen |= {path.name for path in (made.app.outbox or folder).glob("new/*")}
        yield made


def path_of(opened: House, name: str) -> str:
    """Where a page is, or the one whose button leads to it."""
    token = opened.token_path("s", READER + 1)
    match name:
        case "front" | "unknown":
            return {"front": "/", "unknown": "/nothing"}[name]
        case "subscribe" | "wrong" | "sent":
            return "/subscribe"
        case "embed":
            return "/subscribe/embed"
        case "leave" | "left":
            return opened.token_path("u", READER + 2)
        case "switch" | "switched":
            return opened.token_path("l", READER + 3)
        case "confirm" | "confirmed" | "expired":
            return confirmation(opened, f"{name}{next(NUMBERS)}@example.org", old=name == "expired")
        case "preferences" | "saved":
            return token
        case "address" | "moved":
            return new_address(opened, f"{name}{next(NUMBERS)}@example.com")
        case "archive":
            return "/archive/daily/en"
    return edition(opened)


def confirmation(opened: House, email: str, *, old: bool = False) -> str:
    """The path of the link in a confirmation mail, of which an address gets one a day."""
    opened.later(days=2)
    wish = SignUp(email=email, language="en", digests=("daily", "weekend"))
    opened.app.readers.sign_up(wish, Origin(how=How.FORM, language="en"))
    path = links_in(opened.mail_to(email), "c")[0]
    if old:
        opened.later(days=8)
    return path


def new_address(opened: House, email: str) -> str:
    """The path of the link in a mail to a new address."""
    opened.later(days=2)
    token = opened.token_path("s", READER + 4).removeprefix("/s/")
    opened.app.readers.change_address(token, email, Origin(how=How.LINK, language="en"))
    return links_in(opened.mail_to(email), "a")[0]


def edition(opened: House) -> str:
    with opened.app.database.read() as tx:
        entry = next(each for each in editions.recent(tx, 9) if each.language == "en")
    return f"/{page_path('daily', 'en', entry.slot)}"


def window(
    browser: Browser,  # noqa: F811
    *,
    scripts: bool = True,
    dark: bool = False,
    width: int = PHONE,
    bypass_csp: bool = False,
) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        locale="en-US",
        bypass_csp=bypass_csp,
    )
    context.set_default_timeout(PATIENCE)
    return context


def arrive(context: BrowserContext, opened: House, name: str) -> Page:
    """Go to a page as its reader does: what needs a button is reached by it."""
    tab = context.new_page()
    tab.goto(f"http://127.0.0.1:{opened.client.port}{path_of(opened, name)}")
    if name in ("wrong", "sent"):
        tab.get_by_label("Email address").fill(f"{name}@example.org" if name == "sent" else "a@b")
        tab.get_by_label("Morning edition").check()
        opened.later(seconds=10)
    if name in ("wrong", "sent", "left", "switched", "confirmed", "moved", "saved"):
        tab.get_by_role("button").first.click()
        tab.wait_for_load_state("load")
    return tab


def violations(tab: Page, name: str) -> list[str]:
    rules = {rule: {"enabled": name != "edition"} for rule in _OF_LETTERS}
    found = Axe().run(tab, options={"rules": rules}).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shuts_nobody_out(opened: House, browser: Browser, name: str) -> None:  # noqa: F811
    for dark in (False, True):
        context = window(browser, dark=dark, bypass_csp=True)
        tab = arrive(context, opened, name)
        assert violations(tab, name) == []
        assert tab.evaluate("document.documentElement.scrollWidth") == PHONE
        context.close()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "edition"])
def test_a_page_is_the_same_with_scripts_and_without(
    opened: House,
    browser: Browser,  # noqa: F811
    name: str,
) -> None:
    seen = []
    for scripts in (True, False):
        context = window(browser, scripts=scripts)
        told = listened(context)
        tab = arrive(context, opened, name)
        seen.append((tab.locator("h1").inner_text(), tab.locator("button").all_inner_texts()))
        expect(tab.locator("h1")).to_have_css("font-family", 'Georgia, "Times New Roman", serif')
        assert [each for each in told if "Failed to load resource" not in each] == []  # 404, 422
        context.close()
    assert seen[0] == seen[1]


def listened(context: BrowserContext) -> list[str]:
    """What the browser complains of from now on."""
    told: list[str] = []
    context.on("console", lambda message: told.append(message.text))
    return told


def tab_to(tab: Page, label: str) -> None:
    """Press the tabulator until what is called so has the focus."""
    for _ in range(60):
        tab.keyboard.press("Tab")
        focused = tab.evaluate(
            "(e => (e.labels?.[0] ?? e).innerText.trim())(document.activeElement)"
        )
        if focused.split("\n")[0] == label:
            return
    pytest.fail(f"the tabulator never came to {label!r}")


def test_by_keyboard_alone_somebody_signs_up_chooses_and_leaves(
    opened: House,
    browser: Browser,  # noqa: F811
) -> None:
    context = window(browser)
    tab = context.new_page()
    base = f"http://127.0.0.1:{opened.client.port}"
    tab.goto(f"{base}/subscribe")
    tab_to(tab, "Email address")
    tab.keyboard.type("keys@example.org")
    tab_to(tab, "Morning edition")
    tab.keyboard.press("Space")
    opened.later(seconds=10)
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Look into your inbox")
    tab.goto(base + links_in(opened.mail_to("keys@example.org"), "c")[0])
    tab_to(tab, "Yes, subscribe")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Welcome")
    tab_to(tab, "Change how often, or in which language: your preferences")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Your preferences")
    choose_and_leave(tab)
    context.close()


def choose_and_leave(tab: Page) -> None:
    tab_to(tab, "Every edition")
    tab.keyboard.press("ArrowDown")
    tab_to(tab, "Save")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_have_text("Your preferences are saved.")
    expect(tab.get_by_label("At most once a day").first).to_be_checked()
    tab_to(tab, "Unsubscribe from everything")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_have_text(
        "You will not receive any of our newsletters any more."
    )


def test_the_tabulator_never_comes_to_the_trap(opened: House, browser: Browser) -> None:  # noqa: F811
    context = window(browser)
    tab = arrive(context, opened, "subscribe")
    reached = set()
    for _ in range(30):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.name ?? ''"))
    assert {"email", "name", "language", "digests"} <= reached
    assert "website" not in reached
    box = tab.locator("#website").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] < 0
    context.close()


def test_by_keyboard_alone_a_reader_leaves_and_changes_language(
    opened: House,
    browser: Browser,  # noqa: F811
) -> None:
    context = window(browser, scripts=False)
    for letter, number, button, status in (
        ("u", READER + 6, "Unsubscribe", ("unsubscribed", "en")),
        ("l", READER + 7, "Sí, en español", ("active", "es")),
    ):
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{opened.client.port}{opened.token_path(letter, number)}")
        for _ in range(9):
            tab.keyboard.press("Tab")
            if tab.locator("button:focus").count():
                break
        expect(tab.locator("button:focus")).to_have_text(button)
        tab.keyboard.press("Enter")
        expect(tab.locator("button")).to_have_count(0)
        assert opened.standing(number) == status
    context.close()


def test_a_page_can_run_from_right_to_left(
    tmp_path: Path,
    browser: Browser,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSLETTER_LANGUAGES", '["ar", "en", "es"]')
    long = WEEKEND.replace("The weekend", "Donaudampfschifffahrtsgesellschaftskapitän")
    with house(tmp_path / "paper", more=long) as made:
        context = window(browser, bypass_csp=True)
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{made.client.port}/subscribe?lang=ar")
        assert tab.locator("html").get_attribute("dir") == "rtl"
        assert tab.locator("bdi").all_text_contents()[:3] == ["العربية", "English", "Español"]
        assert tab.evaluate("document.documentElement.scrollWidth") == PHONE
        assert violations(tab, "subscribe") == []
        context.close()
