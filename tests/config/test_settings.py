"""Configuration: complete and right, or every fault at once."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from newsletter.config import ConfigError, is_loopback, load
from newsletter.model.specs import (
    LEAVE_OUT,
    Approval,
    Choice,
    Fallback,
    FeedSpec,
    MaildirSpec,
    SmtpSpec,
    WarmUp,
    Window,
)
from tests.config.written import DIGEST, FEED, LEAST, PAGES, SMTP, faults, settings, smtp


def test_what_is_left_out_has_the_defaults_of_the_documentation(tmp_path: Path) -> None:
    found = settings(tmp_path, FEED + DIGEST)
    assert found.database == f"sqlite:///{tmp_path / 'newsletter.db'}"
    assert found.transport == MaildirSpec(path=tmp_path / "outbox")
    (digest,), (source,) = found.digests, found.sources
    assert isinstance(source, FeedSpec)
    assert (source.first_run, source.timezone) == ("baseline", "UTC")
    assert (digest.min_stories, digest.max_stories, digest.carry_over) == (1, 12, False)
    assert (digest.max_age, digest.late) == (None, timedelta(hours=6))
    assert (digest.fallback, digest.images, digest.on_unknown) == (LEAVE_OUT, "link", "resend")
    assert (digest.languages, digest.approve) == (("en", "es"), Approval(needed=False))


def test_durations_and_approvals_are_written_as_people_say_them(tmp_path: Path) -> None:
    text = DIGEST + 'max_age = "2d"\nlate = "90m"\napprove = "veto 30m"\n'
    (digest,) = settings(tmp_path, text).digests
    assert (digest.max_age, digest.late) == (timedelta(days=2), timedelta(minutes=90))
    assert digest.approve == Approval(needed=True, veto=timedelta(minutes=30))


def test_a_digest_is_told_apart_by_pictures_links_and_senders(tmp_path: Path) -> None:
    text = 'images = "resize"\nlink_parameters = {utm_source = "mail", empty = ""}\n'
    senders = 'sender = {es = {address = "diario@ñandú.example", bounces = "b@example.com"}}\n'
    found = settings(tmp_path, DIGEST + text + senders)
    (digest,) = found.digests
    assert digest.images == "resize"
    assert digest.link_parameters == {"utm_source": "mail", "empty": ""}
    spanish = digest.sender_in("es-MX", found.sender)
    assert (spanish.address, spanish.bounces) == ("diario@xn--and-6ma2c.example", "b@example.com")
    assert digest.sender_in("en", found.sender) == found.sender


@pytest.mark.parametrize("senders", ["{X}", "{es = {X}}"])
def test_a_sender_s_fault_hides_no_other(tmp_path: Path, senders: str) -> None:
    senders = senders.replace("X", 'nmae = 1, address = "a@example.com"')
    text = DIGEST + f'sender = {senders}\nlanguages = ["es", "fr"]\n'
    keys = {line.split(": ")[1] for line in faults(tmp_path, text)}
    table = "sender.es" if "es =" in senders else "sender"
    assert keys == {f"digests[1].{table}.nmae", "digests[1].languages"}


def test_every_fault_is_named_at_once_with_file_key_and_what_was_expected(tmp_path: Path) -> None:
    text = (
        '[transport]\nkind = "smtp"\nhots = "x"\n'
        '[[sources]]\nname = "a b"\nkind = "feed"\nulr = "x"\ntimezone = "Mars/Dust"\n'
        '[[digests]]\nname = "d"\nschedule = "0 7 * *"\nlate = "6"\napprove = "maybe"\n'
        'max_stories = "many"\n'
    )
    found = faults(tmp_path, text)
    assert all(line.startswith("newsletter.toml: ") for line in found)
    expected = {
        "transport.host": "expected, but missing",
        "transport.hots": "no such key; did you mean 'host'?",
        "sources[1].name": "letters, digits",
        "sources[1].url": "expected, but missing",
        "sources[1].ulr": "did you mean 'url'?",
        "sources[1].timezone": "such as \"Europe/Madrid\", found 'Mars/Dust'",
        "digests[1].schedule": 'a cron line such as "0 7 * * *"',
        "digests[1].late": '"30m", "48h" or "7d", found \'6\'',
        "digests[1].approve": '"automatic", "hold" or "veto 30m"',
        "digests[1].max_stories": "expected a whole number, found 'many'",
    }
    for key, words in expected.items():
        assert any(f" {key}: " in line and words in line for line in found), (key, found)
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMTP.replace("per_second = 50\n", ""), "transport.per_second: expected"),
        (SMTP.replace('"smtp.', '"127.0.0.1.').replace("per_", "#"), "transport.per_second"),
        (SMTP.replace("https://news", "http://news"), "public.base_url: expected an https://"),
        (DIGEST + 'sources = ["x"]\n', "digests[1].sources: 'x' is no source"),
        (DIGEST + 'languages = ["fr"]\n', "digests[1].languages: 'fr' is not among"),
        (DIGEST + DIGEST, "digests[2].name: expected another: 'daily' is there already"),
        (DIGEST + "min_stories = 13\n", "digests[1].min_stories: expected"),
        (DIGEST + 'images = "shrink"\n', "digests[1].images"),
        (DIGEST + 'fallback = "wait"\n', "digests[1].fallback"),
        (DIGEST + 'fallback = "wait soon then original"\n', "digests[1].fallback: expected a dur"),
        (DIGEST + 'include = {tag = ["x"]}\n', "digests[1].include.tag: no such key; did you"),
        (DIGEST + 'include = {sources = ["x"]}\n', "digests[1].include.sources: 'x' is no source"),
        (
            DIGEST + 'exclude = {languages = ["English"]}\n',
            "digests[1].exclude.languages: expected",
        ),
        (FEED.replace("feed\n", "fed\n").replace('"feed"', '"fed"'), "sources[1].kind: expected"),
        (FEED.replace("https:", "gopher:"), "sources[1].url: expected an http:// or https://"),
        (FEED + 'first_run = "some"\n', "sources[1].first_run: expected"),
        (FEED + 'allow_private = ["10.0.0.5/33"]\n', "sources[1].allow_private: expected"),
        ('[public]\nlisten = "8000"\n', "public.listen: expected"),
        ('[public]\nbase_url = "news.example.com"\n', "public.base_url: expected an http"),
        ('[public]\nbase_url = "https://["\n', "public.base_url: expected an http"),
        (PAGES.replace("https:", "ftp:"), "sources[1].urls: expected an http:// or https://"),
        (FEED + 'language = "English"\n', "sources[1].language: expected a language"),
        (FEED + FEED, "sources[2].name: expected another: 'site' is there already"),
        (FEED.replace('"site"', '"a/b"'), "sources[1].name: expected a name of letters"),
        (FEED.replace("feed", "folder", 1), "sources[1].path: expected, but missing"),
        (DIGEST + 'reply_to = {es = "nobody"}\n', "digests[1].reply_to: expected a mail address"),
        (DIGEST + 'sender = {address = "a@b"}\n', "digests[1].sender.address: expected a mail"),
        (DIGEST + 'sender = {adress = "a@b"}\n', "digests[1].sender.adress: no such key; did you"),
        (DIGEST + 'sender = {name = "x"}\n', "digests[1].sender.address: expected, but missing"),
        (DIGEST + "sender = {}\n", "digests[1].sender.address: expected, but missing"),
        (DIGEST + 'sender = {address = "a@example.com", name = {en = 5}}\n', "sender.name.en: exp"),
        (DIGEST + 'sender = {es = {address = "a@b"}}\n', "digests[1].sender.es.address: expected"),
        (
            DIGEST + 'sender = {es = {adress = "x"}}\n',
            "digests[1].sender.es.adress: no such key; d",
        ),
        (DIGEST + 'sender = {es = "a@example.com"}\n', "digests[1].sender.es: expected a table"),
        (DIGEST + 'sender = "a@example.com"\n', "digests[1].sender: expected a table, found"),
        (
            DIGEST + 'sender = {fr = {address = "a@example.com"}}\n',
            "sender.fr: expected one of the",
        ),
        (DIGEST + 'reply_to = {fr = "a@example.com"}\n', "digests[1].reply_to.fr: expected one of"),
        (DIGEST + 'link_parameters = "utm"\n', "digests[1].link_parameters: expected a table"),
        (DIGEST + "link_parameters = {v = 1}\n", "digests[1].link_parameters.v: expected a text"),
        (
            DIGEST + 'link_parameters = {"a b" = "c"}\n',
            "digests[1].link_parameters: expected names",
        ),
        (DIGEST + 'max_age = "99999999999d"\n', "digests[1].max_age: expected a duration"),
        (DIGEST + 'late = "0m"\n', "digests[1].late: expected a duration"),
        (DIGEST + 'approve = "veto soon"\n', "digests[1].approve: expected a duration"),
        (DIGEST + "subject = 3\n", "digests[1].subject: expected a text or a table, found 3"),
        (SMTP.replace("= 50", "= 0"), "transport.per_second: expected a number above 0"),
        (SMTP.replace("= 50", "= nan"), "transport.per_second: expected a number above 0"),
        (SMTP.replace("= 50", '= "fast"'), "per_second: expected a number or 'unlimited', found"),
        (smtp('per_domain = {"a.example" = 0}'), "transport.per_domain.a.example: expected"),
        (smtp("warm_up = {first_day = 0}"), "transport.warm_up.first_day: expected a number of"),
        (smtp("warm_up = {growth = 1.0}"), "transport.warm_up.growth: expected a number above 1"),
        (smtp("warm_up = {growth = inf}"), "transport.warm_up.growth: expected a number above 1"),
        (smtp("warm_up = {until = 10}"), "transport.warm_up.until: expected a number of letters"),
        (smtp("warm_up = {frist_day = 9}"), "warm_up.frist_day: no such key; did you mean 'first"),
        (smtp("warm_up = 200"), "transport.warm_up: expected a table"),
        (DIGEST + 'window = "6am"\n', "digests[1].window: expected two different times of day su"),
        (smtp("port = 99999"), "transport.port: expected a number from 1 to 65535"),
        (smtp("connections = 0"), "transport.connections: expected a number from 1 to 100"),
        (smtp('password = "x"').replace("username", "#"), "transport.username: expected"),
        ('[transport]\nkind = "maildir"\nhost = "x"\n', "transport.host: no such key; there are"),
        ("[x]\n", "x: no such key"),
    ],
)
def test_each_contradiction_is_named(tmp_path: Path, text: str, words: str) -> None:
    found = faults(tmp_path, text)
    assert any(words in line for line in found), found


def test_on_this_machine_smtp_needs_neither_pace_nor_https(tmp_path: Path) -> None:
    found = settings(tmp_path, '[transport]\nkind = "smtp"\nhost = "127.0.0.1"\ntls = "none"\n')
    assert isinstance(found.transport, SmtpSpec)


def test_a_plan_for_a_new_sender_and_the_hours_of_a_digest_are_read(tmp_path: Path) -> None:
    table = "[transport.warm_up]\nfirst_day = 50\n"
    found = settings(tmp_path, SMTP + table + DIGEST + 'window = "6-22"\n')
    assert isinstance(found.transport, SmtpSpec)
    assert found.transport.warm_up == WarmUp(first_day=50, growth=1.5, until=50_000)
    assert found.digests[0].window == Window(time(6), time(22))


def test_a_whole_number_is_a_rate(tmp_path: Path) -> None:
    transport = settings(tmp_path, SMTP).transport
    assert isinstance(transport, SmtpSpec)
    assert transport.per_second == 50.0
    assert isinstance(transport.per_second, float)


def test_a_misspelt_key_hides_no_contradiction(tmp_path: Path) -> None:
    text = SMTP.replace("per_second", "per_secnd") + DIGEST + "nmae = 1\n" + DIGEST
    found = faults(tmp_path, text.replace("https://news", "http://news"))
    keys = {line.split(": ")[1] for line in found}
    assert keys >= {"transport.per_secnd", "public.base_url", "digests[1].nmae", "digests[2].name"}


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("127.0.0.1.example.com", False),
        ("127.example.com", False),
        ("smtp.example.com", False),
        ("10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_this_machine_is_this_machine(host: str | None, here: bool) -> None:
    assert is_loopback(host) is here


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text(LEAST, "utf-8-sig")
    assert load(tmp_path, {}).languages == ("en", "es")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").mkdir()
    with pytest.raises(ConfigError, match=r"newsletter\.toml: cannot be read"):
        load(tmp_path, {})


def test_without_a_file_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no newsletter.toml.*newsletter init"):
        load(tmp_path, {})


def test_a_file_that_is_not_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text("languages = [", "utf-8")
    with pytest.raises(ConfigError, match=r"newsletter.toml: not TOML: .*value"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("leave_out", Fallback()),
        ("original", Fallback(original=True)),
        ("wait 6h then original", Fallback(original=True, wait=timedelta(hours=6))),
        ("wait 30m then leave_out", Fallback(wait=timedelta(minutes=30))),
    ],
)
def test_every_form_of_fallback_is_read(tmp_path: Path, written: str, meant: Fallback) -> None:
    (digest,) = settings(tmp_path, FEED + DIGEST + f'fallback = "{written}"\n').digests
    assert digest.fallback == meant


def test_what_a_digest_includes_and_excludes_is_read(tmp_path: Path) -> None:
    tables = '[digests.include]\nsections = ["World"]\n[digests.exclude]\ntags = ["ad"]\n'
    (digest,) = settings(tmp_path, FEED + DIGEST + tables).digests
    assert digest.include == Choice(sections=("World",))
    assert digest.exclude == Choice(tags=("ad",))
