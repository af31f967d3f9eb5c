"""How much of a page mail programs support: a score like Mailpit's, and what keeps it down.

The rule, so that figures can be compared: of every feature in use the shares of all versions of all
programs that do not support it, and that support it in part, each times how often it is used by the
number of elements; the score is 100 less the worst of the one and the worst of the other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from newsletter.checks.features import Client, Feature, facts, percentage
from newsletter.checks.given import Mail
from newsletter.checks.uses import SCRIPT, Use
from newsletter.model.finding import Finding, Level

SHARES: Mapping[str, float] = {
    # Of all opened mails, in percent: Litmus, July 2020, 1.1 billion opens; the last that can be
    # believed, since Apple's privacy proxy opens every mail from 2021 on (and then counts 57).
    "gmail": 38,
    "apple-mail": 40,  # iPhone 28, macOS 10, iPad 2
    "outlook": 9,
    "yahoo": 4,
    "samsung-email": 1,
}

# What no mail may hold: programs strip it, or take the mail for an attack.
_FORBIDDEN = {
    SCRIPT: "no mail program runs scripts, and many refuse mails that hold one; take it out",
    "html-form": "forms are stripped or warned of; link to a page with the form",
    "html-base": "programs strip it, and then its links lead nowhere; write whole addresses",
    "html-object": "no mail program shows it; use a picture with a link",
    "html-input-text": "fields are stripped; link to a page with the form",
    "html-textarea": "fields are stripped; link to a page with the form",
    "html-select": "fields are stripped; link to a page with the form",
}

_HANDLER = re.compile(r"on[a-z]{3,30}")

# Where one of these is not known, the mail falls apart or shows nothing; the rest is adornment.
_CARRYING = frozenset({
    "css-display-flex", "css-display-grid", "css-position", "css-variables", "css-transform",
    "css-background-image", "css-float", "css-unit-calc", "css-at-import", "css-visibility",
    "image-avif", "image-base64", "image-heif", "image-svg", "image-webp", "html-svg",
    "html-picture", "html-video", "html-audio", "html-image-maps", "html-dialog",
})  # fmt: skip

# Nothing is lost where they are not known: the mail is read all the same, or can do no other.
_HARMLESS = frozenset({
    "css-at-media-prefers-color-scheme", "css-color-scheme", "css-cursor", "css-outline",
    "css-selector-attribute", "css-selector-child", "css-selector-id", "html-aria-describedby",
    "html-aria-hidden", "html-aria-label", "html-aria-labelledby", "html-aria-live", "html-bdi",
    "html-body", "html-dir", "html-lang", "html-loading-attribute", "html-meta-color-scheme",
    "html-role", "html-style", "html-target", "css-overflow-wrap", "css-pseudo-class-active",
    "css-pseudo-class-focus", "css-pseudo-class-hover", "css-pseudo-class-visited",
    "css-text-wrap", "css-transition",
})  # fmt: skip
_WITHOUT = {True: "the mail must stand without it", False: "look how the mail stands there"}
_BIG_SHARE = 5.0  # percent of the readers
_HEAVY = 5.0  # points of the score
_NOTABLE = 2.0  # points of the score


@dataclass(frozen=True, slots=True)
class Support:
    """0–100: `score` over all versions alike, `families` over the newest of each family's
    platforms, `weighted` those by the share of readers (None when no family has one)."""

    score: float
    families: Mapping[str, float]
    weighted: float | None


_Shares = Callable[[Feature], tuple[float, float]]  # unsupported and partial, in percent


def support_of(mail: Mail) -> Support | None:
    """How much of the mail is supported; None for one without elements.

    Families without a share of the readers do not count for `weighted`. Sources: caniemail.com for
    the facts, Mailpit's HTML check for the rule.
    """
    if not mail.nodes:
        return None
    families = {
        name: _score(mail, partial(_newest, family=family))
        for family, name in _tried_families().items()
    }
    return Support(
        score=_score(mail, _all_versions),
        families=families,
        weighted=_weighted(families, mail.shares),
    )


def _score(mail: Mail, of: _Shares) -> float:
    shares = [(use.weight / mail.nodes, *_shares(use.slug, of)) for use in mail.uses if use.weight]
    unsupported = max((part * without for part, without, _ in shares), default=0.0)
    partly = max((part * partly for part, _, partly in shares), default=0.0)
    return max(0.0, 100 - unsupported - partly)


def _shares(slug: str, of: _Shares) -> tuple[float, float]:
    return (100.0, 0.0) if slug == SCRIPT else of(facts().features[slug])


def _all_versions(feature: Feature) -> tuple[float, float]:
    return feature.unsupported, feature.partial


def _newest(feature: Feature, *, family: str) -> tuple[float, float]:
    newest = feature.latest_by_family.get(family, ())
    return percentage(newest, {"n", "n+"}), percentage(newest, {"a"})


@lru_cache(maxsize=1)
def _tried_families() -> Mapping[str, str]:
    """Families whose support is known widely enough for a figure: of half the features or more."""
    known: dict[str, int] = {}
    for feature in facts().features.values():
        for family in feature.latest_by_family:
            known[family] = known.get(family, 0) + 1
    half = len(facts().features) / 2
    return {each: name for each, name in facts().families.items() if known.get(each, 0) >= half}


def _weighted(families: Mapping[str, float], shares: Mapping[str, float]) -> float | None:
    names = facts().families
    known = {names.get(each, each): share for each, share in shares.items() if share > 0}
    counted = {name: share for name, share in known.items() if name in families}
    whole = sum(counted.values())
    return sum(families[n] * share for n, share in counted.items()) / whole if whole else None


def unsupported_features(mail: Mail) -> Iterator[Finding]:
    """A finding for every feature in use that readers would miss: some newest version of a program
    that has a share of them does not support it, or it costs the score two points. Errors for what
    no mail may hold."""
    for use in mail.uses:
        if use.slug in _FORBIDDEN:
            yield _forbidden(use)
        elif use.slug not in _HARMLESS and (finding := _unsupported(use, mail)):
            yield finding
    if count := sum(1 for _ in mail.page.tagged("iframe", "frame", "frameset")):
        yield Finding(
            level=Level.ERROR,
            code="html-iframe",
            message="<iframe>: no mail program shows another page in a mail; link to it",
            count=count,
            place=r"<i?frame",
        )

    yield from _acting(mail)


def _acting(mail: Mail) -> Iterator[Finding]:
    """What acts by itself without being a feature of the table."""
    handlers = Counter(
        name for each in mail.page.elements for name in each.attributes if _HANDLER.fullmatch(name)
    )
    for name, count in handlers.items():
        yield Finding(
            level=Level.ERROR,
            code="html-handler",
            message=f"{name}=: {_FORBIDDEN[SCRIPT]}",
            count=count,
            place=rf"\b{name}\s*=",
        )
    metas = (each.attributes.get("http-equiv", "") for each in mail.page.tagged("meta"))
    if count := sum(each.strip().lower() == "refresh" for each in metas):
        yield Finding(
            level=Level.ERROR,
            code="html-refresh",
            message='<meta http-equiv="refresh">: a mail leads nowhere by itself, and programs '
            "refuse one that tries; take it out",
            count=count,
            place=r"http-equiv\s*=\s*[\"']?\s*refresh",
        )


def _forbidden(use: Use) -> Finding:
    title = "<script>" if use.slug == SCRIPT else facts().features[use.slug].title
    return Finding(
        level=Level.ERROR,
        code=use.slug,
        message=f"{title}: {_FORBIDDEN[use.slug]}",
        count=use.count,
        place=use.pattern,
    )


def _unsupported(use: Use, mail: Mail) -> Finding | None:
    feature = facts().features[use.slug]
    newest = feature.latest
    without = tuple(each for each in newest if each.mark.startswith("n"))
    partly = tuple(each for each in newest if each.mark == "a")
    lost = _points(feature.unsupported + feature.partial, use, mail)
    missed = any(mail.shares.get(each.family) for each in without)
    if not missed and lost < _NOTABLE:
        return None
    return Finding(
        level=_level(use, feature, mail, without),
        code=use.slug,
        message=_message(use, feature, len(without), len(partly), len(newest)),
        clients=facts().named(feature, without or partly),
        count=use.count,
        place=use.pattern,
    )


def _points(share: float, use: Use, mail: Mail) -> float:
    """What a feature with this share of programs without it takes off the score."""
    return share * use.weight / max(1, mail.nodes)


def _level(use: Use, feature: Feature, mail: Mail, without: tuple[Client, ...]) -> Level:
    """A warning where many would miss it: by the score, or because a large family shows the mail
    broken without it."""
    whole = sum(mail.shares.values()) or 1
    missing = {each.family for each in without}
    large = any(100 * mail.shares.get(family, 0) / whole >= _BIG_SHARE for family in missing)
    heavy = _points(feature.unsupported, use, mail) >= _HEAVY
    return Level.WARNING if heavy or (large and use.slug in _CARRYING) else Level.HINT


def _message(use: Use, feature: Feature, without: int, partly: int, newest: int) -> str:
    parts = [
        (f"{without} {'does' if without == 1 else 'do'} not support it", without),
        (f"{partly} {'supports' if partly == 1 else 'support'} it only in part", partly),
    ]
    told = ", ".join(text for text, number in parts if number)
    advice = "find another way" if use.slug in _CARRYING else _WITHOUT[bool(without)]
    return f"{feature.title}: of {newest} mail programs {told}; {advice}"
