"""A draft comes in, an article goes out; and what two articles have to do with each other.

No doors: whatever was fetched or read lies in the draft. Must not know where drafts come from,
what is stored, or who will read it.
"""
