"""What a person wants of us, how they said so, and what the log keeps of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from newsletter.model.subscriber import Cadence, SubscriptionStatus


class What(StrEnum):
    """What was agreed to, taken back or changed."""

    SIGN_UP = "sign_up"  # asked for, by whoever knew the address
    CONFIRM = "confirm"  # asked for, by who reads the mail that comes there
    IMPORT = "import"  # a list said so
    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"
    PREFERENCES = "preferences"  # on again, how often, the name
    PAUSE = "pause"
    ASK_ADDRESS = "ask_address"  # of a new one, whether its owner reads there
    ADDRESS = "address"  # letters go to another one from now on
    ERASE = "erase"


class How(StrEnum):
    """The way by which it came to us."""

    FORM = "form"  # the sign-up page
    EMBED = "embed"  # a form on a page of the publisher's
    JSON = "json"
    MAIL = "mail"
    ONE_CLICK = "one_click"  # RFC 8058
    LINK = "link"  # the page behind a link in a letter
    LIST = "list"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a wish came: `wording` is the text that stood beside the button, in `language`; `ip` is
    cut to /24 or /48 before it gets here."""

    how: How
    language: str
    wording: str = ""
    ip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One row of the log. It names nobody: `address_hash` is keyed. `digest` is empty where it is
    about the whole person."""

    at: datetime
    address_hash: str
    what: What
    how: How
    subscriber: int | None = None
    digest: str | None = None
    language: str | None = None
    wording: str = ""
    ip: str | None = None
    detail: str = ""


# --- what comes in from pages --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """A filled form, as it came: nothing of it is checked yet. `language` is the one to read in."""

    email: str
    language: str
    digests: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NoSuchDigest:
    """A digest that is not there, or not in the language that was asked for."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a reader stands to one digest, or wants to. `languages` are those of `available` that
    they read, the preferred one first; a status other than active means that nothing comes. One
    that is paused comes again on the day `paused_until`."""

    digest: str
    title: str
    status: SubscriptionStatus
    languages: tuple[str, ...]
    available: tuple[str, ...] = ()
    cadence: Cadence = Cadence.EVERY
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """All that a reader can choose. There is a choice for every digest, also for those that they
    never had: these are unsubscribed. `language` is the one to speak to them in; it and `email` are
    not changed by saving."""

    email: str
    name: str | None
    language: str
    digests: tuple[Choice, ...]


# --- what goes out to pages ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What a confirmation link would begin: the titles of the digests."""

    language: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a confirmation link has begun; `preferences` is a token for the page of all choices."""

    language: str
    titles: tuple[str, ...]
    preferences: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """A link of ours that came too late, or after its reader had left again."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the reader behind a link stands to the digest of its letter, which may no longer be
    configured: then its title is its name, and `available` is empty. `preferences` is a token."""

    digest: str
    title: str
    language: str
    status: SubscriptionStatus
    available: tuple[str, ...]
    preferences: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A reader who gets a digest no more; `preferences` is a token for the way back."""

    digest: str
    title: str
    language: str
    preferences: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """The address that letters go to once its link is followed, or since it was."""

    email: str
    language: str
