"""CSS into style attributes, by premailer: everything that is known about its traps is here."""

import logging
import re
from html import unescape

_INLINE = re.compile(r'<mj-style inline="inline">(.*?)</mj-style>', re.DOTALL)
_STYLE = re.compile(r'<style type="text/css">')
_DOCTYPE = re.compile(r"\A\s*<!doctype[^>]*>\s*", re.IGNORECASE)


def split_styles(mjml: str) -> tuple[str, str]:
    """The document without its `<mj-style inline="inline">`, and their CSS.

    mrml would leave them in the head as they are. Jinja escaped the names of fonts in them.
    """
    return _INLINE.sub("", mjml), unescape("\n".join(_INLINE.findall(mjml)))


def inlined(html: str, css: str) -> str:
    """The HTML with `css` in its style attributes; its own <style> elements are left alone."""
    from newsletter.rendering.premailing import Premailer

    premailer = Premailer(
        _STYLE.sub('<style type="text/css" data-premailer="ignore">', html),
        css_text=css,
        allow_network=False,  # else it fetches <link rel="stylesheet">
        strip_important=False,  # else media queries lose the war against style attributes
        disable_validation=True,
        disable_link_rewrites=True,  # else it percent-encodes slots
        disable_leftover_css=True,
        align_floating_images=False,
        remove_unset_properties=False,
        disable_basic_attributes=["align", "valign", "bgcolor", "width", "height"],
        cssutils_logging_level=logging.CRITICAL,
    )
    # It loses a lower-case doctype, and with it standards mode.
    return "<!doctype html>\n" + _DOCTYPE.sub("", premailer.transform(pretty_print=False))
