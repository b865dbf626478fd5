"""HOW WE SHOW: numbers, columns, tables, style, markup, the shell of a page, pictures, folders. Names no study.

The words, rows, text, plots and page of a study stand beside its result, in `capsim.studies`. What all studies have in
common stands here.
"""
