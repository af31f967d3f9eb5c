"""Projects with many readers and an edition that stands frozen: `newsletter send` sends it."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.model.specs import OnUnknown, SmtpSpec
from tests.journeys.project import NEWSLETTER, make_project, newsletter, newsletter_json, write_list

SLOT = "2026-11-22T07:00"
SEND = ("send", "daily", "--slot", SLOT)
_ROOT = Path(__file__).parents[2]
_HOST = "127.0.0.1"
_LEAD = "The council met through the night and agreed on the new bridge over the harbour. "
_DOMAINS = 20  # that the readers' addresses are spread over


@dataclass(frozen=True, slots=True)
class SendingProject:
    """A project on disk, whose edition goes to all of `readers`."""

    folder: Path
    database: str
    connections: int
    readers: tuple[str, ...]

    @property
    def number(self) -> int:
        """The number of its only edition with letters."""
        listed = newsletter_json(self.folder, "edition", "list")["editions"]
        (number,) = [each["id"] for each in listed if each["language"] == "en"]
        assert isinstance(number, int)
        return number

    def shown(self) -> dict[str, Any]:
        """The edition as `newsletter edition show` has it."""
        shown: dict[str, Any] = newsletter_json(self.folder, "edition", "show", str(self.number))
        return shown

    def run(self, *arguments: str) -> str:
        return newsletter(self.folder, *arguments).stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The program, started and left to run; SEND when nothing else is said. What it says goes
        into the project's folder: nobody has to read it for the program to go on."""
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                [*NEWSLETTER, *(arguments or SEND), "--project", str(self.folder)],
                stdout=said,
                stderr=said,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
            )

    def said(self) -> str:
        return (self.folder / "said.txt").read_text("utf-8", "replace")


def addresses(count: int) -> tuple[str, ...]:
    return tuple(f"reader{n}@domain{n % _DOMAINS}.example" for n in range(count))


def sending_project(
    folder: Path,
    *,
    readers: int,
    port: int,
    database: str,
    connections: int = 20,
    stories: int = 1,
    on_unknown: OnUnknown = OnUnknown.RESEND,
) -> SendingProject:
    """A project with so many readers in English that sends by SMTP to a loopback port, without a
    limit of pace: SEND composes, freezes and sends its edition of so many stories."""
    people = addresses(readers)
    make_project(
        folder,
        sources='[[sources]]\nname = "stories"\nkind = "folder"\npath = "stories"\n'
        'base_url = "https://example.com"\nfirst_run = "all"\n',
        smtp=SmtpSpec(kind="smtp", host=_HOST, port=port),
        database=database,
        digest=f'on_unknown = "{on_unknown}"\nmax_stories = {max(stories, 1)}\n'
        'max_age = "3650d"\ncheck = "warn"\n',
        readers={"en": people},
    )
    _set_transport(folder, connections)
    _write_stories(folder / "stories" / "en", stories)
    return SendingProject(folder, database, connections, people)


def freeze(project: SendingProject) -> None:
    """Compose the edition and freeze it: the next SEND only delivers.

    The list of readers is taken away once it is enrolled: nobody leaves by that, and no later run
    has to read it.
    """
    config = project.folder / "newsletter.toml"
    config.write_text(config.read_text("utf-8") + 'approve = "hold"\n', "utf-8")
    project.run(*SEND)
    write_list(project.folder, "en", ())
    project.run("edition", "approve", str(project.number))


def redirect(project: SendingProject, port: int) -> None:
    """From now on it sends to another port."""
    config = project.folder / "newsletter.toml"
    lines = config.read_text("utf-8").splitlines()
    changed = [f"port = {port}" if line.startswith("port = ") else line for line in lines]
    config.write_text("\n".join(changed) + "\n", "utf-8")


def _set_transport(folder: Path, connections: int) -> None:
    config = folder / "newsletter.toml"
    wanted = f'tls = "none"\nconnections = {connections}\nper_second = "unlimited"'
    config.write_text(config.read_text("utf-8").replace('tls = "none"', wanted), "utf-8")


def _write_stories(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        text = "\n\n".join(f"Part {n} of story {number}. {_LEAD * 4}" for n in range(5))
        (folder / f"story-{number:03}.md").write_text(
            f'---\ntitle: "Story {number} of the harbour and its bridge"\n'
            f"date: 2026-11-2{number % 2}T06:{number % 60:02}:00\nlang: en\n"
            f"summary: {_LEAD * 3}\n---\n\n{text}\n",
            "utf-8",
        )


def together(project: SendingProject, count: int, arguments: Sequence[str] = SEND) -> list[int]:
    """So many processes started at once; their exit codes once all have ended."""
    started = [project.start(*arguments) for _ in range(count)]
    return [each.wait() for each in started]
