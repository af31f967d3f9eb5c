"""Values that must keep to a form: right ones are taken, others are named with their key."""

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import ConfigError
from newsletter.config.settings import _known_keys
from tests.config.written import DIGEST, FEED, PAGES, SMTP, faults, settings, smtp

FOLDER = '[[sources]]\nname = "f"\nkind = "folder"\npath = "articles"\n'
REST, PUBLIC = SMTP.replace("[public]", "|[public]").split("|")
TABLES = {
    "sources.feed": FEED,
    "sources.pages": PAGES,
    "sources.folder": FOLDER,
    "digests": DIGEST,
    "digests.sender.*": DIGEST + '[digests.sender]\naddress = "a@example.com"\n',
    "transport.smtp": PUBLIC + REST,  # its last table is the one that is changed
    "transport.maildir": '[transport]\nkind = "maildir"\n',
    "public": "[public]\n",
    "privacy": "[privacy]\n",
}
KEYS = [(table, key) for table, keys in _known_keys().items() if table in TABLES for key in keys]
# fmt: off
VALUES = [
    '""', '"x"', "5", "-5", "1.5", "nan", "inf", "true", "[]", "{}", '["x"]', "[5]", "[[]]",
    '[["10.0.0.0", 8]]', "[{}]", '{en = "x"}', "{a = {b = [1]}}", "2026-01-01", "07:00:00",
    '"\\u0000"', '"a\\nb"', '"../.."', '"http://["', '"http://x:99999999"', '"veto 0m"', '"é@é"',
    '"latest 99999999999999999999"', '"since x"', "99999999999999999999999",
]
# fmt: on


def with_key(table: str, key: str, value: str) -> str:
    """The table with this key alone changed."""
    lines = TABLES[table].splitlines()
    at = max(n for n, line in enumerate(lines) if line.startswith("["))
    kept = lines[: at + 1] + [each for each in lines[at + 1 :] if each.partition(" ")[0] != key]
    return "\n".join([*kept, f"{key} = {value}", ""])


@given(st.sampled_from(KEYS), st.sampled_from(VALUES))
@hypothesis.settings(deadline=None, max_examples=300)
def test_whatever_a_key_says_it_is_a_setting_or_a_fault_that_names_the_key(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, str], value: str
) -> None:
    with suppress(ConfigError):
        settings(tmp_path_factory.getbasetemp(), with_key(*place, value))
        return
    told = faults(tmp_path_factory.getbasetemp(), with_key(*place, value))
    assert any(place[1] in fault for fault in told), told


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[privacy]\nreplies = "for ever"\n', "privacy.replies"),
        ("[privacy]\nevents = 90\n", "privacy.events"),
        ('[privacy]\npending = "6d"\n', "privacy.pending"),
        ('[public]\nlisten = ""\n', "public.listen"),
        ('[public]\nlisten = ":8000"\n', "public.listen"),
        ('[public]\nlisten = "localhost:65536"\n', "public.listen"),
        ('[public]\nlisten = "::1:8000"\n', "public.listen"),
        ('[public]\nlisten = "http://localhost:80"\n', "public.listen"),
        ('[public]\nbase_url = "https://example.com:99999"\n', "public.base_url"),
        ('[public]\nallow_origins = ["*"]\n', "public.allow_origins"),
        ('[public]\nallow_origins = ["https://a.example/path"]\n', "public.allow_origins"),
        ('[public]\nallow_origins = ["a.example"]\n', "public.allow_origins"),
        ('[public]\ntrusted_proxies = ["proxy"]\n', "public.trusted_proxies"),
        (FEED + 'allow_private = ["10.0.0.5/33"]\n', "sources[1].allow_private"),
        (FEED + 'allow_private = ["10.0.0.0/8", "intranet"]\n', "sources[1].allow_private"),
        (FEED + 'allow_private = "10.0.0.0/8"\n', "sources[1].allow_private"),
        (FEED + "request_pause = -1\n", "sources[1].request_pause"),
        (FEED + "request_pause = 61\n", "sources[1].request_pause"),
        (FEED + "request_pause = nan\n", "sources[1].request_pause"),
        (FEED + 'request_pause = "long"\n', "sources[1].request_pause"),
        (FEED + 'user_agent = ""\n', "sources[1].user_agent"),
        (FEED + 'user_agent = "Ñ"\n', "sources[1].user_agent"),
        (FEED + 'user_agent = "a\\r\\nHost: b"\n', "sources[1].user_agent"),
        (FOLDER.replace('"articles"', '""'), "sources[1].path"),
        (DIGEST + 'sender = {address = ""}\n', "digests[1].sender.address"),
        (DIGEST + 'audience = "tag = vip"\n', "digests[1].audience"),
        (smtp("").replace("smtp.example.com", ""), "transport.host"),
        (smtp("").replace("smtp.example.com", "smtp://example.com"), "transport.host"),
        (smtp('password_file = ""'), "transport.password_file"),
        (smtp('password_file = "\\u0000"'), "transport.password_file"),
    ],
)
def test_a_value_that_could_not_be_used_is_refused_at_once(
    tmp_path: Path, text: str, key: str
) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.startswith(f"newsletter.toml: {key}: expected ")


def test_a_segment_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, DIGEST + "audience = 'tag = \"vip\" and'\n")
    assert "a segment such as 'tag = \"vip\"' (character 16: expected tag, section" in fault


def test_a_newsletter_without_a_sender_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, NEWSLETTER_SENDER__ADDRESS="")
    assert "NEWSLETTER_SENDER__ADDRESS: sender.address: expected a mail address" in fault


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "[::1]:8000", "localhost:0", "my_host:8000"])
def test_a_host_and_a_port_are_where_to_listen(tmp_path: Path, listen: str) -> None:
    assert settings(tmp_path, NEWSLETTER_PUBLIC__LISTEN=listen).public.listen == listen


@pytest.mark.parametrize("network", ["10.0.0.5", "10.0.0.5/8", "fd00::/8", "127.0.0.1/32"])
def test_a_network_may_be_one_address_or_named_by_any_of_its_own(
    tmp_path: Path, network: str
) -> None:
    (source,) = settings(tmp_path, FEED + f'allow_private = ["{network}"]\n').sources
    assert source.allow_private == (network,)


def test_the_example_values_are_toml() -> None:
    read: list[Any] = [tomllib.loads(f"value = {value}")["value"] for value in VALUES]
    assert len(read) == len(VALUES)


def test_a_time_may_be_years(tmp_path: Path) -> None:
    kept = settings(tmp_path, '[privacy]\nevents = "5y"\n').privacy
    assert (kept.events.days, kept.pending.days) == (5 * 365, 30)
