"""A mail that came back → what it says of readers.

In: mails as bytes, whatever is in them: nothing raises, nothing takes long.
Out: Reports, one for each reader that a mail says something of: bounce with its reason, complaint,
wish to leave, automatic answer; with the token of ours that the mail carries.
Doors: none; whoever reads a mailbox or a file hands its mails over.
Must not know readers, the store, or what a report leads to.
"""
