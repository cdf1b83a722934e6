"""The store: documents, events and how they were made, kept in SQLite or PostgreSQL, and asked by one Query."""

from whimbrel.store.about import Info, IngestInfo, RunInfo
from whimbrel.store.counting import DIMENSIONS, MEASURES, Table
from whimbrel.store.faults import StoreError
from whimbrel.store.finding import Page
from whimbrel.store.ingesting import Ingest, StreamCoder, Tally
from whimbrel.store.query import ORDERS, Query
from whimbrel.store.store import Store

__all__ = [
    "DIMENSIONS",
    "MEASURES",
    "ORDERS",
    "Info",
    "Ingest",
    "IngestInfo",
    "Page",
    "Query",
    "RunInfo",
    "Store",
    "StoreError",
    "StreamCoder",
    "Table",
    "Tally",
]
