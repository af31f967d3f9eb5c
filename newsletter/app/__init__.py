"""The composition root: the only room that knows which adapter stands behind which port.

It turns settings into values for the flows, and gives every verb of the command line, the
scheduler and the web one call. Nothing below it knows the configuration.
"""

from newsletter.app.project import App, open_app, trial, utc_now

__all__ = ["App", "open_app", "trial", "utc_now"]
