"""Events as a pandas data frame (extra `pandas`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whimbrel.errors import OptionError
from whimbrel.export.flat import COLUMNS, row

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd  # type: ignore[import-untyped,unused-ignore]

    from whimbrel.records import Event

_DTYPES = {"text": "string", "whole": "Int64", "number": "float64", "day": "object"}


def to_pandas(events: Iterable[Event]) -> pd.DataFrame:
    """Return a data frame with one row an event and the columns of `whimbrel.export.COLUMNS`.

    Texts are of dtype string, whole numbers Int64, numbers float64, days `datetime.date` (a day before 1677 is none
    of pandas' own); missing is NA. Raises OptionError where pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise OptionError("pandas is not installed; pip install 'whimbrel[pandas]'") from error
    rows = [row(event) for event in events]
    cells = zip(*rows, strict=True) if rows else ([] for _ in COLUMNS)
    series = {
        column.name: pd.Series(list(taken), dtype=_DTYPES[column.type])
        for column, taken in zip(COLUMNS, cells, strict=True)
    }
    return pd.DataFrame(series)
