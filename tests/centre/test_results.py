"""Results beside hand computation and exact values: all is accounted for, formulas, priorities, pooling, scenarios."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.centre.files import CENTRES, SMALL, TWO, played, scenario, written
from wfm.centre import compare_centres, read_centre, simulate_centre
from wfm.centre.assembled import assembled
from wfm.core.errors import InputError
from wfm.erlang import ErlangA
from wfm.report.shown import run
from wfm.simulate.tally import COLUMNS

EXPONENTIAL = ("contacts.presale.spread.family=exponential", "contacts.presale.wrap=0s", "contacts.presale.talk=180s")


def test_one_type_and_one_group_is_erlang_a(tmp_path: Path) -> None:
    """Eight agents, 2.6 contacts a minute, patience of two minutes on average, day and night: within four standard errors."""
    result = played(
        SMALL,
        *EXPONENTIAL,
        "hours.daily=00:00-24:00",
        "contacts.presale.per_day=3744",
        "contacts.presale.patience={family: exponential, mean: 120s}",
        "contacts.presale.redial={after_abandon: 0%, after_busy: 0%}",
        "groups.own.agents=8",
        "plan.days=7",
        "simulation={contacts: 800000, precision: 0.0001}",
        folder=tmp_path,
    )
    exact = ErlangA(2.6 / 60, 180, 120).measures(8, 20)
    for name, value in (
        ("sl_offered", exact["sl_offered"]),
        ("abandon_rate_offered", exact["abandon_rate_offered"]),
        ("mean_wait_all", exact["mean_wait_all"]),
        ("occupancy", exact["occupancy"]),
    ):
        found, low, high = result.kpi(name)
        assert abs(found - value) < 4 * (high - low) / 2 / 1.96, (name, found, value)
    assert result.contacts_simulated > 700_000


def test_everybody_is_accounted_for(tmp_path: Path) -> None:
    result = played(TWO, "transfers={presale: {vip: 20%}}", "lines=14", folder=tmp_path)
    types = result.types.set_index("type")
    assert list(types.index) == ["presale", "vip", "all"]
    for name in ("presale", "vip", "all"):
        row = types.loc[name]
        assert row["offered"] == pytest.approx(row["handled"] + row["abandoned"] + row["blocked"])
    for column in ("offered", "handled", "customers", "customers_handled", "value_lost"):
        assert types.loc["all", column] == pytest.approx(types.loc[["presale", "vip"], column].sum())
    presale = types.loc["presale"]
    assert presale["value_lost"] == pytest.approx(30 * (presale["customers"] - presale["customers_handled"]))
    by_interval = result.service.groupby("type")["offered"].sum()
    assert by_interval["presale"] == pytest.approx(presale["offered"])
    assert result.answers["answered"].sum() == pytest.approx(types.loc["all", "handled"])
    assert result.groups["answered"].sum() == pytest.approx(types.loc["all", "handled"])
    assert result.sites["answered"].sum() == pytest.approx(result.groups["answered"].sum())
    assert result.groups["busy_hours"].sum() > 0
    segments = result.labels[result.labels["label"] == "segment"].set_index("value")
    assert segments.loc["high_value", "offered"] == pytest.approx(types.loc["vip", "offered"])
    # Who may not be outsourced is not (S4-26).
    assert set(result.answers.loc[result.answers["type"] == "vip", "group"]) == {"own"}


def test_the_first_replication_is_told_contact_by_contact(tmp_path: Path) -> None:
    result = played(TWO, "transfers={presale: {vip: 20%}}", folder=tmp_path)
    contacts, spells = result.contacts, result.spells
    assert contacts.groupby("contact")["attempt"].max().sum() == len(contacts)
    answered = contacts[contacts["outcome"] == "handled"]
    assert answered["handle_time"].notna().all()
    spent = (spells["to"] - spells["from"]).dt.total_seconds()
    assert contacts["handle_time"].sum() == pytest.approx(spent.sum())
    twice = spells.groupby(["contact", "attempt"])["leg"].transform("max") > spells["leg"]
    assert (spells["transferred"] >= twice).all()
    assert twice.any()
    for _, own in spells.sort_values("from").groupby("agent"):
        assert (own["from"].to_numpy()[1:] >= own["to"].to_numpy()[:-1]).all()
    assert set(spells.loc[spells["type"] == "vip", "group"]) == {"own"}
    # Agents' time adds up to what is told of the group.
    hours = result.agent_time.groupby("state")["time"].sum() / 3600
    assert hours["busy"] + hours.get("overrun", 0.0) == pytest.approx(spent.sum() / 3600, rel=1e-6)
    assert hours["busy"] + hours["available"] == pytest.approx((8 + 3) * 2 * 2, rel=1e-6)


def test_by_hand_where_nothing_is_random(tmp_path: Path) -> None:
    """A roster of two: one is there for an hour with a break of ten minutes, one for the second hour."""
    turns = [("王芳", "09:00", "09:30"), ("王芳", "09:40", "10:00"), ("李强", "10:00", "11:00")]
    roster = "agent,from,to\n" + "".join(f"{name},2027-07-05 {since},2027-07-05 {until}\n" for name, since, until in turns)
    written(tmp_path, roster, "roster.csv")
    result = played(SMALL, "groups.own={roster: roster.csv}", "contacts.presale.per_day=0", folder=tmp_path)
    group = result.groups.iloc[0]
    assert group["staffed_hours"] == pytest.approx(50 / 60 + 1)
    assert group["busy_hours"] == 0
    time = result.agent_time
    told = [(row.agent, row.state, f"{row._3:%H:%M}", f"{row.to:%H:%M}") for row in time.itertuples()]
    assert told == [
        ("王芳", "available", "09:00", "09:30"),
        ("王芳", "break", "09:30", "09:40"),
        ("王芳", "available", "09:40", "10:00"),
        ("李强", "available", "10:00", "11:00"),
    ]
    assert np.isnan(result.kpi("sl_offered", "presale")[0])


def test_agents_of_a_roster_are_told_as_the_engine_counts_them(tmp_path: Path) -> None:
    """Breaks, late leavers, an outage, closing with a queue: every second of work and of waiting for work, group by group."""
    turns = [
        (f"agent {number}", since, until)
        for number in range(6)
        for since, until in (
            ("08:30", f"09:{30 + number}"),
            (f"09:{42 + number}", "10:20"),
            ("10:20", f"11:{10 * (number % 2):02d}"),
        )
    ]
    rows = "".join(f"{name},2027-07-05 {since},2027-07-05 {until}\n" for name, since, until in turns)
    written(tmp_path, f"agent,from,to\n{rows}", "roster.csv")
    for sets in ((), ("end_of_shift=return_to_queue",), ("closing=let_go",)):
        result = played(
            SMALL,
            "groups.own={roster: roster.csv}",
            "contacts.presale.per_day=90",
            "outages=[{at: 2027-07-05T10:05, lasts: 8min}]",
            *sets,
            folder=tmp_path,
        )
        time = result.agent_time.groupby("state")["time"].sum()
        first = result.tallies.groups[0, 0].sum(axis=0)
        busy, staffed, overrun = (first[COLUMNS.index(name)] for name in ("busy_time", "staffed_time", "overrun_time"))
        assert time["busy"] + time.get("overrun", 0.0) == pytest.approx(busy), sets
        assert time.get("overrun", 0.0) == pytest.approx(overrun), sets
        assert time["available"] == pytest.approx(staffed - busy), sets
        # Who works on into a break has so much less of it.
        assert 6 * 12 * 60 - overrun - 1e-6 <= time["break"] <= 6 * 12 * 60 + 1e-6, sets
        spent = (result.spells["to"] - result.spells["from"]).dt.total_seconds().sum()
        assert spent == pytest.approx(busy), sets


def test_contacts_by_day_hour_and_weekday(tmp_path: Path) -> None:
    made = assembled(
        scenario(
            SMALL,
            "plan.days=7",
            "contacts.presale.weekday={sat: 1.5, sun: 0}",
            "contacts.presale.peak={hours: '10:00-11:00', share: 70%}",
            "volume=200%",
            folder=tmp_path,
        )
    )
    kind = made.centre.kinds[0]
    contacts = pd.Series(kind.rate * 1800, index=made.grid["start"])
    by_day = contacts.groupby(made.grid["weekday"].to_numpy()).sum()
    assert by_day.tolist() == pytest.approx([400, 400, 400, 400, 400, 600, 0])
    monday = contacts[made.grid["weekday"].to_numpy() == 0].to_numpy()
    assert monday[2:].sum() == pytest.approx(280)


def test_tables_instead_of_numbers(tmp_path: Path) -> None:
    starts = [f"2027-07-05T{clock}+08:00" for clock in ("09:00", "09:30", "10:00", "10:30")]
    volumes = "start,contacts,aht\n" + "".join(f"{start},{10 * (i + 1)},{100 + i}\n" for i, start in enumerate(starts))
    cover = "start,group,agents\n" + "".join(
        f"{start},{group},{agents}\n" for start in starts[:3] for group, agents in (("own", 4.5), ("x", 9))
    )
    written(tmp_path, volumes, "volumes.csv")
    written(tmp_path, cover, "cover.csv")
    chosen = scenario(
        SMALL, "contacts.presale={file: volumes.csv, day_to_day_cv: 0%}", "groups.own={cover: cover.csv}", folder=tmp_path
    )
    centre = assembled(chosen, tmp_path).centre
    assert (centre.kinds[0].rate * 1800).tolist() == pytest.approx([10, 20, 30, 40])
    assert centre.kinds[0].aht.tolist() == [100, 101, 102, 103]
    assert centre.groups[0].agents is not None
    assert centre.groups[0].agents.tolist() == [4.5, 4.5, 4.5, 0]
    for change, said in (
        (lambda text: text.replace("09:30", "09:00"), "two rows for one interval"),
        (lambda text: text.replace(",20,", ",-20,"), "a finite number of 0 or more is needed here"),
        (lambda text: "\n".join(text.splitlines()[:-1]), "no row for an interval that is open"),
        (lambda text: text.replace("2027", "2028"), "no row for the days played"),
        (lambda text: text.replace("contacts", "calls"), "no column 'contacts'"),
    ):
        written(tmp_path, change(volumes), "volumes.csv")
        with pytest.raises(InputError, match=said):
            assembled(chosen, tmp_path)


def test_rosters_that_cannot_be_are_refused(tmp_path: Path) -> None:
    chosen = scenario(SMALL, "groups.own={roster: roster.csv}", folder=tmp_path)
    for rows, said in (
        ("a,2027-07-05 09:30,2027-07-05 09:00\n", "ends before it begins"),
        ("a,2027-07-05 09:00,2027-07-05 10:00\na,2027-07-05 09:30,2027-07-05 11:00\n", "overlaps another"),
        ("a,2026-07-05 09:00,2026-07-05 10:00\n", "nobody on the roster is there"),
    ):
        written(tmp_path, f"agent,from,to\n{rows}", "roster.csv")
        with pytest.raises(InputError, match=said) as caught:
            assembled(chosen, tmp_path)
        assert caught.value.problems[0].file.endswith("roster.csv")


def test_a_higher_priority_waits_no_longer(tmp_path: Path) -> None:
    """S2-10, three tiers of the same customers: the better the tier, the shorter the wait; without tiers they are alike."""
    tiers = "\n".join(
        f"  {name}: {{per_day: 120, day_to_day_cv: 0%, redial: {{after_abandon: 0%}}}}" for name in ("gold", "silver", "plain")
    )
    text = SMALL.replace("  presale: {per_day: 200, day_to_day_cv: 0%}", tiers).replace(
        "  presale: [own]", "  gold: [own]\n  silver: [own]\n  plain: [own]"
    )
    many = "simulation={contacts: 60000, precision: 0.0001}"
    result = played(text, "priority=[gold, silver, plain]", many, folder=tmp_path)
    waits = [result.kpi("mean_wait_all", name) for name in ("gold", "silver", "plain")]
    assert waits[0][2] < waits[1][1]
    assert waits[1][2] < waits[2][1]
    alike = played(text, "priority=[[gold, silver, plain]]", many, folder=tmp_path)
    flat = [alike.kpi("mean_wait_all", name) for name in ("gold", "silver", "plain")]
    assert max(low for _, low, _ in flat) < min(high for _, _, high in flat)


def test_pooled_is_no_worse_than_split_under_the_same_customers(tmp_path: Path) -> None:
    text = TWO.replace("outsourcable: false, ", "")
    split = scenario(text, "routing={presale: [own], vip: [vendor]}", folder=tmp_path)
    pooled = scenario(text, "routing={presale: [own, vendor], vip: [vendor, own]}", folder=tmp_path)
    found = compare_centres(split, pooled)
    gain, low, _ = found.difference("sl_offered")
    assert gain > low > 0
    assert set(found.kpis["type"]) == {"presale", "vip", "all"}
    # The same customers came to both.
    for name in ("presale", "vip"):
        one, other = (side.types.set_index("type").loc[name, "customers"] for side in (found.one, found.other))
        assert one == other
    assert float(found.kpis.query("kpi == 'sl_offered' and type == 'all'")["reduction"].iloc[0]) > 1


def test_customers_are_the_same_whatever_the_order_in_the_file(tmp_path: Path) -> None:
    lines = TWO.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  presale: {per_day"))
    turned = "\n".join([*lines[:first], lines[first + 1], lines[first], *lines[first + 2 :]])
    found = compare_centres(scenario(TWO, folder=tmp_path), scenario(turned, folder=tmp_path))
    same = found.kpis.dropna(subset="difference")
    assert (same["difference"] == 0).all()


def test_customers_are_the_same_where_the_other_lacks_a_type(tmp_path: Path) -> None:
    gone = TWO.replace("  presale: {per_day", "  gone: {per_day").replace("  presale: [own", "  gone: [own")
    text = gone.replace("[vip, presale]", "[vip]")
    found = compare_centres(scenario(TWO, folder=tmp_path), scenario(text, folder=tmp_path))
    one, other = (side.types.set_index("type").loc["vip", "customers"] for side in (found.one, found.other))
    assert one == other
    assert set(found.kpis["type"]) == {"vip", "all"}


def test_centres_that_have_nothing_in_common_are_not_compared(tmp_path: Path) -> None:
    one = scenario(SMALL, folder=tmp_path)
    with pytest.raises(InputError, match="no contact type in common"):
        compare_centres(one, scenario(SMALL.replace("presale", "sales"), folder=tmp_path))
    with pytest.raises(InputError, match="over the same intervals"):
        compare_centres(one, scenario(SMALL, "hours.daily=09:00-12:00", folder=tmp_path))


def test_overflow_reserve_outage_and_closing_reach_the_engines(tmp_path: Path) -> None:
    made = assembled(
        scenario(
            TWO,
            "routing.vip=[{group: own, keep_free: 2, handle_factor: 1.5, level: 9}]",
            "outages=[{at: 2027-07-05T10:00, lasts: 20min, sites: [hangzhou], loss: 50%}]",
            "availability={share: 99%, groups: [vendor]}",
            "end_of_shift=return_to_queue",
            "closing=let_go",
            "contacts.vip.weight=3",
            "busyness={over_days: 50%, over_types: 30%, memory: 2h}",
            folder=tmp_path,
        )
    )
    centre = made.centre
    skills = {(made.kinds[s.kind], made.groups[s.group]): s for s in centre.skills}
    assert skills["presale", "own"].level == 1
    assert (skills["presale", "vendor"].delay, skills["presale", "vendor"].rank, skills["presale", "vendor"].factor) == (30, 1, 1.2)
    assert (skills["vip", "own"].reserve, skills["vip", "own"].factor, skills["vip", "own"].level) == (2, 1.5, 8)
    outage = centre.outages[0]
    assert (outage.start, outage.end, outage.groups, outage.loss) == (3_600_000_000, 4_800_000_000, (0,), 0.5)
    assert centre.breakdowns is not None
    assert centre.breakdowns.groups == (1,)
    assert (centre.leaving, centre.closing, centre.weight) == ("return_to_queue", "let_go", (1, 3))
    assert centre.kinds[0].busyness.over_types == 0.3


def test_both_engines_give_the_same_tables(tmp_path: Path) -> None:
    fast, slow = (played(TWO, f"simulation.engine={engine}", "lines=12", folder=tmp_path) for engine in ("compiled", "simpy"))
    for name, table in fast.tables.items():
        pd.testing.assert_frame_equal(table, slow.tables[name], obj=name)


def test_precision_stops_where_it_is_reached(tmp_path: Path) -> None:
    result = played(SMALL, "simulation={contacts: 1000000, precision: 2%, replications_min: 5}", folder=tmp_path)
    _, low, high = result.kpi("sl_offered")
    assert result.stopped_by == "precision"
    assert (high - low) / 2 <= 0.0201 or high == 1.0
    assert played(SMALL, folder=tmp_path).stopped_by == "contacts"


def test_days_without_contacts_say_nothing_of_targets(tmp_path: Path) -> None:
    result = played(
        SMALL,
        "plan.days=2",
        "contacts.presale={bursts: [{at: 2027-07-06T09:00, contacts: 40}]}",
        "groups.own.agents=1",
        folder=tmp_path,
    )
    assert result.types.set_index("type").loc["presale", "met"] == 0.0
    assert result.weekdays[result.weekdays["type"] == "presale"]["met"].isna().tolist() == [True, False]


def test_availability_takes_its_share_of_hours(tmp_path: Path) -> None:
    """S0-19: 99.5 % available removes half a percent of capacity-hours, within the error of the simulation."""
    down = played(
        SMALL,
        "hours.daily=00:00-24:00",
        "plan.days=28",
        "availability={share: 95%, mean_length: 20min}",
        "simulation={contacts: 200000, precision: 0.00001}",
        folder=tmp_path,
    )
    hours = down.tallies.groups[:, 0, :, :].sum(axis=1)
    staffed = hours[:, COLUMNS.index("staffed_time")] - hours[:, COLUMNS.index("overrun_time")]
    share = staffed / (28 * 24 * 3600 * 10)
    assert abs(share.mean() - 0.95) < 4 * share.std(ddof=1) / np.sqrt(len(share))


def test_scenarios_are_read() -> None:
    for path in sorted(CENTRES.glob("*.yaml")):
        made, source = read_centre(path)
        assert assembled(made, source.folder).centre.kinds, path.stem


def test_three_skills() -> None:
    made, source = read_centre(CENTRES / "three-skills.yaml", ["simulation={contacts: 1, replications_min: 4}"])
    result = simulate_centre(made, source.folder)
    vip = result.answers[result.answers["type"] == "vip"]
    assert set(vip["group"]) == {"vip_desk", "own"}
    assert result.groups.set_index("group").loc["vendor", "answered"] > 0
    # What is transferred is offered again: 4 % of presale's answers.
    spells = result.spells[result.spells["type"] == "presale"]
    moved = spells["transferred"].mean()
    assert abs(moved - 0.04) < 4 * np.sqrt(0.04 * 0.96 / len(spells))


@pytest.mark.parametrize(
    ("agents", "lines", "stated"), [(5, 8, 0.16), (10, 12, 0.27), (10, 30, 0.29), (20, 30, 0.47), (40, 60, 0.75), (60, 90, 0.94)]
)
def test_an_airing_answers_the_stated_shares(agents: int, lines: int, stated: float) -> None:
    """S1-11, E2: within 2 points."""
    sets = [f"groups.own.agents={agents}", f"lines={lines}", "simulation={contacts: 1, replications_min: 40}"]
    made, source = read_centre(CENTRES / "dm-burst.yaml", sets)
    found, low, high = simulate_centre(made, source.folder).kpi("answer_rate_customer", "airing")
    assert abs(found - stated) < 0.02
    assert high - low < 0.03


def test_a_vendors_pool_is_worth_most_of_the_airing() -> None:
    """E2: with 60 more agents at a vendor's, and lines for them, nine in ten are answered."""
    made, source = read_centre(CENTRES / "dm-burst.yaml", ["simulation={contacts: 1, replications_min: 10}"])
    pool, _ = read_centre(
        CENTRES / "dm-burst.yaml", ["simulation={contacts: 1, replications_min: 10}", "groups.vendor.agents=60", "lines=100"]
    )
    found = compare_centres(made, pool, (source.folder, source.folder))
    gain, low, _ = found.difference("answer_rate_customer", "airing")
    assert low > 0.5
    assert found.other.kpi("answer_rate_customer", "airing")[0] > 0.9
    lost = [result.types.set_index("type").loc["airing", "value_lost"] for result in (found.one, found.other)]
    assert lost[0] - lost[1] == pytest.approx(gain * 300 * 200, rel=0.01)


