"""``capsim fit``: a scenario's traffic from call records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import Column, Debug, Json, Layout, Quiet, columns_of, load_scenario, no_option
from capsim.cli.terminal import print_json, say


def fit(
    file: Annotated[str, Parameter(help="Call records: CSV, or CSV compressed by gzip.", validator=no_option)],
    /,
    *,
    layout: Layout = None,
    column: Column = (),
    timezone: Annotated[str, Parameter(help="Of days and hours, and of times that carry none.")] = "UTC",
    tariff: Annotated[
        str | None, Parameter(help="Scenario whose pools, groups, prices and numbers the fitted traffic is put on.")
    ] = None,
    out: Annotated[Path | None, Parameter(help="Scenario file to write; else it goes to standard output.")] = None,
    page: Annotated[Path | None, Parameter(help="File for a page that shows how well the model holds (HTML).")] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fit a scenario's traffic to call records: rates by hour and weekday, uncertain days, lengths of calls."""
    from capsim.show.folders import write_text
    from capsim.studies.fit import fit as fit_records

    priced = load_scenario(tariff) if tariff is not None else None
    found = fit_records(file, layout, columns_of(column), timezone)
    if not json and not quiet:
        for sentence in found.sentences():
            say(sentence)
    if priced is not None:
        from capsim.scenario import Scenario
        from capsim.studies.fit.tariffed import with_tariff

        Scenario(**with_tariff(found.to_scenario(), priced))  # so that what is written is valid
    if out is not None:
        write_text(found.to_yaml(priced), out)
        if not quiet:
            size = len(found.numbers)
            then = "add pools and groups" if priced is None else "`capsim plan` finds the channels it needs"
            say(f"wrote {out}: traffic of {size:,} number{'s' * (size > 1)}; {then}")
    if page is not None:
        from capsim.studies.fit.page import fit_page

        write_text(fit_page(found), page)
        if not quiet:
            say(f"wrote {page}")
    if json:
        print_json(found.to_dict())
    elif out is None:
        print(found.to_yaml(priced), end="")
