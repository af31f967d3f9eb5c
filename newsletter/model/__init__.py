"""The nouns: frozen dataclasses that every room speaks in. No I/O, no decisions."""
