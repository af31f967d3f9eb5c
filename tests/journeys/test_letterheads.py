"""What a letter says of its sender and where its links lead, in a whole project."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from newsletter.app import open_app
from tests.journeys.project import make_project

SOURCES = """[[sources]]
name = "articles"
kind = "folder"
path = "articles"
base_url = "https://example.com"
first_run = "all"
"""
TEXT = "---\ntitle: The harbour {0}\ndate: 2026-11-21\n---\nThe ferries wait for the wind again.\n"


def letters(folder: Path, digest: str) -> dict[str, EmailMessage]:
    """The next letter of every language as it would be sent; `digest` are lines of its table."""
    make_project(folder, sources=SOURCES, digest=digest, readers={})
    for language in ("en", "es"):
        article = folder / "articles" / language / "harbour.md"
        article.parent.mkdir(parents=True)
        article.write_text(TEXT.format(language), "utf-8")
    with open_app(folder) as app:
        app.newsroom.collect()
        made = {proof.language: app.editions.specimen(proof) for proof in app.editions.proofs()}
    return {
        language: message_from_bytes(each.content, policy=policy.default)
        for language, each in made.items()
        if each
    }


def headers(folder: Path, digest: str, name: str) -> dict[str, str | None]:
    return {language: made[name] for language, made in letters(folder, digest).items()}


def test_a_digest_has_a_sender_of_its_own(tmp_path: Path) -> None:
    digest = 'sender = {address = "brief@example.com", name = {en = "Brief", es = "Breve"}}'
    assert headers(tmp_path, digest, "From") == {
        "en": "Brief <brief@example.com>",
        "es": "Breve <brief@example.com>",
    }


def test_a_language_has_a_sender_of_its_own_and_the_others_the_project_s(tmp_path: Path) -> None:
    digest = 'sender = {es = {address = "diario@example.net", name = "El Diario"}}'
    made = letters(tmp_path, digest)
    assert made["es"]["From"] == "El Diario <diario@example.net>"
    assert made["en"]["From"] == "The Example <news@example.com>"
    assert made["es"]["Message-ID"].endswith("@example.net>")


def test_answers_go_where_the_language_says_or_to_the_sender(tmp_path: Path) -> None:
    digest = 'reply_to = {es = "redaccion@example.com"}'
    assert headers(tmp_path, digest, "Reply-To") == {"en": None, "es": "redaccion@example.com"}


def test_one_address_for_answers_serves_all_languages(tmp_path: Path) -> None:
    found = headers(tmp_path, 'reply_to = "desk@example.com"', "Reply-To")
    assert found == {"en": "desk@example.com", "es": "desk@example.com"}


def test_links_to_the_publisher_carry_the_digest_s_parameters(tmp_path: Path) -> None:
    made = letters(tmp_path, 'link_parameters = {utm_source = "newsletter", utm_term = "a b"}')
    text = made["es"].get_body(("plain",))
    assert text is not None
    tagged = "?utm_source=newsletter&utm_term=a%20b"
    assert f"https://example.com/es/harbour{tagged}" in text.get_content()
    assert f"/u/preview{tagged}" not in text.get_content()
