"""What can go wrong between an edition and its letter."""

from newsletter.lib.errors import NewsletterError


class LayoutFault(NewsletterError):
    """A layout, its settings or its words are missing or cannot be used."""


class RenderFault(NewsletterError):
    """A layout could not be turned into a letter; the message names the layout and the place."""
