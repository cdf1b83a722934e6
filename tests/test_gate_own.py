"""The shipped model and tables hold what is pinned on the set that ships."""

from pathlib import Path

import gate

OWN = Path(__file__).parent.parent / "evaluation" / "own"


def test_nothing_pinned_is_lost(capsys):
    """No pinned figure of the own set fell by more than half a point."""
    status = gate.main([str(OWN / "reports.docs.jsonl"), str(OWN / "reports.gold.jsonl")])
    assert status == 0, capsys.readouterr().out
