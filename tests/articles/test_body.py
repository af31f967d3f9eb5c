"""The text of a page: found whole, and without what stands around it and in it."""

import pytest

from newsletter.articles.blocks import as_text, blocks
from newsletter.articles.furniture import cleared, without_furniture
from newsletter.articles.learned import NOTHING, Learned, learned_lines, without_learned
from newsletter.articles.read import Reading
from newsletter.articles.sanitise import sanitise
from tests.articles.build import BODY, feed_draft, page, page_draft, read

WHOLE = "\n\n".join(BODY)
PARAGRAPHS = "".join(f"<p>{p}</p>" for p in BODY)
OPENING = "Sand, storms and lemons: why the first boat of the day is never on time any more."
VIDEO = "https://www.youtube.com/embed/abcdefghijk"
# A page has so much text that its furniture does not matter to whoever looks for it.
LONG = "".join(
    f"<p>{p} That is what the keeper of day {day} wrote.</p>" for day in range(9) for p in BODY
)


def text_of(html: str) -> str:
    return read(page_draft(html)).body_text


@pytest.mark.parametrize(
    "furniture",
    [
        '<div class="post-share"><span>Send it to a friend of yours by mail.</span></div>',
        '<div class="NewsletterSignup"><p>Our best stories in your inbox every day.</p></div>',
        '<section id="related-posts"><h3>More</h3><p>Another boat that left late.</p></section>',
        '<p class="disclosure">We may be paid a little when you buy a boat through our links.</p>',
        '<aside class="read_more"><p>Here is what the captain of the other ferry said.</p></aside>',
        '<div class="tag-links">harbour, lemons, winter storms and what else there is.</div>',
        '<div class="author-box"><p>The author has been on many boats in many winters.</p></div>',
    ],
)
def test_what_a_page_itself_calls_furniture_is_no_text(furniture: str) -> None:
    half = len(LONG) // 2
    cut = LONG.index("</p>", half) + len("</p>")
    html = page(body=LONG[:cut] + furniture + LONG[cut:])
    assert text_of(html) == text_of(page(body=LONG))


@pytest.mark.parametrize(
    "wrapper",
    [
        '<div class="has-newsletter">{}</div>',
        '<div class="shared-ownership">{}</div>',
        '<div class="tags">{}</div>',
        '<article class="related">{}</article>',
    ],
)
def test_a_name_that_sounds_like_furniture_does_not_take_the_text(wrapper: str) -> None:
    assert text_of(page(body=wrapper.format(LONG))) == text_of(page(body=LONG))


def test_an_embedded_post_of_a_social_network_stays() -> None:
    quote = '<blockquote class="social-embed"><p>Late again, says a reader.</p></blockquote>'
    assert "says a reader" in without_furniture(PARAGRAPHS + quote)


def test_furniture_in_a_feeds_own_text_is_left_out() -> None:
    shares = '<div class="sharedaddy"><p>Send this to a friend of yours now.</p></div>'
    assert read(feed_draft(content=PARAGRAPHS + shares)).body_text == WHOLE


def test_a_caption_stays_with_its_picture_and_out_of_the_text() -> None:
    figure = (
        '<figure><img src="/img/sandbank.jpg"><figcaption>The sandbank at low tide.</figcaption>'
        "</figure>"
    )
    lead = figure.replace("sandbank", "ferry").replace("low tide", "dawn")
    found = read(page_draft(page(above=lead, body=PARAGRAPHS + figure + PARAGRAPHS)))
    assert "low tide" not in found.body_text
    picture = '<figure><img src="https://news.example.com/img/sandbank.jpg">'
    assert (
        f"{picture}<figcaption>The sandbank at low tide.</figcaption></figure>" in found.body_html
    )


def test_the_caption_of_a_film_is_no_pictures() -> None:
    film = "<figure><video></video><figcaption>A film of the pier.</figcaption></figure>"
    html = page(body=f'<div><img src="/img/pier.jpg">{film}</div>{PARAGRAPHS}')
    assert cleared(html, "https://news.example.com/").captions == {}


def test_a_link_to_a_place_on_the_page_is_none() -> None:
    assert cleared('<p><a href="#note">one</a> <a name="x">two</a></p>', None).html.count("<a") == 0


@pytest.mark.parametrize(
    "opening",
    [
        '<p class="standfirst">{}</p>',
        '<h2 class="article__subtitle">{}</h2>',
        '<div class="chapo"><p><strong>{}</strong></p></div>',
        '<div itemprop="description"><div>{}</div></div>',
    ],
)
def test_an_opening_above_the_text_belongs_to_it_and_is_its_summary(opening: str) -> None:
    found = read(page_draft(page(above=opening.format(OPENING))))
    assert found.body_text == f"{OPENING}\n\n{WHOLE}"
    assert found.standfirst == OPENING


