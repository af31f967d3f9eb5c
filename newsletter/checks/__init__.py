"""Room: a mail in, what is wrong with it out.

One module a question, each a pure function from a Mail to Findings; `mail` asks them all. The mail
may be ours or anybody's: whatever is in it gives findings, never a fault.

In:    a Mail (HTML, text, subject, message bytes; the templates it was made of, if known).
Out:   a Report: findings with level, place and way out; how much of it which programs show.
Doors: none; `client_support.json` is read once, as part of the code.
Must not know: layouts, editions, the web. Whether a link can be reached is asked by others.
"""
