"""Refreshes newsletter/checks/client_support.json from the npm package `caniemail`:

    python -m tests.tools.client_support                 # asks npm for the version named here
    python -m tests.tools.client_support caniemail.tgz   # or takes a package at hand

The same package makes the same file, byte for byte, a feature a line.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

VERSION = "2.0.2"
TARGET = Path(__file__).parents[2] / "newsletter" / "checks" / "client_support.json"
_DATA = "package/data/caniemail.json"
_LICENCE = "package/LICENSE"
_SOURCE = "Can I email (caniemail.com) by Tilt Studio, as packaged by npm's caniemail"


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(arguments[0]) if arguments else _packed(folder)
        data, licence = read_package(package)
    TARGET.write_text(as_text(data, licence), encoding="utf-8", newline="\n")


def _packed(folder: str) -> Path:
    subprocess.run(["npm", "pack", f"caniemail@{VERSION}"], cwd=folder, check=True)
    return next(Path(folder).glob("*.tgz"))


def read_package(package: Path) -> tuple[Mapping[str, Any], str]:
    """The data and the licence in a package."""
    with tarfile.open(package) as archive:
        return json.loads(_member(archive, _DATA)), _member(archive, _LICENCE)


def _member(archive: tarfile.TarFile, name: str) -> str:
    found = archive.extractfile(name)
    assert found is not None
    return found.read().decode("utf-8")


def as_text(data: Mapping[str, Any], licence: str) -> str:
    """Our file: what concerns nobody here (notes, links, dates of tests) is left out."""
    return "{\n" + ",\n".join(_lines(data, licence)) + "\n}\n"


def _lines(data: Mapping[str, Any], licence: str) -> Iterator[str]:
    yield f'"source": {_json(_SOURCE + ", " + str(data["last_update_date"])[:10])}'
    yield f'"notice": {_json(licence.strip())}'
    yield f'"families": {_json(dict(sorted(data["nicenames"]["family"].items())))}'
    yield f'"platforms": {_json(dict(sorted(data["nicenames"]["platform"].items())))}'
    features = sorted(data["data"], key=lambda feature: str(feature["slug"]))
    lines = [f"{_json(feature['slug'])}: {_json(_feature(feature))}" for feature in features]
    yield '"features": {\n' + ",\n".join(lines) + "\n}"


def _feature(feature: Mapping[str, Any]) -> dict[str, object]:
    return {
        "title": feature["title"],
        "category": feature["category"],
        "stats": {
            family: {
                platform: {each: _mark(versions[each]) for each in _oldest_first(versions)}
                for platform, versions in sorted(platforms.items())
            }
            for family, platforms in sorted(feature["stats"].items())
        },
    }


def _mark(support: str) -> str:
    """y, n, a (partly), u (unknown); "+" for one with a footnote, "y #1"."""
    return support[:1] + "+" * ("#" in support and support[:1] in "yn")


def _oldest_first(versions: Mapping[str, str]) -> list[str]:
    """As the source has them where they are numbers (no rule sorts "2016", "2019-10", "16.80");
    months are sorted, since some were added later in front."""
    months = all(re.fullmatch(r"\d{4}-\d\d", version) for version in versions)
    return sorted(versions) if months else list(versions)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1:])
