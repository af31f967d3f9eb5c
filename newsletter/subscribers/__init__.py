"""Row → subscriber: what a list says, what an address is, and what a token proves.

In: a file of rows, ours or another program's, as something that can be read from its beginning;
addresses, segments and tokens as people and programs write them.
Out: ListRow and RowFault, one after another; normalised addresses, trees of conditions, signed
tokens and what they stand for.
Doors: none; whoever has the file opens it. How a list is read: archive (a ZIP → its parts) →
encoding → records (lines → cells) → formats (whose columns these are) → rows.
Must not know the store, mails, or who is subscribed to what.
"""
