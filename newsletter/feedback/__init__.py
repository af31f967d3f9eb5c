"""What comes back: bounces, complaints, people who want to leave, machines that are on holiday.

In: mails as bytes. Out: reports, one for each reader that a mail says something of, with the token of
ours that it carries. Nothing is looked up and nothing raises, whatever the bytes are. Must not know:
readers, the store, or what a report leads to.
"""
