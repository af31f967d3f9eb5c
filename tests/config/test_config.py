"""Configuration: complete and right, or every fault at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.config import ConfigError, Settings, load
from newsletter.model.specs import Approval, FeedSpec, MaildirSpec, SmtpSpec

LEAST = """
languages = ["en", "es"]
[publication]
name = {en = "The Example", es = "El Ejemplo"}
url = "https://example.com"
[sender]
address = "news@example.com"
"""
SMTP = """
[transport]
kind = "smtp"
host = "smtp.example.com"
username = "news"
per_second = 50
[public]
base_url = "https://news.example.com"
"""
DIGEST = '[[digests]]\nname = "daily"\nschedule = "0 7 * * *"\n'
FEED = '[[sources]]\nname = "site"\nkind = "feed"\nurl = "https://example.com/feed"\n'


def settings(folder: Path, text: str = "", **environ: str) -> Settings:
    (folder / "newsletter.toml").write_text(LEAST + text, "utf-8")
    return load(folder, environ)


def faults(folder: Path, text: str = "", **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        settings(folder, text, **environ)
    return str(error.value).splitlines()


def test_what_is_left_out_has_the_defaults_of_the_documentation(tmp_path: Path) -> None:
    found = settings(tmp_path, FEED + DIGEST)
    assert found.database == f"sqlite:///{tmp_path / 'newsletter.db'}"
    assert found.transport == MaildirSpec(path=tmp_path / "outbox")
    (digest,), (source,) = found.digests, found.sources
    assert isinstance(source, FeedSpec)
    assert (source.first_run, source.timezone) == ("baseline", "UTC")
    assert (digest.min_stories, digest.max_stories, digest.carry_over) == (1, 12, False)
    assert (digest.max_age, digest.late) == (None, timedelta(hours=6))
    assert (digest.fallback, digest.images, digest.on_unknown) == ("leave_out", "link", "resend")
    assert (digest.languages, digest.approve) == (("en", "es"), Approval(needed=False))


def test_durations_and_approvals_are_written_as_people_say_them(tmp_path: Path) -> None:
    text = DIGEST + 'max_age = "2d"\nlate = "90m"\napprove = "veto 30m"\n'
    (digest,) = settings(tmp_path, text).digests
    assert (digest.max_age, digest.late) == (timedelta(days=2), timedelta(minutes=90))
    assert digest.approve == Approval(needed=True, veto=timedelta(minutes=30))


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
        "digests[1].max_stories": "integer",
    }
    for key, words in expected.items():
        assert any(f" {key}: " in line and words in line for line in found), (key, found)
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMTP.replace("per_second = 50\n", ""), "transport.per_second: expected"),
        (SMTP.replace("https://news", "http://news"), "public.base_url: expected an https://"),
        (DIGEST + 'sources = ["x"]\n', "digests[1].sources: 'x' is no source"),
        (DIGEST + 'languages = ["fr"]\n', "digests[1].languages: 'fr' is not among"),
        (DIGEST + DIGEST, "digests[2].name: expected a name of its own"),
        (DIGEST + "min_stories = 13\n", "digests[1].min_stories: expected"),
        (DIGEST + 'images = "shrink"\n', "digests[1].images"),
        (DIGEST + 'fallback = "wait"\n', "digests[1].fallback"),
        (FEED.replace("feed\n", "fed\n").replace('"feed"', '"fed"'), "sources[1].kind: expected"),
        (FEED.replace("https:", "gopher:"), "sources[1].url: expected an http:// or https://"),
        (FEED + 'first_run = "some"\n', "sources[1].first_run: expected"),
        (FEED + 'allow_private = ["10.0.0.5/33"]\n', "sources[1].allow_private: expected"),
        ('[public]\nlisten = "8000"\n', "public.listen: expected"),
        ('datbase = "x"\n[x]\n', "x: no such key"),
    ],
)
def test_each_contradiction_is_named(tmp_path: Path, text: str, words: str) -> None:
    found = faults(tmp_path, text)
    assert any(words in line for line in found), found


def test_on_this_machine_smtp_needs_neither_pace_nor_https(tmp_path: Path) -> None:
    found = settings(tmp_path, '[transport]\nkind = "smtp"\nhost = "127.0.0.1"\ntls = "none"\n')
    assert isinstance(found.transport, SmtpSpec)


def test_a_whole_number_is_a_rate(tmp_path: Path) -> None:
    transport = settings(tmp_path, SMTP).transport
    assert isinstance(transport, SmtpSpec)
    assert transport.per_second == 50.0
    assert isinstance(transport.per_second, float)


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        SMTP,
        NEWSLETTER_TRANSPORT__PORT="2525",
        NEWSLETTER_TRANSPORT__PASSWORD="[from the environment]",
        NEWSLETTER_LANGUAGES='["es"]',
    )
    assert isinstance(found.transport, SmtpSpec)
    assert (found.transport.port, found.languages) == (2525, ("es",))
    assert found.transport.password == "[from the environment]"


def test_a_misspelt_variable_is_a_fault_that_names_the_variable(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SMTP, NEWSLETTER_TRANSPORT__PASWORD="x")
    assert fault.startswith("environment NEWSLETTER_TRANSPORT__PASWORD: transport.pasword")
    (fault,) = faults(tmp_path, NEWSLETTER_TRANPORT__PASSWORD="x")
    assert "environment NEWSLETTER_TRANPORT__PASSWORD" in fault


def test_variables_of_the_test_suite_and_of_others_are_none_of_its_business(tmp_path: Path) -> None:
    settings(tmp_path, NEWSLETTER_TEST_REQUIRE="browser", NEWSLETTERS="x", HOME="/")


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", "utf-8")
    found = settings(tmp_path, SMTP.replace("[public]", 'password_file = "secret"\n[public]'))
    assert isinstance(found.transport, SmtpSpec)
    assert found.transport.password == "hush"


def test_a_password_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SMTP.replace("[public]", 'password_file = "secret"\n[public]'))
    assert "transport.password_file: cannot be read" in fault


@pytest.mark.parametrize(
    "text",
    [
        SMTP.replace("[public]", 'password = ["planted"]\n[public]'),
        SMTP.replace("[public]", 'password = "planted"\nprot = 1\n[public]'),
        SMTP.replace("[public]", 'pasword = "planted"\n[public]'),
        'database = "mysql://user:planted@host/name"\n',
    ],
)
def test_no_message_repeats_a_secret(tmp_path: Path, text: str) -> None:
    (tmp_path / "newsletter.toml").write_text(text + LEAST if "://user" in text else LEAST + text)
    with pytest.raises(ConfigError) as error:
        load(tmp_path, {})
    assert "planted" not in str(error.value)


def test_no_settings_show_a_secret(tmp_path: Path) -> None:
    found = settings(tmp_path, SMTP, NEWSLETTER_TRANSPORT__PASSWORD="planted")
    assert "planted" not in repr(found)


def test_without_a_file_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no newsletter.toml.*newsletter init"):
        load(tmp_path, {})


def test_a_file_that_is_not_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text("languages = [", "utf-8")
    with pytest.raises(ConfigError, match=r"newsletter.toml: not TOML: .*value"):
        load(tmp_path, {})
