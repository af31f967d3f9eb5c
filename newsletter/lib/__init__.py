"""Named pure tools that know nothing of newsletters: errors, urls, text, templates.

In and out: plain values. No doors. Must not know any noun of the model.
"""
