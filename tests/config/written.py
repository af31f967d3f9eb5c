"""Configurations as people write them, the least that is needed and more."""

from pathlib import Path

import pytest

from newsletter.config import ConfigError, Settings, load

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
PAGES = '[[sources]]\nname = "p"\nkind = "pages"\nurls = ["https://example.com/a"]\n'
FEED = '[[sources]]\nname = "site"\nkind = "feed"\nurl = "https://example.com/feed"\n'


def smtp(line: str) -> str:
    """A mail server elsewhere, with one more line."""
    return SMTP.replace("[public]", f"{line}\n[public]")


def settings(folder: Path, text: str = "", **environ: str) -> Settings:
    (folder / "newsletter.toml").write_text(LEAST + text, "utf-8")
    return load(folder, environ)


def faults(folder: Path, text: str = "", **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        settings(folder, text, **environ)
    return str(error.value).splitlines()