def test_an_opening_without_a_name_is_known_by_the_description() -> None:
    head = f'<meta name="description" content="{OPENING}">'
    found = read(page_draft(page(head=head, above=f"<div>{OPENING}</div>")))
    assert found.body_text == f"{OPENING}\n\n{WHOLE}"
    assert (found.standfirst, found.provenance["standfirst"]) == (OPENING, "meta.description")


@pytest.mark.parametrize(
    "other",
    [
        '<p class="lead">1.11.23 20:19 by Jane Roe, read in four minutes at most</p>',
        f'<aside><p class="teaser">{OPENING}</p></aside>',
        f'<figure><p class="intro">{OPENING}</p></figure>',
        '<p class="intro">Too short to be one.</p>',
    ],
)
def test_what_only_has_the_name_of_an_opening_is_none(other: str) -> None:
    assert text_of(page(above=other)) == WHOLE


def test_a_description_that_is_not_on_the_page_is_not_put_there() -> None:
    assert text_of(page(head=f'<meta name="description" content="{OPENING}">')) == WHOLE


def test_a_player_on_a_page_becomes_a_link_where_it_was() -> None:
    frame = f'<div><iframe src="{VIDEO}?rel=0" title="The ferry"></iframe></div>'
    found = read(page_draft(page(body=LONG + frame + PARAGRAPHS)))
    link = '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">▶ YouTube: The ferry</a></p>'
    assert link in found.body_html.splitlines()
    assert "▶" not in found.body_text


@pytest.mark.parametrize(
    ("player", "place"),
    [
        ("https://www.youtube-nocookie.com/embed/abcdefghijk", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("//player.vimeo.com/video/4711?h=1", "https://vimeo.com/4711"),
        ("https://platform.twitter.com/embed/Tweet.html?dnt=1&id=4711", "https://x.com/i/status/4711"),
        ("https://www.dailymotion.com/embed/video/x4711", "https://www.dailymotion.com/video/x4711"),
        ("https://www.instagram.com/p/Abc_1/embed/", "https://www.instagram.com/p/Abc_1/"),
        ("https://open.spotify.com/embed/episode/47Eleven", "https://open.spotify.com/episode/47Eleven"),
    ],
)  # fmt: skip
def test_a_player_leads_to_where_a_reader_sees_the_same(player: str, place: str) -> None:
    html = sanitise(f'<iframe src="{player}"></iframe>', "https://news.example.com/")
    assert f'<a href="{place}">▶' in html


def test_the_name_of_the_platform_is_told_once() -> None:
    frame = f'<iframe src="{VIDEO}" title="YouTube video: The ferry"></iframe>'
    assert "▶ YouTube: The ferry<" in sanitise(frame, None)


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="https://n.example/a.gif" width="1" height="1">',
        '<img src="https://feeds.feedburner.example/~r/harbour/~4/x">',
        '<img src="https://pixel.n.example/x.png">',
    ],
)
def test_a_picture_that_only_counts_readers_is_not_sent_to_them(pixel: str) -> None:
    assert sanitise(f"<p>Salt {pixel}and fish</p>", None) == "<p>Salt and fish</p>"


def test_a_player_does_not_vanish_from_a_feeds_text() -> None:
    found = read(feed_draft(content=f'{PARAGRAPHS}<iframe src="{VIDEO}"></iframe>'))
    assert found.body_html.endswith("▶ YouTube</a></p>")


@pytest.mark.parametrize(
    "title", ["<b>x</b>", '"><script>alert(1)</script>', "▶0▶", "&lt;img src=x&gt;"]
)
def test_the_title_of_a_player_is_words(title: str) -> None:
    frame = f"<iframe src='{VIDEO}' title='{title}'></iframe>"
    html = read(page_draft(page(body=PARAGRAPHS + frame + PARAGRAPHS))).body_html
    assert html.count("<a ") == html.count("youtube.com/watch") <= 1
    assert not any(tag in html for tag in ("<b>", "<script", "<img"))


def test_a_frame_that_nobody_knows_leaves_no_trace_on_a_page() -> None:
    frame = '<iframe src="https://ads.example/1" title="Advertisement"></iframe>'
    assert "ads.example" not in read(page_draft(page(body=PARAGRAPHS + frame))).body_html


def test_a_list_of_other_articles_behind_the_text_goes_with_its_head() -> None:
    more = "<h3>More stories</h3><p>A boat that sank</p><p>A captain who sings</p>"
    assert read(feed_draft(content=PARAGRAPHS + more)).body_text == WHOLE


