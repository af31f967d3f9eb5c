"""The one tree of faults. What is expected every day is a value, not an exception."""


class NewsletterError(Exception):
    """Something could not be done; the message names the thing, the place and the way out."""
