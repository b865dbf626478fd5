"""HOW WE SHOW: result -> text, plots, pages, files. Computes nothing.

``text`` is what the terminal prints, ``plots`` are matplotlib's, ``pages`` are HTML files; each has a module for a run,
a comparison, a frontier, a plan and a sweep. ``numbers`` and ``words`` say how figures and sentences are written
everywhere. ``files`` writes results to a folder, ``call_records`` a run's calls; ``what_if`` is the page with sliders.
"""
