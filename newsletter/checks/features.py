"""What mail programs support, by feature: the facts of caniemail.com (client_support.json).

The file is made by `python -m tests.tools.client_support` and holds its own licence notice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import groupby

_FILE = "client_support.json"
_SHORT = {"desktop-webmail": "web", "mobile-webmail": "mobile web", "outlook-com": "outlook.com"}


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program on a platform in a version; `mark` is y(es), n(o), a (partly), u(nknown), or
    y+ and n+: yes and no with a footnote."""

    family: str
    platform: str
    version: str
    mark: str


@dataclass(frozen=True)  # without slots, where what is worked out once has its place
class Feature:
    """One feature of HTML or CSS, and every version of every program that it was tried in.

    `unsupported` and `partial` are percentages of all versions, each counted once: what Mailpit's
    HTML check calls so: a plain no, and whatever is neither a plain no nor a plain yes.
    """

    slug: str
    title: str
    clients: tuple[Client, ...]

    @cached_property
    def unsupported(self) -> float:
        return percentage(self.clients, {"n"})

    @cached_property
    def partial(self) -> float:
        return percentage(self.clients, {"a", "u", "y+", "n+"})

    @cached_property
    def latest(self) -> tuple[Client, ...]:
        """The newest version for each platform of a program; what is unknown is left out."""
        platforms = groupby(self.clients, key=lambda each: (each.family, each.platform))
        newest = (tuple(versions)[-1] for _, versions in platforms)
        return tuple(each for each in newest if each.mark != "u")

    @cached_property
    def latest_by_family(self) -> Mapping[str, tuple[Client, ...]]:
        """The same, by family."""
        families = groupby(self.latest, key=lambda each: each.family)
        return {family: tuple(clients) for family, clients in families}


def percentage(clients: tuple[Client, ...], marks: set[str]) -> float:
    """How many of the clients have one of the marks, in percent; 0 of none."""
    return 100 * sum(each.mark in marks for each in clients) / len(clients) if clients else 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """All features by slug, and the names of program families and platforms for people."""

    features: Mapping[str, Feature]
    families: Mapping[str, str]
    platforms: Mapping[str, str]

    def named(self, feature: Feature, clients: tuple[Client, ...]) -> tuple[str, ...]:
        """The clients by family: "Gmail" where all of its platforms are meant, else "Outlook
        (Windows, macOS)"."""
        tried = feature.latest
        families = dict.fromkeys(each.family for each in clients)
        return tuple(sorted(self._name(each, clients, tried) for each in families))

    def _name(self, family: str, clients: tuple[Client, ...], tried: tuple[Client, ...]) -> str:
        meant = [each.platform for each in clients if each.family == family]
        name = self.families.get(family, family)
        if len(meant) == sum(each.family == family for each in tried):
            return name
        return f"{name} ({', '.join(self._platform(each) for each in meant)})"

    def _platform(self, platform: str) -> str:
        return _SHORT.get(platform) or self.platforms.get(platform, platform)


@lru_cache(maxsize=1)
def facts() -> Facts:
    """The facts, read once."""
    data = json.loads((files(__package__) / _FILE).read_text("utf-8"))
    features = {slug: _feature(slug, entry) for slug, entry in data["features"].items()}
    return Facts(features, data["families"], data["platforms"])


def _feature(slug: str, entry: Mapping[str, object]) -> Feature:
    stats = entry["stats"]
    assert isinstance(stats, dict)
    clients = tuple(
        Client(family, platform, version, mark)
        for family, platforms in stats.items()
        for platform, versions in platforms.items()
        for version, mark in versions.items()
    )
    return Feature(slug, str(entry["title"]), clients)