def test_a_list_of_links_is_no_text_unless_there_is_hardly_any_other() -> None:
    links = "<ul><li><a href='/1'>A boat that sank off the pier</a></li>"
    links += "<li><a href='/2'>A captain who sings to the gulls</a></li></ul>"
    assert "who sings" not in read(feed_draft(content=PARAGRAPHS + links)).body_text
    assert "who sings" in read(feed_draft(content="<p>This week:</p>" + links)).body_text


def test_a_heading_like_a_list_head_inside_a_text_takes_only_itself() -> None:
    content = PARAGRAPHS + "<h3>Read more</h3>" + f"<p>{BODY[1]} {BODY[2]}</p>"
    assert read(feed_draft(content=content)).body_text == f"{WHOLE}\n\n{BODY[1]} {BODY[2]}"


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Jane Roe / Harbour Press",
        "(Credit: Jane Roe)",
        "Foto: Marta Gil",
        "Crédits photos : Agence du Port",
        "Bildnachweis: Hafenbild",
        "© 2024 The Harbour. All of it is ours, and nothing of it may be printed elsewhere.",
        "Source: Harbour Press",
        "3. Mai 2024",
        "03.05.2024, 08:15 Uhr",
        "May 3, 2024",
        "Updated: May 3, 2024",
        "sexta-feira, 3 de maio de 2024 às 20:13",
        "___",
        "12 comments",
        "Comentarios",
        "Tempo de leitura: 3 minutos",
        "5 min read",
        "Tags: boats, lemons, sand",
        "3 de mayo de 2024",
        "Home › News › The ferry leaves late",
    ],
)
def test_credits_dates_and_crumbs_at_the_end_are_no_text(line: str) -> None:
    assert read(feed_draft(content=f"{PARAGRAPHS}<p>{line}</p>")).body_text == WHOLE


@pytest.mark.parametrize(
    "line",
    [
        "Copyright is what the council will discuss on Friday.",
        "More on that tomorrow.",
        "Related work is under way.",
        "The source: a well under the old harbour that nobody had looked at for years.",
        "On May 3, 2024 the ferry left on time, for once.",
        "Continue reading the chart, the captain said, and you will see.",
        "Mira. El barco se va.",
        "Skip to the last pier and wait there, the captain said.",
        "Te puede interesar saber que el ferri sale a las nueve.",
        "The photo: that is all she took along when she left the island for good.",
        "May 3, 2024 was the day on which it all began.",
    ],
)
def test_a_sentence_that_sounds_like_furniture_is_text(line: str) -> None:
    assert read(feed_draft(content=f"{PARAGRAPHS}<p>{line}</p>")).body_text == f"{WHOLE}\n\n{line}"


@pytest.mark.parametrize("row", ["***", "* * *", "___", "<hr>"])
def test_a_row_of_stars_is_a_break_unless_it_is_the_end(row: str) -> None:
    found = read(feed_draft(content=f"{PARAGRAPHS}<p>{row}</p>{PARAGRAPHS}<p>{row}</p>"))
    assert found.body_html.count("<hr>") == 1
    assert found.body_text == f"{WHOLE}\n\n{WHOLE}"


def test_a_heading_that_sounds_like_a_credit_is_one_of_the_text() -> None:
    content = f"<h2>Copyright: a guide for captains</h2>{PARAGRAPHS}"
    assert "a guide" in read(feed_draft(content=content)).body_text


@pytest.mark.parametrize(
    "tail",
    [
        " […]",
        " [&hellip;]",
        ' <a href="/x">Continue reading <span>→</span></a>',
        ' … <a href="/x">Seguir leyendo</a>',
        ' <a href="/x">[…]</a>',
    ],
)
def test_the_last_paragraph_ends_without_a_way_to_go_on_reading(tail: str) -> None:
    content = PARAGRAPHS.removesuffix("</p>") + tail + "</p>"
    assert read(feed_draft(content=content)).body_text == WHOLE


@pytest.mark.parametrize(
    "tail",
    [
        " […]",
        " […] Continue reading",
        " The post The ferry leaves late appeared first on The Harbour.",
        " […] The post The ferry leaves late appeared first on The Harbour",
        " La entrada El ferri apareció primero en El Puerto.",
        " L’article Le bac est apparu en premier sur Le Port.",
    ],
)
def test_a_summary_ends_without_what_its_program_hung_on_it(tail: str) -> None:
    said = "Sand, storms and lemons on the first boat out."
    assert read(feed_draft(summary=said + tail)).standfirst == said


