"""The keys of a scenario as frozen values, and the rules that bind several of them at any time.

`written` puts the keys together; below it stands a file for each key of the top level, and for the parts that several
keys share: `holding` (distributions of a length of time), `profiles`, `moments`, `countries`. `rules` checks what no
single value can know; `messages` holds what rules of this room and of `capsim.scenario.time` report.
"""
