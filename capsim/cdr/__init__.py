"""WHAT HAPPENED: reading call detail records, a file of rows -> calls as columns.

::

    source  bytes -> UTF-8 text in blocks (gzip, encodings, line ends)
    records text -> records of equal width, with line numbers
    query   records -> what each row tells of a call, or why it can't be used (SQL, run by DuckDB)
    reading rows of one Call ID -> one call; sorted; in temporary files

``writing`` writes rows to a file. ``layouts`` holds the known layouts as data;
 ``sniffing`` finds which one a file has, and shows what it understood.
"""

from capsim.cdr.calls import CallBatch, CallRecords
from capsim.cdr.layouts import FIELDS, LAYOUTS, Layout
from capsim.cdr.reading import read
from capsim.cdr.sniffing import sniff
from capsim.cdr.understanding import Column, Row, Understanding

__all__ = ["FIELDS", "LAYOUTS", "CallBatch", "CallRecords", "Column", "Layout", "Row", "Understanding", "read", "sniff"]
