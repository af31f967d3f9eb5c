"""What a new project begins with: `newsletter init` and `newsletter demo` copy from here.

In: a folder that is empty or not there yet, the line of a signing key, which of the two
configurations to begin with.
Out: the files of a project (the configuration, the layouts, sample lists and sample articles in
two languages, the key, the units for systemd) and the places from which layouts are shipped.
Doors: the disk, in `project`.
Must not know: what the configuration means, the store, or how a key is made.
"""
