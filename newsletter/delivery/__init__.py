"""Letter + subscriber → message → outcome.

In: a rendered Letter, the headers that go around it, and what is personal of one reader.
Out: a Message (bytes and envelope), and what became of it as an Outcome.
Doors: smtp (with connect and wire), maildir. Port: transport.
Must not know digests, lists, the store, or who has had a message before.
"""
