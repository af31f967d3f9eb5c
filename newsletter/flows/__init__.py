"""The verbs: poll, collect, enrol, compose, decide, send, preview.

A flow walks from room to room and holds order and transactions; what is decided is decided in a
room, what is touched is touched by a door. In: an open database, sources, transports, the time.
Out: what happened, as values. Must not know the configuration, nor how any of it is shown.
"""