@pytest.mark.parametrize(
    "summary",
    [
        "Five reasons to read more books about the sea",
        "Why the captain had to keep reading the chart until dawn",
        "The post office of the island appeared first on the new map. It was not to last.",
    ],
)
def test_a_summary_with_words_of_a_tail_in_it_stays_whole(summary: str) -> None:
    assert read(feed_draft(summary=summary)).standfirst == summary


def test_tails_without_end_are_cut_in_reasonable_time() -> None:
    article = read(feed_draft(summary="[…]" * 50, content="<p>x" + "&nbsp;" * 100_000 + "y</p>"))
    assert article.body_text.startswith("x")


def bodies(number: int, last: str) -> list[str]:
    return [
        "\n\n".join([*(f"Paragraph {n} of text {text}." for n in range(6)), last])
        for text in range(number)
    ]


def test_a_line_at_the_end_of_three_articles_belongs_to_the_source() -> None:
    learned = learned_lines(bodies(3, "Write to us: the harbour office."))
    assert learned == Learned(bottom=frozenset({"write to us the harbour office"}))


def test_a_line_of_two_articles_is_text() -> None:
    assert learned_lines(bodies(2, "Write to us: the harbour office.")) == NOTHING


def test_a_line_in_the_middle_of_articles_is_not_learned() -> None:
    middle = [f"{text}\n\n" * 5 + "And so on.\n\n" + f"{text}\n\n" * 5 for text in "abc"]
    assert "and so on" not in learned_lines(middle).top | learned_lines(middle).bottom


def test_what_was_learned_once_stays_learned() -> None:
    known = Learned(top=frozenset({"from our pier"}))
    assert learned_lines(bodies(3, "The end."), known).top == known.top


def test_learned_lines_leave_the_end_that_they_were_learned_at() -> None:
    learned = Learned(bottom=frozenset({"write to us"}))
    body = blocks("<p>Write to us</p>" + PARAGRAPHS * 2 + "<p>Write to us!</p>")
    assert as_text(without_learned(body, learned)) == f"Write to us\n\n{WHOLE}\n\n{WHOLE}"


def test_learned_lines_never_leave_an_article_empty() -> None:
    body = blocks("<p>Write to us</p>")
    assert without_learned(body, Learned(bottom=frozenset({"write to us"}))) == body


def test_an_article_is_read_without_the_learned_lines_of_its_source() -> None:
    reading = Reading(languages=("en",), learned=Learned(bottom=frozenset({"write to us"})))
    draft = feed_draft(content=PARAGRAPHS * 2 + "<p>Write to us!</p>")
    assert read(draft, reading).body_text == f"{WHOLE}\n\n{WHOLE}"


def test_a_text_in_several_boxes_of_one_name_is_put_together() -> None:
    said = [f"On day {day} the log has this: {p}" for day in range(12) for p in BODY]
    boxes = ""
    for part in (said[:6], said[6:20], said[20:]):
        text = "".join(f"<p>{p}</p>" for p in part)
        boxes += f'<div><div class="article__body">{text}</div></div><div class="ad">A boat!</div>'
    title = "The ferry leaves late"
    html = f"<!doctype html><title>{title}</title><body><h1>{title}</h1>{boxes}</body>"
    assert text_of(html) == "\n\n".join(said)


def test_boxes_of_one_name_around_other_articles_stay_out() -> None:
    others = "".join(
        f'<div class="other"><p>{p} That was another story of {n}.</p></div>'
        for n in range(3)
        for p in BODY
    )
    assert text_of(page(body=LONG, below=others)) == text_of(page(body=LONG))


@pytest.mark.parametrize(
    "line",
    [
        "https://news.example.com/2024/05/03/the-ferry/",
        "jane.roe@news.example.com",
        "twitter.example/janeroe",
        "A row of unsold ferries lies in the harbour on Sunday. (Harbour Photo/Jane Roe)",
    ],
)
def test_bare_addresses_and_captions_in_paragraphs_are_no_text(line: str) -> None:
    assert read(feed_draft(content=f"<p>{line}</p>{PARAGRAPHS}")).body_text == WHOLE


def test_a_list_behind_the_text_in_which_every_item_begins_with_a_link_is_no_text() -> None:
    item = (
        "<li><a href='/{0}'>Boat {0} sank</a><p>What the captain of boat {0} said of it.</p></li>"
    )
    teasers = f"<ul>{item.format(1)}{item.format(2)}</ul>"
    assert read(feed_draft(content=PARAGRAPHS + teasers)).body_text == WHOLE
    assert "sank" in read(feed_draft(content=teasers + PARAGRAPHS)).body_text


def test_many_players_are_replaced_without_harm() -> None:
    frames = "".join(f"<p>{n} <iframe src='{VIDEO}'></iframe></p>" for n in range(2_000))
    assert sanitise(frames, None).count("watch?v=") == 2_000
