"""WHAT PLANNERS ASK: one folder for each study, with all that belongs to it.

``ask`` is what is asked and how it is answered, ``result`` what came out; ``words`` says it in sentences, ``text`` lays
it out for the terminal, ``plots`` draws it, ``page`` makes an HTML page of it, ``files`` writes it to a folder. A study
may use those below it: what_if > plan, sweep > frontier, compare > run; fit stands beside run.
"""
