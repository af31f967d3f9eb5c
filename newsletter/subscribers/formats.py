"""The lists of other programs, as they export them: what tells each, and what its columns mean.

Names of columns are compared in lower case with `_` for anything but letters, digits and dots:
"Email Address" is `email_address`. What a format does not name becomes an attribute of the reader.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from newsletter.model.subscriber import SubscriptionStatus as Status

ANY = "*"  # whatever stands there, if anything does

# What a cell may be good for; `ours` of a Format uses these names.
EMAIL, NAME, FIRST_NAME, LAST_NAME = "email", "name", "first_name", "last_name"
TAGS, JSON, CONSENT_AT = "tags", "json", "consent_at"
TIMEZONE, COUNTRY, LANGUAGE = "timezone", "country", "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of export.

    It is told by a header that has all columns of one of `marks`. `ours` says what columns are good
    for, the stronger first; `statuses` what their words make of a reader, the lowest counts;
    `private` is left alone: what only that program needs, or what it found out about people. One
    that `repeats` has a row for each list that a reader is in.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    ours: Mapping[str, str]
    statuses: Mapping[str, Mapping[str, Status]] = field(default_factory=dict)
    private: Collection[str] = ()
    tag_prefixes: Mapping[str, str] = field(default_factory=dict)
    escape: str | None = None
    repeats: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _marks(*marks: str) -> tuple[frozenset[str], ...]:
    return tuple(map(_words, marks))


_YES = {"true": Status.ACTIVE, "1": Status.ACTIVE, "yes": Status.ACTIVE}
_NO = {"false": Status.ACTIVE, "0": Status.ACTIVE, "no": Status.ACTIVE}
_MAILPOET = {
    "subscribed": Status.ACTIVE,
    "unconfirmed": Status.PENDING,
    "inactive": Status.PAUSED,  # has opened nothing for long, and is not mailed until they do
    "unsubscribed": Status.UNSUBSCRIBED,
    "bounced": Status.BOUNCED,
}

FORMATS = (
    # "Export Audience": columns of the audience, then these in capitals; UNSUB_… and CLEAN_… only
    # in the files of those. Seen alike in exports from 2013 to 2026 that others published.
    Format(
        name="Mailchimp",
        marks=_marks("email_address leid", "email_address optin_time", "member_rating leid"),
        ours={
            "email_address": EMAIL,
            "email": EMAIL,  # for whom the audience's first column was renamed
            "name": NAME,
            "full_name": NAME,
            "first_name": FIRST_NAME,
            "last_name": LAST_NAME,
            "confirm_time": CONSENT_AT,
            "optin_time": CONSENT_AT,
            "timezone": TIMEZONE,
            "cc": COUNTRY,
            "tags": TAGS,
        },
        statuses={
            "unsub_time": {ANY: Status.UNSUBSCRIBED},
            "clean_time": {ANY: Status.BOUNCED},
        },
        private=_words(
            "member_rating optin_ip confirm_ip latitude longitude gmtoff dstoff region "
            "last_changed leid euid notes unsub_campaign_title unsub_campaign_id unsub_reason "
            "unsub_reason_other clean_campaign_title clean_campaign_id"
        ),
    ),
    # mailpoet/lib/Subscribers/ImportExport: a row for each list of a reader; quotes inside a cell
    # are escaped by a backslash. Names of columns are translated with the site: English is read.
    Format(
        name="MailPoet",
        marks=_marks("email global_status", "email list_status", "email subscription_time list"),
        ours={
            "email": EMAIL,
            "first_name": FIRST_NAME,
            "last_name": LAST_NAME,
            "confirmation_time": CONSENT_AT,
            "subscription_time": CONSENT_AT,
            "list": TAGS,
        },
        statuses={"global_status": _MAILPOET, "list_status": _MAILPOET},
        private=("subscription_ip", "confirmation_ip"),
        tag_prefixes={"list": "list:"},
        escape="\\",
        repeats=True,
    ),
    # listmonk, cmd/subscribers.go: uuid,email,name,attributes,status,created_at,updated_at. It does
    # not say of which list somebody has left; blocklisted means of all of them.
    Format(
        name="listmonk",
        marks=_marks("uuid email attributes status"),
        ours={"email": EMAIL, "name": NAME, "attributes": JSON, "created_at": CONSENT_AT},
        statuses={
            "status": {
                "enabled": Status.ACTIVE,
                "disabled": Status.UNSUBSCRIBED,
                "blocklisted": Status.UNSUBSCRIBED,
            }
        },
        private=("uuid", "updated_at"),
    ),
    # Ghost, its tests of the members' exporter: id,email,name,note,subscribed_to_emails,
    # complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers (before 2022:
    # products), later gift_id and custom_fields.…
    Format(
        name="Ghost",
        marks=_marks("email subscribed_to_emails"),
        ours={
            "email": EMAIL,
            "name": NAME,
            "created_at": CONSENT_AT,
            "labels": TAGS,
            "tiers": TAGS,
            "products": TAGS,
        },
        statuses={
            "subscribed_to_emails": {**_YES, **dict.fromkeys(_NO, Status.UNSUBSCRIBED)},
            "deleted_at": {ANY: Status.UNSUBSCRIBED},
        },
        private=("id", "note", "complimentary_plan", "stripe_customer_id", "gift_id"),
        tag_prefixes={"tiers": "tier:", "products": "tier:"},
    ),
    # Substack, email_list.*.csv of its export: email,active_subscription,expiry,plan,
    # email_disabled,created_at,first_payment_at. Who does not pay is a reader all the same.
    Format(
        name="Substack",
        marks=_marks("email active_subscription", "email email_disabled"),
        ours={"email": EMAIL, "name": NAME, "created_at": CONSENT_AT},
        statuses={"email_disabled": {**_NO, **dict.fromkeys(_YES, Status.UNSUBSCRIBED)}},
        private=("expiry", "first_payment_at"),
    ),
    # Substack's dashboard, "Export" on the page of subscribers: Email,Name,Type,Stripe plan,Start
    # date,… and figures of what each one opened. It has only those who get mail.
    Format(
        name="Substack",
        marks=_marks("email start_date stripe_plan", "email start_date emails_received_6mo_"),
        ours={"email": EMAIL, "name": NAME, "start_date": CONSENT_AT, "country": COUNTRY},
        private=_words(
            "cancel_date paid_upgrade_date bestseller num_emails_opened activity revenue "
            "first_payment_date expiration_date last_email_open last_clicked_at links_clicked "
            "emails_received_6mo_ emails_dropped_6mo_ emails_opened_6mo_ emails_opened_7d_ "
            "emails_opened_30d_ post_views post_views_30d_ post_views_7d_ unique_posts_seen "
            "comments comments_30d_ shares shares_30d_ days_active_30d_ subscriptions_gifted"
        ),
    ),
    # Keila, its tests of the export: Email,First name,Last name,Data,Status, later External ID.
    Format(
        name="Keila",
        marks=_marks("email first_name last_name data status"),
        ours={"email": EMAIL, "first_name": FIRST_NAME, "last_name": LAST_NAME, "data": JSON},
        statuses={
            "status": {
                "active": Status.ACTIVE,
                "unsubscribed": Status.UNSUBSCRIBED,
                "unreachable": Status.BOUNCED,
            }
        },
        private=("external_id",),
    ),
)

# How Mailchimp names the files of its ZIP: subscribed_members_export_1f2e3d.csv, in newer ones
# subscribed_email_audience_export_…. In that file everybody has this status; None: never asked for
# mail ("non-subscribed" bought something, or only gave an address).
_PARTS: tuple[tuple[str, Status | None], ...] = (
    ("subscribed_", Status.ACTIVE),
    ("unsubscribed_", Status.UNSUBSCRIBED),
    ("cleaned_", Status.BOUNCED),  # hard bounces, and soft ones too often
    ("nonsubscribed_", None),
)


def part_status(filename: str) -> tuple[bool, Status | None]:
    """Whether the file's name is one of Mailchimp's, and the status that it gives everybody."""
    for beginning, status in _PARTS:
        if filename.startswith(beginning) and "_export" in filename:
            return True, status
    return False, Status.ACTIVE
