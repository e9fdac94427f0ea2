"""Small scenarios and their samples."""

from functools import cache

from commonlearn.simulation.data import synthetic_material
from commonlearn.simulation.scenario import DataSettings, Scenario, preset

DATA = {"source": "synthetic", "first": 300, "dimension": 60, "margin": 20}


@cache
def material(**settings):
    return synthetic_material(DataSettings(**{**DATA, **settings}))


def small(name="self-assessment", samples=200, **changes):
    """A preset on few drawn samples; dots and dashes of settings as double and single underscores."""
    named = {key.replace("__", ".").replace("_", "-"): value for key, value in changes.items()}
    return preset(name).changed({"data": DATA, "samples": samples, **named})


def made(**content):
    """A scenario from nothing: self-assessment with an honest contributor unless told otherwise."""
    usual = {
        "samples": 100,
        "data": DATA,
        "self-assessment": {},
        "agents": [{"name": "honest", "habit": "honest", "purse": "10ether"}],
    }
    return Scenario.model_validate({**usual, **content})
