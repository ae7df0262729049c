"""The benchmark's arithmetic: a wrong verdict is worse than a slow server."""

import json
from pathlib import Path

import pytest

from bench.report import Claim, Section, Table, claims_table, write_json
from bench.speed import FIFTY, Key, ratio


@pytest.mark.parametrize(
    ("measured", "at_most", "verdict"),
    [
        (0.95, False, "goal"),
        (0.90, False, "goal"),
        (0.75, False, "met"),
        (0.70, False, "met"),
        (0.65, False, "MISSED by 0.05"),
        (0.55, True, "goal"),
        (0.65, True, "met"),
        (0.95, True, "MISSED by 0.25"),
    ],
)
def test_a_claim_is_judged_by_what_must_be_and_by_its_goal(
    measured: float, at_most: bool, verdict: str
) -> None:
    claim = Claim("x", measured, 0.70, 0.60 if at_most else 0.90, at_most)
    assert verdict == claim.verdict


def test_a_claim_without_a_goal_can_only_be_met() -> None:
    assert "met" == Claim("x", 0.0, 0.0, at_most=True).verdict


def test_a_table_is_a_simple_table_of_restructuredtext() -> None:
    expected = "====  ===\nname  k/s\n====  ===\na      10\nbcd     \\\n====  ==="
    assert expected == str(Table(("name", "k/s"), [("a", "10"), ("bcd", "")]))


def test_the_verdicts_name_the_claim_and_its_limits() -> None:
    (row,) = claims_table([Claim("memory", 1.9, 2.0, at_most=True)]).rows
    assert ("memory", "1.90", "<= 2", "-", "met") == row


def test_the_ratio_is_taken_within_a_round() -> None:
    # The machine slowed down by half in the second round, which says nothing about either server.
    samples = {Key(FIFTY, "GET", "a"): [80.0, 40.0, 81.0], Key(FIFTY, "GET", "redis"): [100.0, 50.0, 100.0]}
    assert 0.8 == ratio(samples, FIFTY, "GET", "a", "redis")


def test_the_json_file_holds_claims_and_raw_figures(tmp_path: Path) -> None:
    claim = Claim("memory", 1.9, 2.0, at_most=True)
    write_json(
        tmp_path / "b.json", {"cpu": "a fast one"}, [Section("Memory", Table((), ()), [claim], {"redis": 1})]
    )
    document = json.loads((tmp_path / "b.json").read_text())
    assert {"Memory": {"redis": 1}} == document["figures"]
    assert ["met"] == [claim["verdict"] for claim in document["claims"]]
    assert {"cpu": "a fast one"} == document["machine"]
