"""Options of Aer's simulator as source: `simulator_options`."""

from __future__ import annotations

from tests.fuzz.choices import Choices

_COMMON = {
    "precision": ("'single'", "'double'"),
    "fusion_enable": ("False", "True"),
    "fusion_max_qubit": ("1", "2", "3"),
    "fusion_threshold": ("1", "2", "30"),
    "shot_branching_enable": ("True",),
    "shot_branching_sampling_enable": ("True",),
    "max_parallel_threads": ("1", "2"),
    "max_parallel_shots": ("1", "2"),
    "max_parallel_experiments": ("1", "2", "0"),
    "max_memory_mb": ("1000", "1"),
    "enable_truncation": ("False", "True"),
    "zero_threshold": ("1e-3", "1e-12"),
    "validation_threshold": ("0", "1"),
    "max_shot_size": ("10",),
    "max_job_size": ("1",),
    "accept_distributed_results": ("True",),
    "statevector_sample_measure_opt": ("1", "20"),
    "statevector_parallel_threshold": ("2",),
    "memory": ("True", "False"),
    "shots": ("55",),
    "blocking_enable": ("True",),
    "batched_shots_gpu": ("True",),
    "device": ("'CPU'",),
    "runtime_parameter_bind_enable": ("True",),
    "fusion_verbose": ("True",),
    "blocking_qubits": ("2",),
    "num_threads_per_device": ("1",),
}
_OF_METHOD: dict[str, dict[str, tuple[str, ...]]] = {
    "matrix_product_state": {
        "matrix_product_state_truncation_threshold": ("1e-16", "0.2"),
        "matrix_product_state_max_bond_dimension": ("1", "2"),
        "mps_sample_measure_algorithm": ("'mps_apply_measure'", "'mps_probabilities'"),
        "mps_log_data": ("True",),
        "chop_threshold": ("1e-3",),
        "mps_lapack": ("True",),
        "mps_swap_direction": ("'mps_swap_right'",),
    },
    "extended_stabilizer": {
        "extended_stabilizer_sampling_method": ("'metropolis'",),
        "extended_stabilizer_metropolis_mixing_time": ("100",),
        "extended_stabilizer_approximation_error": ("0.2",),
    },
}

WITHOUT_THREADS = {"extended_stabilizer"}
"""Methods with which Aer must have one thread: with two, one run in seven has other shots, whatever
the seed, and takes ten times as long."""

RUN_OPTIONS = (
    *(("foo", "1"), ("device", "'GPU'"), ("precision", "'half'"), ("parameter_binds", "[]")),
    *(("name", "'bell'"), ("meas_level", "2"), ("method", "'nonsense'"), ("shots", "None")),
    *(("noise_model", "None"), ("seed_simulator", "None"), ("fusion_max_qubit", "None")),
)
"""What is given to a run now and then, errors among it."""


def simulator_options(choices: Choices, method: str, tags: set[str]) -> dict[str, str]:
    """Some options of a simulator, as source."""
    if choices.chance(50):
        return {}
    known = {**_COMMON, **_OF_METHOD.get(method, {})}
    if method in WITHOUT_THREADS:
        del known["max_parallel_threads"]
    names = choices.some(list(known), choices.weighted({1: 5, 2: 2, 3: 1}))
    tags |= {f"option {name}" for name in names}
    return {name: choices.one_of(known[name]) for name in names}
