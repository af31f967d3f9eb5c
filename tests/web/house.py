"""The public pages of a project at work, a clock that is put on by hand, and a reader's mailbox."""

import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser

from newsletter.app import App, open_app
from newsletter.store import subscribers
from newsletter.web.public import public_app
from tests.web.serving import Answer, Client, new_project, serving

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
READER = 1  # the first of subscribers/en.csv
ANN = "ann@example.org"
WEEKEND = """
[[digests]]
name = "weekend"
title = {en = "The weekend", es = "Fin de semana"}
schedule = "0 8 * * 6"
"""


@dataclass
class House:
    """`times` are those of its clock: the last one is now."""

    app: App
    client: Client
    times: list[datetime]
    seen: set[str] = field(default_factory=set)

    def later(self, **passed: float) -> None:
        self.times.append(self.times[-1] + timedelta(**passed))

    def look(self, path: str, **headers: str) -> Answer:
        return self.client.ask("GET", path, named(headers))

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        return self.client.ask("POST", path, FORM | named(headers), urlencode(fields, doseq=True))

    def fields(self, path: str = "/subscribe") -> dict[str, Any]:
        """What a browser would send of the first form on a page."""
        form = page(self.look(path)).css_first("form")
        assert form is not None
        return fields_of(form)

    def sign_up(self, path: str = "/subscribe", **fields: Any) -> Answer:
        """Fill in the form like a person, who takes a while."""
        given = self.fields(path)
        self.later(seconds=20)
        return self.post(path, given | {"email": ANN, "digests": ["daily"]} | fields)

    def mail(self) -> list[EmailMessage]:
        """The mails that came since the last look."""
        self.app.post.send_notices()
        assert self.app.outbox is not None
        new = [path for path in (self.app.outbox / "new").glob("*") if path.name not in self.seen]
        self.seen |= {path.name for path in new}
        return [message_in(path) for path in sorted(new)]

    def mail_to(self, email: str) -> EmailMessage:
        """The one mail to somebody among those that came since the last look."""
        (mail,) = [each for each in self.mail() if each["To"] == email]
        return mail

    def link(self, letter: str) -> str:
        """The path of the link of a kind ("c") in the one mail that came."""
        (mail,) = self.mail()
        return links_in(mail, letter)[0]

    def token_path(self, letter: str, number: int = READER, digest: str = "daily") -> str:
        """The path of a reader's link of a kind: "u", "l", "s"."""
        tokens = self.app.post.tokens(number, digest)
        names = {"u": "unsubscribe", "l": "language", "s": "preferences"}
        token = next(value for name, value in tokens.items() if name == names[letter])
        return f"/l/{token}/es" if letter == "l" else f"/{letter}/{token}"

    def standing(self, number: int = READER, digest: str = "daily") -> tuple[str, str] | None:
        with self.app.database.read() as tx:
            found = subscribers.status_of(tx, number, digest)
        return (found[0].value, found[1]) if found else None


@contextmanager
def house(
    folder: Path,
    *,
    more: str = "",
    look: str = "",
    enrolled: bool = False,
    port: int = 0,
    **public: Any,
) -> Iterator[House]:
    """A new project in `folder` with its pages open; `more` is added to its configuration, `look`
    is a layout.toml of its own, and the rest are settings of [public]."""
    config = new_project(folder) / "newsletter.toml"
    config.write_text(config.read_text("utf-8") + more, "utf-8")
    if look:
        (folder / "layouts" / "layout.toml").write_text(look, "utf-8")
    times = [NOON]
    with open_app(folder, clock=lambda: times[-1]) as app:
        settings = replace(app.settings, public=replace(app.settings.public, **public))
        app = replace(app, settings=settings)
        if enrolled:
            app.lists.enrol()
        with serving(public_app(app), port) as client:
            yield House(app, client, times)


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of keyword arguments: accept_language as Accept-Language."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def page(answer: Answer) -> LexborHTMLParser:
    return LexborHTMLParser(answer.body)


def said(answer: Answer) -> str:
    """What a page says, blanks made one."""
    main = page(answer).css_first("main")
    return " ".join(main.text(separator=" ").split()) if main else ""


def fields_of(form: Any) -> dict[str, Any]:
    """The fields of a form as they stand."""
    found: dict[str, Any] = {}
    for each in form.css("input, select"):
        given = each.attributes
        name = given.get("name")
        if not name or (given.get("type") in ("radio", "checkbox") and "checked" not in given):
            continue
        if each.tag == "select":
            found[name] = each.css_first("option[selected]").attributes["value"]
        else:
            found.setdefault(name, []).append(given.get("value") or "")
    return found


def message_in(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def links_in(mail: EmailMessage, letter: str = "") -> list[str]:
    """The paths of all links of ours in a mail, in its text, its HTML and its headers; of those of
    one kind ("u", "c") where one is named."""
    parts = [
        str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"
    ]
    text = "\n".join([*parts, *map(str, mail.values())]).replace("&amp;", "&")
    found = re.findall(r"http://127\.0\.0\.1:\d+(/[^\s\"<>]*)", text)
    return [path for path in dict.fromkeys(found) if path.startswith(f"/{letter}")]
