"""Settings: newsletter.toml, with NEWSLETTER_* from the environment laid over it.

In: a project folder and an environment. Out: `Settings`, complete and checked, or one
`ConfigError` that names every fault at once: where it stands, its key, what was expected.
Configuration stops at `app`: below it, functions get values.
"""

from newsletter.config.faults import FILE, ConfigError
from newsletter.config.secret import is_loopback
from newsletter.config.settings import Settings, load

__all__ = ["FILE", "ConfigError", "Settings", "is_loopback", "load"]
