"""Options of IBM's primitives mean on a local backend what they mean in IBM's local mode."""

from __future__ import annotations

import pytest

from qsession.engines.local.options import estimator_options, sampler_options
from qsession.errors import InvalidInputError


def test_the_seed_the_shots_and_the_measurement_reach_the_sampler():
    options = {
        "default_shots": 7,
        "simulator": {"seed_simulator": 42},
        "execution": {"meas_type": "kerneled"},
        "run_options": {"method": "stabilizer"},
    }
    assert sampler_options(options) == {
        "default_shots": 7,
        "seed_simulator": 42,
        "run_options": {"method": "stabilizer", "meas_level": 1, "meas_return": "single"},
    }


def test_a_noise_model_is_a_run_option():
    noise = {"errors": ["a noise model"]}
    options = sampler_options({"simulator": {"noise_model": noise}})
    assert options == {"run_options": {"noise_model": noise}}


def test_the_seed_zero_is_a_seed():
    assert sampler_options({"simulator": {"seed_simulator": 0}}) == {"seed_simulator": 0}


def test_the_shots_of_an_estimator_are_a_precision():
    options = {"default_shots": 100, "simulator": {"seed_simulator": 42}}
    assert estimator_options(options) == ({"seed_simulator": 42}, 0.1)
    assert estimator_options({"default_precision": 0.2}) == ({"default_precision": 0.2}, None)


@pytest.mark.parametrize("translate", [sampler_options, estimator_options])
def test_options_without_effect_are_named(translate):
    with pytest.warns(UserWarning, match=r"'dynamical_decoupling'.* have no effect"):
        translate({"dynamical_decoupling": {"enable": True}})


@pytest.mark.parametrize("translate", [sampler_options, estimator_options])
def test_empty_groups_of_options_are_passed_over_in_silence(translate):
    translate({"simulator": {}, "dynamical_decoupling": {}, "default_shots": None})


@pytest.mark.parametrize("translate", [sampler_options, estimator_options])
def test_the_callers_options_stay_as_they_are(translate):
    options = {"default_shots": 7, "simulator": {"seed_simulator": 42}}
    translate(options)
    assert options == {"default_shots": 7, "simulator": {"seed_simulator": 42}}


@pytest.mark.parametrize("translate", [sampler_options, estimator_options])
def test_options_that_are_no_mapping_are_refused(translate):
    with pytest.raises(InvalidInputError, match="is not a mapping"):
        translate([("default_shots", 7)])