def test_two_halls_pooled_carry_more_than_apart() -> None:
    """E4: at 4,639 calls an hour 240 agents pooled keep 80/20 and two halls of 120 do not; at 4,530 they do."""
    small = ["simulation={contacts: 1, replications_min: 12}"]
    pooled, source = read_centre(CENTRES / "telstra.yaml", small)
    split, _ = read_centre(CENTRES / "telstra-split.yaml", small)
    found = compare_centres(pooled, split, (source.folder, source.folder))
    level, low, high = found.one.kpi("sl_offered")
    assert low - 0.01 < 0.80 < high + 0.01, level
    _, _, above = found.difference("sl_offered")
    assert above < -0.1
    fewer, _ = read_centre(CENTRES / "telstra-split.yaml", [*small, "volume=0.9765"])
    level, low, high = simulate_centre(fewer).kpi("sl_offered")
    assert low - 0.01 < 0.80 < high + 0.01, level


def test_two_hundred_seats_by_day_and_night() -> None:
    """E3: some 200 seats, seven days, around the clock, hosted beside self-built; heads, seats and licences are three numbers."""
    plan = run(
        CENTRES.parent / "maibaobao.yaml",
        ["simulation.contacts=1", "simulation.replications_min=2", "report.compare=[independent_intervals]"],
    )
    people = plan.people
    assert 195 <= people.seats <= 215
    assert people.heads > 2.5 * people.seats
    row = people.table.iloc[0]
    assert row["licences_concurrent"] >= people.seats
    assert row["licences_named"] == people.heads
    assert plan.forecast["date"].nunique() == 7
    assert plan.requirement["agents"].min() > 0
    options = plan.options.set_index("option")
    assert {"hosted", "self_built"} <= set(options.index)
    assert options.loc["hosted", "investment"] < options.loc["self_built", "investment"]


def test_more_contacts_than_can_be_played_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1,000,000,000 contacts a replication are more than can be played at once"):
        assembled(scenario(SMALL, "contacts.presale.per_day=1000000000", folder=tmp_path))
    bursts = "contacts.presale.bursts=[{at: 2027-07-05T09:00, contacts: 1900000}]"
    chosen = scenario(SMALL, bursts, "volume=3", folder=tmp_path)
    with pytest.raises(InputError, match=r"contacts\.presale: contacts of a burst is"):
        assembled(chosen)
