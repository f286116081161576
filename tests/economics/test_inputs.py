"""The money step's inputs: documented in both languages, every default with its origin, people's writing understood."""

import pytest
from pydantic import ValidationError

from wfm.capacity import Leaders, Reserves, Shrinkage
from wfm.core.inputs import Inputs
from wfm.economics.inputs import Benefit, Money, NoCentre, Options, Wages


def models(top):
    yield top
    for field in top.model_fields.values():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Inputs):
                yield from models(kind)


FIELDS = [
    (model, name)
    for top in (Money, Wages, Options, Shrinkage, Leaders, Reserves)
    for model in models(top)
    for name in model.model_fields
]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_every_field_is_told_in_both_languages_and_knows_its_origin(model, name):
    field = model.model_fields[name]
    assert field.description
    assert any("一" <= letter <= "鿿" for letter in field.json_schema_extra["zh"])
    if field.default_factory is None:
        assert field.json_schema_extra["origin"] in ("stated", "found", "law", "assumed")
    if field.json_schema_extra.get("origin") in ("stated", "found"):
        assert field.json_schema_extra["source"]


@pytest.mark.parametrize("model", [Money, Wages, Options])
def test_a_schema_can_be_written(model):
    assert model.model_json_schema()["properties"].keys() == model.model_fields.keys()


def test_people_write_shares_months_and_falls():
    money = Money(horizon="3 years", discount_rate="8%", demand_growth="-5%", benefit={"attribution": "1/3"})
    assert (money.horizon, money.discount_rate, money.demand_growth) == (36, 0.08, -0.05)
    assert money.benefit.net() == pytest.approx(0.10)
    assert Money(demand_growth=-0.05).demand_growth == -0.05


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Money, {"horizon": 0}),
        (Money, {"price_growth": "-100%"}),
        (Money, {"rent": 5}),
        (Benefit, {"attribution": 1.5}),
        (Wages, {"full_time": -1}),
        (Wages, {"paid_days_per_month": 0}),
        (NoCentre, {"cost_per_month": "much"}),
        (Options, {"outsourced": {"price": {"basis": "per_smile"}}}),
        (Shrinkage, {"in_office": "100%"}),
    ],
)
def test_nonsense_is_refused(model, values):
    with pytest.raises(ValidationError):
        model(**values)


def test_an_option_written_as_null_is_left_out():
    assert Options(self_built=None).present() == ("none", "hosted", "outsourced")
