"""The composition root: the only room that knows which adapter stands behind which port.

It turns settings into values for the flows, and gives the command line, the scheduler and the web
an open project in parts: what comes in, what is made of it, what leaves and what comes back by
mail, what readers do, lists of them. Nothing below it knows the configuration.
"""

from newsletter.app.project import App, open_app, utc_now

__all__ = ["App", "open_app", "utc_now"]
