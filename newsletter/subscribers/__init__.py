"""Row → subscriber: what a list file says, what an address is, and what a token proves.

In: the bytes of a list and its name; addresses and tokens as people and programs send them.
Out: ListRow and RowFault, normalised addresses, signed tokens and what they stand for.
Doors: none; whoever reads the file hands its bytes over.
Must not know the store, mails, or who is subscribed to what.
"""
