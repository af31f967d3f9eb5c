"""Inlined HTML → the same letter in fewer bytes. Changes tags only, never text."""

import re

# lxml writes "<" in text as "&lt;": what begins like a tag is one. Quotes are respected.
_TAG = re.compile(r"""<[A-Za-z][^\s/>]*(?:[^>"']|"[^"]*"|'[^']*')*>""")
# One attribute at a time, so that nothing is found inside the value of another.
_ATTRIBUTE = re.compile(r"""\s+([^\s=>"'/]+)=(?:"([^"]*)"|'([^']*)')""")
_SPACED = re.compile(r"\s*([:;,])\s+")
_STYLE = re.compile(r"(<style[^>]*>)(.*?)(</style>)", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_EMPTY = re.compile(r"@media[^{}]*\{\s*\}")
_GAPS = re.compile(r"\s*\n\s*|(?<=[{};,:])[ \t]+(?!\.)|[ \t]+(?=[{}])")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMMA = re.compile(r",(?![^()]*\))")  # not the one in :not(a, b)
_GIVEN = {"moz-text-html"}  # classes that a mail program puts around a letter: Thunderbird
# Where a name in a selector is none of a class that its tags must have: :not(.a), [href$=".pdf"].
_ASIDE = re.compile(r":not\([^()]*\)|\[[^\]]*\]")
_SELECTED = re.compile(r"\.([A-Za-z_][\w-]*)")
_CLASS = re.compile(r"""\sclass=(?:"([^"]*)"|'([^']*)')""")


def tidied(html: str) -> str:
    """Without rules for classes that no tag has, without classes that no rule asks for, without
    blanks that do not matter in either."""
    head, end, body = html.partition("</head>")
    head = _STYLE.sub(lambda style: _tidied_sheet(style, _classes(body)), head)
    used = frozenset(_SELECTED.findall("".join(style[2] for style in _STYLE.finditer(head))))
    return head + end + _TAG.sub(lambda tag: _tidied_tag(tag[0], used), body)


def _classes(body: str) -> frozenset[str]:
    found = (each[1] or each[2] or "" for each in _CLASS.finditer(body))
    return frozenset(_GIVEN.union(name for names in found for name in names.split()))


def _tidied_sheet(style: re.Match[str], classes: frozenset[str]) -> str:
    """The style element, or nothing when none of its rules is for a tag of this letter."""
    css = _RULE.sub(lambda rule: _tidied_rule(rule, classes), _COMMENT.sub("", style[2]))
    css = _GAPS.sub("", _EMPTY.sub("", css)).strip()
    return f"{style[1]}{css}{style[3]}" if css else ""


def _tidied_rule(rule: re.Match[str], classes: frozenset[str]) -> str:
    selectors = [each.strip() for each in _COMMA.split(rule[1])]
    wanted = [each for each in selectors if classes.issuperset(_asked_for(each))]
    return f"{','.join(wanted)}{{{rule[2].strip().rstrip(';')}}}" if wanted else ""


def _asked_for(selector: str) -> list[str]:
    return _SELECTED.findall(_ASIDE.sub("", selector))


def _tidied_tag(tag: str, used: frozenset[str]) -> str:
    return _ATTRIBUTE.sub(lambda found: _tidied_attribute(found, used), tag)


def _tidied_attribute(found: re.Match[str], used: frozenset[str]) -> str:
    name, value = found[1], found[2] if found[2] is not None else found[3]
    if name == "class":
        kept = " ".join(each for each in value.split() if each in used)
        return f' class="{kept}"' if kept else ""
    if name == "style":
        style = _tidied_style(value.replace('"', "'"))
        return f' style="{style}"' if style else ""
    return found[0]


def _tidied_style(style: str) -> str:
    style = _SPACED.sub(r"\1", style).strip().rstrip(";")
    # mrml aligns every column to the left, also where the direction says otherwise.
    return style.replace("text-align:left;direction:rtl", "text-align:right;direction:rtl")
