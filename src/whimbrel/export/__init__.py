"""Export: events -> JSON lines, CSV, Parquet, tables, data frames; and the schema of the record."""

from whimbrel.export.flat import COLUMNS
from whimbrel.export.frames import to_pandas
from whimbrel.export.records import event_from_dict, event_to_dict, event_to_json
from whimbrel.export.rejects import RejectsFile
from whimbrel.export.schema import schema
from whimbrel.export.writers import FORMATS, FileWriter, Format, StreamWriter, format_by_name

__all__ = [
    "COLUMNS",
    "FORMATS",
    "FileWriter",
    "Format",
    "RejectsFile",
    "StreamWriter",
    "event_from_dict",
    "event_to_dict",
    "event_to_json",
    "format_by_name",
    "schema",
    "to_pandas",
]
