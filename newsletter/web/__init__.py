"""The web: the editor's desk on this machine, and the pages behind the links in letters.

In: an open App, requests. Out: pages. Two applications that share nothing but the project: the
public one has no route of the editor's. Must not decide anything, nor know the tables.
"""
