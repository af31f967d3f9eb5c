"""Jobs: who wakes the senders of other processes when there is something to deliver.

In: the number of an edition, in the transaction that made it deliverable. Out: a call of what
delivers, in every worker that is wanted. Who sends what to whom is a matter of the chunks in our
own tables: a job that is lost, comes twice or stays behind does no harm. Must not know what is
delivered, nor how.
"""
