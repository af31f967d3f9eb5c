"""The editions room: articles → edition.

In: what the store knows of articles and of the ledger, a digest's rules, the time. Out: which slots
are due, which stories an edition holds and in what order, its subject and preheader, and for every
story left out the rule that kept it out. No doors. Must not know how any of it is stored, drawn
or sent.
"""
