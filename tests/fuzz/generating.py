"""Programs: source that uses sessions and backends, made from a seed: `generate`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.fuzz.choices import Choices
from tests.fuzz.circuits import write_circuit
from tests.fuzz.draft import AER_METHODS, BRANCHING_METHODS, Draft
from tests.fuzz.edits import edit
from tests.fuzz.jobs import Jobs
from tests.fuzz.noise import write_noise
from tests.fuzz.options import WITHOUT_THREADS, simulator_options
from tests.fuzz.profile import Profile

_BACKENDS = {
    "aer": 52,
    "aer noise": 27,
    "manila": 12,
    "aer of device": 3,
    "other device": 2,
    "legacy": 2,
    "generic": 1,
}
_OTHER_DEVICES = ("FakeLagosV2", "FakeJakartaV2", "FakeBelemV2", "FakeBogotaV2", "FakeYorktownV2")


@dataclass(frozen=True)
class Program:
    """A program to be run on both sides.

    Attributes:
        name: The seed that it is made from, which says it all.
        source: What runs.
        tags: What is remarkable about it, for statistics.
        is_seeded: Whether bits must be equal; else distributions.
    """

    name: str
    source: str
    tags: frozenset[str] = frozenset()
    is_seeded: bool = True


def generate(
    seed: int, number: int, *, share_of_devices: float = 1, is_branching: bool = False
) -> Program:
    """The program of a seed and a number: always the same.

    Args:
        seed: Of the series.
        number: In the series.
        share_of_devices: How often fake backends are used, as a factor.
        is_branching: Whether most circuits measure on their way, without noise, and are sampled.
    """
    name = f"{seed}:{number}"
    draft = Draft(Choices(name), is_branching=is_branching)
    _Generator(draft, share_of_devices).generate()
    return Program(name, draft.lines.source, frozenset(draft.tags), draft.is_seeded)


class _Generator:
    def __init__(self, draft: Draft, share_of_devices: float) -> None:
        self._draft = draft
        self._share_of_devices = share_of_devices

    def generate(self) -> None:
        choices = self._draft.choices
        self._draft.is_seeded = choices.chance(95)
        weights: dict[str, float] = dict(_BACKENDS)
        for kind in ("manila", "other device", "aer of device", "generic"):
            weights[kind] *= self._share_of_devices
        self._draft.kind = "aer" if self._draft.is_branching else choices.weighted(weights)
        self._draft.tags.add(self._draft.kind)
        self._is_device = self._draft.kind in {"manila", "other device", "generic", "aer of device"}
        if self._draft.is_of_aer:
            methods = BRANCHING_METHODS if self._draft.is_branching else AER_METHODS
            self._draft.method = choices.weighted(methods)
        if self._draft.method in {"unitary", "superop"} or choices.chance(22):
            self._draft.is_estimating = self._draft.method == "automatic" and choices.chance(80)
        else:
            self._draft.is_estimating = choices.chance(12)
        self._draft.is_estimating &= not self._draft.is_branching
        self._draft.is_client_side = choices.chance(7) and self._draft.method not in {
            "unitary",
            "superop",
        }
        profile = self._new_profile()
        self._profile = profile
        self._draft.tags |= {f"method {self._draft.method}", *profile.tags}
        for number in range(2 if choices.chance(30) else 1):
            own = profile if number == 0 else self._new_profile()
            self._draft.circuits.append(
                write_circuit(self._draft.lines, choices, own, "qc" if number == 0 else "qc2")
            )
        self._noise()
        self._backend()
        self._transpile()
        jobs = Jobs(self._draft)
        for number in range(choices.weighted({1: 4, 2: 3, 3: 2, 4: 1})):
            if number:
                edit(self._draft)
            jobs.add()
        jobs.collect()

    # --- circuits -------------------------------------------------------------------------------

    def _new_profile(self) -> Profile:
        choices = self._draft.choices
        is_basic = choices.chance(60)
        profile = Profile(
            method=self._draft.method,
            most_qubits=choices.weighted({1: 1, 2: 2, 3: 3, 4: 3, 5: 1}),
            is_basic=is_basic,
            is_dynamic=choices.chance(22),
            has_stores=choices.chance(10),
            has_variables=choices.chance(1.5),
            has_channels=choices.chance(18),
            has_wide=(not is_basic and choices.chance(50)) or choices.chance(6),
            has_custom=choices.chance(7),
            has_saves=choices.chance(7),
            has_labels=choices.chance(12),
            has_delays=choices.chance(30 if self._is_device else 6),
            has_odd_registers=choices.chance(8),
            is_measured=not self._draft.is_estimating,
            is_measured_within=choices.chance(25),
            parameters=choices.weighted({0: 6, 1: 2, 2: 2, 3: 1}),
            steps=choices.weighted({4: 2, 9: 4, 16: 1}),
        )
        if self._draft.is_branching:
            profile = replace(
                profile,
                is_dynamic=choices.chance(70),
                is_measured_within=choices.chance(80),
                has_saves=False,
                has_stores=choices.chance(4),
                has_variables=False,
                has_custom=False,
            )
        if self._draft.method in {"unitary", "superop"}:
            profile = replace(
                profile,
                is_measured=choices.chance(20),
                has_saves=choices.chance(80),
                is_measured_within=False,
                is_dynamic=False,
                has_stores=False,
            )
        if self._draft.method == "extended_stabilizer":
            # It takes many times as long for each gate that is no Clifford gate.
            profile = replace(
                profile, most_qubits=2, parameters=min(profile.parameters, 1), steps=4
            )
        if self._is_device:
            profile = replace(
                profile, has_variables=False, has_boxes=False, has_whiles=False, has_saves=False
            )
            profile = replace(profile, channels=("initialize",))
        if self._draft.is_estimating:
            few = not choices.chance(10)
            profile = replace(profile, has_saves=profile.has_saves and not few)
            if few:
                profile = replace(
                    profile, is_dynamic=False, has_stores=False, is_measured_within=False
                )
        return profile

    def _noise(self) -> None:
        choices = self._draft.choices
        self._draft.has_noise = self._draft.kind == "aer noise" or choices.chance(4)
        if self._draft.has_noise:
            write_noise(
                self._draft.lines,
                choices,
                max(c.qubits for c in self._draft.circuits),
                self._draft.names(),
            )
            self._draft.tags.add("noise model")

    def _transpile(self) -> None:
        choices = self._draft.choices
        self._is_fitted = self._is_device or (not self._profile.is_basic and choices.chance(75))
        self._is_fitted = self._is_fitted or choices.chance(5)
        if self._profile.has_channels and not self._is_device and choices.chance(80):
            self._is_fitted = False  # Qiskit cannot translate all of Aer's channels
        if self._is_fitted and choices.chance(5):
            self._is_fitted = False  # both sides have to say what is in the way
        if self._is_fitted:
            level = choices.one_of((0, 1, 1, 2, 3))
            for each in self._draft.circuits:
                seed = f"optimization_level={level}, seed_transpiler={choices.below(9)}"
                self._draft.lines.add(f"{each.name} = transpile({each.name}, backend, {seed})")
            self._draft.tags.add("transpiled")

    # --- backends -------------------------------------------------------------------------------

    def _backend(self) -> None:
        choices, lines = self._draft.choices, self._draft.lines
        options = simulator_options(choices, self._draft.method, self._draft.tags)
        if self._draft.is_of_aer:
            self._aer(options)
            return
        method = choices.one_of(("automatic", "density_matrix", "statevector"))
        chosen = f", method={method!r}" if choices.chance(40) else ""
        legacy = choices.one_of(("QasmSimulator", "StatevectorSimulator", "UnitarySimulator"))
        made = {
            "manila": "FakeManilaV2()",
            "other device": f"{choices.one_of(_OTHER_DEVICES)}()",
            "aer of device": f"AerSimulator.from_backend(FakeManilaV2(){chosen})",
            "legacy": f"{legacy}()",
            "generic": f"GenericBackendV2(5, seed={choices.below(5)})",
        }
        lines.add(f"backend = {made[self._draft.kind]}")
        if self._draft.kind == "manila" and choices.chance(15):
            name, value = choices.one_of(list(options.items()) or [("shots", "77")])
            lines.add(f"backend.set_options({name}={value})")

    def _aer(self, options: dict[str, str]) -> None:
        choices, given = self._draft.choices, {}
        if self._draft.method != "automatic" or choices.chance(20):
            given["method"] = repr(self._draft.method)
        is_late = self._draft.has_noise and choices.chance(30)
        if self._draft.kind == "aer noise" and not is_late:
            given["noise_model"] = "noise"
        if choices.chance(60):
            given.update(options)
        if self._draft.method in WITHOUT_THREADS:
            given["max_parallel_threads"] = "1"
        if self._draft.is_seeded and choices.chance(8):
            given["seed_simulator"] = str(choices.seed())
        arguments = ", ".join(f"{name}={value}" for name, value in given.items())
        self._draft.lines.add(f"backend = AerSimulator({arguments})")
        if self._draft.kind == "aer noise" and is_late and choices.chance(60):
            self._draft.lines.add("backend.set_options(noise_model=noise)")

    # --- jobs -----------------------------------------------------------------------------------

    # --- edits ----------------------------------------------------------------------------------
