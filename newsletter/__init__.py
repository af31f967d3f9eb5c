"""Newly published articles in, digests by language out."""

__version__ = "0.1.0"
