"""Room: an edition and a layout in, a letter out (HTML, text, slots for what is personal).

The way of the HTML, each step a pure function of its own module:
`context` → Jinja (`fill`) → `guard` → `mjml` → `inline` → `tidy`. `render` walks it; the flows have
it walked in a child process. What follows stands in other rooms: `checks`, `delivery.compile`.

In:    an Edition, the Publication, a Layout and its Words, the pictures that may be shown.
Out:   a Letter; or a RenderFault that names the layout and the place in it.
Doors: `layouts` (reads the files of a layout, nothing else).
Must not know: who receives the letter, how it travels, where editions are kept.
"""
