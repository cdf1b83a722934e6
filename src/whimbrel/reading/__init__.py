"""Reading: text, files, folders, web addresses and pipes -> Documents."""

from whimbrel.reading.sources import read
from whimbrel.reading.values import DOCUMENT_LIMIT, Columns, Progress, ReadingWarning, Reject, Seen

__all__ = ["DOCUMENT_LIMIT", "Columns", "Progress", "ReadingWarning", "Reject", "Seen", "read"]
