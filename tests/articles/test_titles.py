"""The headline among the headings, the site's name and what stands beside it."""

import pytest

from tests.articles.build import BODY, URL, ld, meta, page, page_draft, read

TITLE = "The ferry leaves late"
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in BODY)


def _title(head: str, body: str) -> str:
    html = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}{TEXT}</body></html>'
    return read(page_draft(html)).title


def _named(title: str) -> str:
    return f"<title>{title}</title>"


@pytest.mark.parametrize("home", ["/", "https://news.example.com", "https://news.example.com/"])
def test_a_heading_that_leads_home_is_the_sites_name(home: str) -> None:
    heading = f'<h1><a href="{home}">Harbour Notes</a></h1><h3>{TITLE}</h3>'
    assert _title(_named(f"Harbour Notes: {TITLE}") + meta("og:title", TITLE), heading) == TITLE


def test_a_heading_that_leads_to_its_own_article_is_a_headline() -> None:
    html = page().replace(f"<h1>{TITLE}</h1>", f'<h1><a href="{URL}">{TITLE}</a></h1>')
    assert read(page_draft(html)).provenance["title"] == "page.h1"


@pytest.mark.parametrize(
    "named",
    [
        f"{TITLE} | Harbour Notes",
        f"{TITLE} - Harbour Notes - On Ships",
        f"Harbour Notes - On Ships » {TITLE}",
        f"Harbour Notes - On Ships: {TITLE}",
    ],
)
def test_a_name_with_a_separator_in_it_is_cut_whole(named: str) -> None:
    site = "Harbour Notes" if "Ships" not in named else "Harbour Notes - On Ships"
    assert _title(_named(named), f'<h1><a href="/">{site}</a></h1>') == TITLE


def test_a_declared_title_that_is_the_sites_name_is_no_headline() -> None:
    head = _named(TITLE) + meta("og:title", "The Harbour") + meta("og:site_name", "The Harbour")
    assert _title(head, "") == TITLE


def test_a_heading_with_the_sites_name_loses_it() -> None:
    head = _named(TITLE) + meta("og:site_name", "The Harbour")
    assert _title(head, f"<h1>{TITLE} | The Harbour</h1>") == TITLE


@pytest.mark.parametrize(
    "inner",
    [
        f'<span class="article__kicker">At the harbour</span> <span>{TITLE}</span>',
        f'<span class="dachzeile">At the harbour</span><span class="headline">{TITLE}</span>',
        f'{TITLE} <small class="subtitle">Sand is in the way</small>',
        f'<span class="date">3.5.2024</span>{TITLE}',
        f'{TITLE}<a class="anchor" href="#top">¶</a>',
    ],
)
def test_what_stands_beside_a_headline_in_its_heading_is_left_out(inner: str) -> None:
    head = _named("Another title of the page")
    assert _title(head, f'<article><h1 class="title">{inner}</h1></article>') == TITLE


def test_what_a_colon_joins_to_a_headline_stays() -> None:
    head = _named(f"{TITLE} | The Harbour") + meta("og:site_name", "The Harbour")
    heading = f"“Sand again”: {TITLE}"
    assert _title(head, f"<h1>{heading}</h1>") == heading


def test_a_heading_called_headline_wins_over_another_title_for_networks() -> None:
    head = meta("og:title", "You will not believe why nobody came to the island on time")
    assert _title(head, f'<h1 class="entry-title">{TITLE}</h1>') == TITLE


def test_a_heading_that_nobody_repeats_and_nothing_names_loses_to_a_declared_title() -> None:
    head = meta("parsely-title", TITLE)
    assert _title(head, "<h1>Archive of the year</h1>") == TITLE


@pytest.mark.parametrize(
    "declared",
    [meta("dc:title", TITLE), meta("x:title dc:title", TITLE), meta("dcterms.title", TITLE)],
)
def test_a_title_for_libraries_goes_before_that_of_the_window(declared: str) -> None:
    assert _title(_named("draft-ferry-04 - ferries") + declared, "") == TITLE


def test_a_section_in_a_title_without_blanks_is_cut() -> None:
    assert (
        _title(_named("渡轮今早又迟到了二十分钟_港口_新闻网"), "")
        == "渡轮今早又迟到了二十分钟_港口"
    )
    assert _title(_named("渡轮今早又迟到了二十分钟-新闻网"), "") == "渡轮今早又迟到了二十分钟"


def test_a_hyphen_within_a_word_parts_nothing() -> None:
    assert _title(_named("The Afro-Cuban choir") + ld(), "") == "The Afro-Cuban choir"
