"""HOW WE SHOW: numbers, tables, style, the shell of a page, pictures, folders of files. Names no study.

What a study's result says of itself (its words, rows, text, plots and page) stands beside the result, in
`capsim.studies`; what all of them have in common stands here.
"""
