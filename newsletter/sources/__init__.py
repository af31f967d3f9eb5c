"""Where articles come from: a source's specification comes in, drafts go out, as they were found.

Doors: `http` (the only module that fetches; never from a private address) and `files` (the only
one that reads a folder). The port is `Source`. A source does not know what becomes of a draft: it
cleans no HTML, parses no date, decides nothing about newness, and knows no store.
"""
