"""Named pure tools that know nothing of newsletters: addresses, errors, locales, templates,
text, urls.

In and out: plain values. No doors. Must not know any noun of the model.
"""
