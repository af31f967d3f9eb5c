"""Providers that call: which module reads whose calls, and what is done with what they say.

The package `cryptography` is an extra, and heavy: the modules that need it are imported only where
such a provider calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import assert_never

from newsletter.feedback.esp import mailgun, postmark
from newsletter.feedback.esp.call import Answer, Call, Confirm, Refused, Told
from newsletter.flows.feedback import Alarm
from newsletter.lib.errors import NewsletterError
from newsletter.model.feedback import Arrived
from newsletter.model.specs import (
    MailgunSpec,
    PostmarkSpec,
    SendGridSpec,
    SesSpec,
    WebhookSpec,
)
from newsletter.sources.http import Http, Limits
from newsletter.sources.port import answered

# What is fetched lies on one host, and is small; a redirect leads away from it.
_LIMITS = Limits(total=10, wire=100_000, unpacked=100_000, redirects=0)


def fetch_from_provider(user_agent: str, url: str) -> bytes:
    """What stands at an address of a provider; SourceFault when it cannot be had."""
    with Http(user_agent=user_agent, limits=_LIMITS) as http:
        return answered(http.fetch, url).content


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The webhooks of a project. Certificates are fetched once."""

    specs: Sequence[WebhookSpec]
    clock: Callable[[], datetime]
    take: Callable[[Arrived, Alarm], object]
    fetch: Callable[[str], bytes]
    certificates: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        needed = [each.name for each in self.specs if isinstance(each, SesSpec | SendGridSpec)]
        if needed and find_spec("cryptography") is None:
            raise NewsletterError(
                f"webhooks {needed[0]}: its signatures are checked with the package `cryptography`,"
                " which is not installed: pip install 'newsletter-composer[webhooks]'"
            )

    def answer(self, name: str, call: Call, alarm: Alarm) -> str | None:
        """Count what a call says; why it is refused, if it is. `alarm` is told what somebody should
        know at once. NewsletterError when the provider is to call again."""
        spec = next((each for each in self.specs if each.name == name), None)
        answer = self._read(spec, call) if spec else Refused("there is no such webhook")
        match answer:
            case Refused(why):
                return why
            case Confirm(url):
                self.fetch(url)
            case Told(events):
                for event in events:
                    self.take(event, alarm)
            case _:
                assert_never(answer)
        return None

    def _read(self, spec: WebhookSpec, call: Call) -> Answer:
        match spec:
            case SesSpec():
                from newsletter.feedback.esp import ses

                return ses.read(spec, call, self._certificate)
            case SendGridSpec():
                from newsletter.feedback.esp import sendgrid

                return sendgrid.read(spec, call, self.clock())
            case MailgunSpec():
                return mailgun.read(spec, call, self.clock())
            case PostmarkSpec():
                return postmark.read(spec, call)
            case _:
                assert_never(spec)

    def _certificate(self, url: str) -> bytes:
        if url not in self.certificates:
            self.certificates[url] = self.fetch(url)
        return self.certificates[url]
