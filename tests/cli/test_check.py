"""`newsletter check`, as editors and scripts use it."""

import json
import socket
from pathlib import Path

import pytest

from tests.checks.mails import WORDS, page
from tests.cli.running import Done, Program
from tests.web.serving import new_project

LEAVE = '<a href="https://news.example/u">Unsubscribe</a>'
GOOD = page(f"<h1>News</h1><p>{WORDS}</p>{LEAVE}")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.html"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.html"
    path.write_text(GOOD.replace("<h1>", '\n<img src="x.png">\n<h1>'), "utf-8")
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("check") / "paper"


def test_a_mail_in_a_file_needs_no_project(newsletter: Program, good: Path) -> None:
    done = newsletter("check", good)
    assert done.code == 0
    assert done.out.startswith("good.html  ")
    assert "0 errors" in done.out


def test_an_error_is_told_with_its_line_and_ends_with_1(newsletter: Program, bad: Path) -> None:
    done = newsletter("check", bad)
    assert done.code == 1
    assert "error   x.png has no alt" in done.out
    assert "bad.html:2" in done.out


def test_programs_get_one_document(newsletter: Program, good: Path, bad: Path) -> None:
    done = newsletter("check", "--json", good, bad)
    assert done.code == 1
    first, second = done.json["mails"]
    assert set(first) == {"name", "score", "weighted", "families", "encoded_bytes", "findings"}
    assert (first["name"], first["encoded_bytes"]) == (
        "good.html",
        pytest.approx(len(GOOD), abs=40),
    )
    assert 80 < first["score"] <= 100
    assert first["families"]["Gmail"] >= 80
    assert second["findings"][0] == {
        "level": "error",
        "code": "image-alt",
        "message": "x.png has no alt: screen readers read its address out; say what it shows, or "
        'alt="" where it only adorns',
        "clients": [],
        "place": "bad.html:2",
        "count": 1,
    }


