"""The benchmark of approximations: its spike, with few simulated days; contenders rank as its page and docs say."""

from benchmarks.approximations import CONTENDERS, cases, compared, page


def test_the_spike_that_leaves_a_backlog():
    entry = compared(cases()[-1], 40)
    errors = {name: told["mean"] for name, told in entry["summary"]["sl_offered"].items()}
    assert set(errors) == set(CONTENDERS)
    assert errors["chain"] < errors["SIPP"]
    assert errors["fluid"] < errors["MOL"] < errors["SIPP"]
    assert sum(entry["offered"]) > 2000
    for value, low, high in entry["simulated"].values():
        assert all(a <= v <= b for v, a, b in zip(value, low, high, strict=True))
    text = page([entry])
    for name in CONTENDERS:
        assert f"| {name} |" in text
