"""Filled MJML → MJML that mrml does not corrupt (mjml-python 1.4.2 = mrml 6.0.1).

mrml writes attribute values and the title in Rust's debug form: what that form would escape
(line ends, tabs, backslash, no-break space, emoji joiners, right-to-left marks, combining marks)
comes out as `\\n` or `\\u{…}`. As numeric references they pass untouched.
"""

import re

# A tag as HTML has it, quotes respected; text between tags holds no "<" (it is escaped).
_TAG = re.compile(r"""<[A-Za-z][^\s/>"']*(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""([^\s=>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TITLE = re.compile(r"(?<=<mj-title>).*?(?=</mj-title>)", re.DOTALL)
_BREAKS = re.compile(r"[\t\r\n]+ *")
_NOT_PLAIN = re.compile(r"[^\x20-\x5b\x5d-\x7e]")
# mrml's arithmetic of widths for Outlook skips a padding with a unitless 0 or a double space:
# "0 24px" makes 640 px of ghost cells where "0px 24px" makes 592, which is right.
_BARE_ZERO = re.compile(r"(?<![\w.])0(?![\w.%])")
_LENGTHS = ("padding", "inner-padding")


def guarded(mjml: str) -> str:
    """The same document, its attribute values and its title in plain ASCII."""
    return _TITLE.sub(lambda found: _plain(found[0]), _TAG.sub(_guarded_tag, mjml))


def _guarded_tag(tag: re.Match[str]) -> str:
    return _ATTRIBUTE.sub(_guarded_attribute, tag[0])


def _guarded_attribute(found: re.Match[str]) -> str:
    name, double, single = found[1], found[2], found[3]
    # In single quotes a double quote would end the attribute that mrml writes.
    value = double if double is not None else single.replace('"', "&#34;")
    if name.startswith(_LENGTHS):
        value = " ".join(_BARE_ZERO.sub("0px", value).split())
    return f'{name}="{_plain(value)}"'


def _plain(value: str) -> str:
    spaced = _BREAKS.sub(" ", value)
    return _NOT_PLAIN.sub(lambda found: f"&#{ord(found[0])};", spaced)