def test_a_message_is_checked_with_its_headers(newsletter: Program, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(b"Subject: Hello\nContent-Type: text/html\n\n" + GOOD.encode())
    done = newsletter("check", "--json", path)
    (mail,) = done.json["mails"]
    assert "header-missing" in [finding["code"] for finding in mail["findings"]]


def test_pictures_that_lie_beside_the_file_are_there(newsletter: Program, tmp_path: Path) -> None:
    path = tmp_path / "preview.html"
    picture = '<img src="{}" alt="x" width="9" height="9">'
    path.write_text(page(picture.format("large.jpg") + picture.format("gone.jpg")), "utf-8")
    (tmp_path / "large.jpg").write_bytes(bytes(400_000))
    (mail,) = newsletter("check", "--json", path).json["mails"]
    found = {each["code"]: each["message"] for each in mail["findings"]}
    assert "large.jpg" in found["image-heavy"]
    assert "gone.jpg" in found["image-relative"]


def test_what_is_no_file_is_wrong_usage(newsletter: Program, tmp_path: Path) -> None:
    assert newsletter("check", "no-such-layout").code == 2
    done = newsletter("check", tmp_path / "gone.html")
    assert (done.code, done.out) == (1, "")
    assert "gone.html" in done.err


def test_without_a_name_the_next_editions_are_checked(newsletter: Program, project: Path) -> None:
    assert newsletter("init", project).code == 0
    done = newsletter("check", "--project", project, "--json")
    mails = done.json["mails"]
    assert done.code == 0
    assert [mail["name"] for mail in mails] == ["daily.en", "daily.es"]
    assert all(mail["score"] > 95 for mail in mails)
    places = [finding["place"] or "" for mail in mails for finding in mail["findings"]]
    assert any(place.startswith("_parts/inline.css.j2:") for place in places)


def test_an_edition_without_a_letter_is_an_error(newsletter: Program, tmp_path: Path) -> None:
    assert newsletter("init", tmp_path / "paper").code == 0
    layout = tmp_path / "paper" / "layouts" / "digest" / "layout.mjml.j2"
    layout.write_text("<mjml>{{ nothing }}</mjml>", "utf-8")
    done = newsletter("check", "--project", tmp_path / "paper", "--json")
    assert done.code == 1
    assert {finding["code"] for mail in done.json["mails"] for finding in mail["findings"]} == {
        "no-letter"
    }


def test_online_never_reaches_into_this_machine(newsletter: Program, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/here"
        path = tmp_path / "links.html"
        path.write_text(page(f'<a href="{url}">The story</a>'), "utf-8")
        done = newsletter("check", "--json", "--online", path)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    (mail,) = done.json["mails"]
    (dead,) = [each for each in mail["findings"] if each["code"] == "link-dead"]
    assert done.code == 1
    assert dead["message"].startswith(url)


def test_a_layout_is_checked_in_every_language_of_the_project(
    newsletter: Program, tmp_path: Path
) -> None:
    project = new_project(tmp_path / "paper")
    done = newsletter("check", "--json", "--project", project, "magazine", "brief")
    mails = json.loads(done.out)["mails"]
    assert done.code == 0
    assert [each["name"] for each in mails] == [
        "magazine.en", "magazine.es", "brief.en", "brief.es",
    ]  # fmt: skip
    assert all(each["score"] >= 95 for each in mails)
    places = [each["place"] for each in mails[0]["findings"] if each["place"]]
    assert any(place.startswith("_parts/inline.css.j2:") for place in places)


def test_a_shipped_layout_is_checked_without_a_project(newsletter: Program) -> None:
    done = newsletter("check", "digest")
    assert done.code == 0
    assert done.out.startswith("digest.en")


def test_a_name_that_is_nothing_is_answered_with_what_there_is(newsletter: Program) -> None:
    done = newsletter("check", "poster")
    assert done.code == 2
    assert "brief, digest, magazine, single" in done.err


def test_a_broken_layout_and_a_missing_word_are_errors(newsletter: Program, tmp_path: Path) -> None:
    project = new_project(tmp_path / "paper")
    layout = project / "layouts/digest/layout.mjml.j2"
    layout.write_text(layout.read_text("utf-8").replace("{{ frame.top() }}", "{{ nothing }}"))
    words = project / "layouts/_words/sv.toml"
    words.write_text('dir = "ltr"\n')
    config = project / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace('["en", "es"]', '["en", "sv"]', 1))
    done = newsletter("check", "--project", project, "digest", "brief")
    assert done.code == 1
    assert "digest/layout.mjml.j2, line 8 ({{ nothing }}): 'nothing' is undefined" in done.out
    assert "the words for 'sv': missing: also, and" in done.out


def test_the_publisher_sets_the_shares_of_mail_programs(
    newsletter: Program, tmp_path: Path
) -> None:
    project = new_project(tmp_path / "paper")
    before = json.loads(newsletter("check", "--json", "--project", project, "digest").out)
    config = project / "newsletter.toml"
    line = "clients = {apple-mail = 1}\n"
    config.write_text(line + config.read_text("utf-8"), "utf-8")
    after = json.loads(newsletter("check", "--json", "--project", project, "digest").out)
    assert after["mails"][0]["weighted"] == after["mails"][0]["families"]["Apple Mail"]
    assert after["mails"][0]["weighted"] > before["mails"][0]["weighted"]
    config.write_text("clients = {hotmail = 1}\n" + config.read_text("utf-8").removeprefix(line))
    done = newsletter("check", "--project", project, "digest")
    assert done.code == 2
    assert "clients.hotmail: no such mail program; there are: aol, apple-mail" in done.err


def test_online_looks_at_pictures_too(newsletter: Program, tmp_path: Path) -> None:
    path = tmp_path / "mail.html"
    shown = '<img src="http://127.0.0.1:9/a.jpg" alt="A boat" width="9" height="9">'
    path.write_text(page(f"<p>{WORDS}</p>{shown}"), "utf-8")
    offline = newsletter("check", "--json", path)
    online = newsletter("check", "--json", "--online", path)

    def dead(done: Done) -> list[str]:
        found = json.loads(done.out)["mails"][0]["findings"]
        return [each["message"] for each in found if each["code"] == "link-dead"]

    assert dead(offline) == []
    assert [each.partition(":9/a.jpg")[0] for each in dead(online)] == ["http://127.0.0.1"]
