"""What can be wrong with a list as a whole."""

from newsletter.lib.errors import NewsletterError


class ListFault(NewsletterError):
    """A list that cannot be read as a whole."""
