"""Projects as operators have them, and the program run as they run it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newsletter.model.specs import SmtpSpec
from newsletter.subscribers.tokens import new_key_line

NEWSLETTER = (sys.executable, "-W", "error", "-m", "newsletter")


def make_project(
    folder: Path,
    *,
    sources: str,
    smtp: SmtpSpec | None = None,
    database: str = "sqlite:///newsletter.db",
    digest: str = "",
    readers: Mapping[str, Sequence[str]],
) -> Path:
    """A project of two languages with one digest "daily"; `digest` adds keys to it, `readers` are
    addresses by language."""
    (folder / "subscribers").mkdir(parents=True)
    (folder / "newsletter.key").write_text(new_key_line(), "utf-8")
    transport = (
        f'kind = "smtp"\nhost = "{smtp.host}"\nport = {smtp.port}\ntls = "none"'
        if smtp
        else 'kind = "maildir"'
    )
    (folder / "newsletter.toml").write_text(
        f"""
database = "{database}"
languages = ["en", "es"]
[publication]
name = {{en = "The Example", es = "El Ejemplo"}}
url = "https://example.com"
postal_address = "1 Example Street"
[sender]
address = "news@example.com"
name = {{en = "The Example", es = "El Ejemplo"}}
[public]
base_url = "https://news.example.com"
[transport]
{transport}
{sources}
[[digests]]
name = "daily"
title = {{en = "Morning edition", es = "Edición de la mañana"}}
schedule = "0 7 * * *"
timezone = "Europe/Madrid"
{digest}
""",
        "utf-8",
    )
    for language, addresses in readers.items():
        write_list(folder, language, addresses)
    return folder


def write_list(folder: Path, language: str, addresses: Sequence[str]) -> None:
    lines = ["email", *addresses]
    (folder / "subscribers" / f"{language}.csv").write_text("\n".join(lines), "utf-8")


def feed_sources(*urls: tuple[str, str]) -> str:
    return "".join(
        f'[[sources]]\nname = "site-{language}"\nkind = "feed"\nurl = "{url}"\n'
        'first_run = "all"\nallow_private = ["127.0.0.1/32"]\nrequest_pause = 0\n'
        for language, url in urls
    )


def newsletter(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in the project; fail with what it said when it does."""
    done = subprocess.run(
        [*NEWSLETTER, *arguments, "--project", str(project)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def newsletter_json(project: Path, *arguments: str) -> Any:
    return json.loads(newsletter(project, *arguments, "--json").stdout)
