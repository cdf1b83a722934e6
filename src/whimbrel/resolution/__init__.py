"""From phrases of a report to known parties, places and dates, each decision with its reason."""
