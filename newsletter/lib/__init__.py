"""Named tools that know nothing of newsletters: addresses, errors, images, isolation, locales,
templates, text, urls.

In and out: plain values. Doors: `isolation` (a child process). All others are pure. Must not know
any noun of the model.
"""
