"""``capsim fit``: a scenario's traffic from call records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_OUTPUT_OPTIONS, Column, Layout, Output, columns_of, load_scenario, no_option
from capsim.cli.terminal import print_json, say


def fit(
    file: Annotated[str, Parameter(help="Call records: CSV, or CSV compressed by gzip.", validator=no_option)],
    /,
    *,
    layout: Layout = None,
    column: Column = (),
    timezone: Annotated[str, Parameter(help="Time zone of days and hours, and of timestamps that carry none.")] = "UTC",
    tariff: Annotated[
        str | None, Parameter(help="Scenario file whose pools, groups, prices and numbers get the fitted traffic.")
    ] = None,
    out: Annotated[Path | None, Parameter(help="Scenario file to write; default: standard output.")] = None,
    page: Annotated[Path | None, Parameter(help="File for a page that shows how well the model holds (HTML).")] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> None:
    """Fit a scenario's traffic to call records.

    The fit has rates by hour and weekday, uncertain days, and lengths of calls.
    """
    from capsim.show.folders import write_text
    from capsim.studies.fit import fit as fit_records

    priced = load_scenario(tariff) if tariff is not None else None
    fitted = fit_records(file, layout, columns_of(column), timezone)
    if not output.json and not output.quiet:
        for sentence in fitted.sentences():
            say(sentence)
    if priced is not None:
        from capsim.scenario import Scenario
        from capsim.studies.fit.tariffed import with_tariff

        Scenario(**with_tariff(fitted.to_scenario(), priced))  # so that what is written is valid
    if out is not None:
        write_text(fitted.to_yaml(priced), out)
        size = len(fitted.numbers)
        then = "add pools and groups" if priced is None else "`capsim plan` finds the channels it needs"
        output.written(out, f"traffic of {size:,} number{'s' * (size > 1)}; {then}")
    if page is not None:
        from capsim.studies.fit.page import fit_page

        write_text(fit_page(fitted), page)
        output.written(page)
    if output.json:
        print_json(fitted.to_dict())
    elif out is None:
        print(fitted.to_yaml(priced), end="")
