"""Programs: source that uses sessions and backends, made from a seed: `generate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.fuzz.choices import Choices, Lines
from tests.fuzz.circuits import write_circuit
from tests.fuzz.instructions import LABELS, METHODS
from tests.fuzz.noise import ONE_QUBIT, TWO_QUBITS, add_error, write_noise
from tests.fuzz.options import RUN_OPTIONS, simulator_options
from tests.fuzz.profile import Circuit, Profile

_METHODS = {
    "automatic": 50,
    "statevector": 12,
    "density_matrix": 11,
    "stabilizer": 10,
    "matrix_product_state": 8,
    "extended_stabilizer": 3,
    "unitary": 2,
    "superop": 2,
}
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
_SHOTS = {1: 1, 2: 1, 7: 1, 40: 2, 100: 4, 300: 2, 1000: 0.5}
_PRECISIONS = {0.05: 1, 0.1: 3, 0.3: 2, 0.9: 1}


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


def generate(seed: int, number: int, *, share_of_devices: float = 1) -> Program:
    """The program of a seed and a number: always the same.

    Args:
        seed: Of the series.
        number: In the series.
        share_of_devices: How often fake backends are used, as a factor.
    """
    name = f"{seed}:{number}"
    return _Generator(name, Choices(name), share_of_devices).generate()


@dataclass
class _Generator:
    name: str
    choices: Choices
    share_of_devices: float
    lines: Lines = field(default_factory=Lines)
    tags: set[str] = field(default_factory=set)
    method: str = "automatic"
    circuits: list[Circuit] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    sessions: int = 0
    jobs: int = 0
    has_noise: bool = False

    def generate(self) -> Program:
        choices = self.choices
        self.is_seeded = choices.chance(95)
        weights: dict[str, float] = dict(_BACKENDS)
        for kind in ("manila", "other device", "aer of device", "generic"):
            weights[kind] *= self.share_of_devices
        self.kind = choices.weighted(weights)
        self.tags.add(self.kind)
        self.is_device = self.kind in {"manila", "other device", "generic", "aer of device"}
        if self.kind in {"aer", "aer noise"}:
            self.method = choices.weighted(_METHODS)
        if self.method in {"unitary", "superop"} or choices.chance(22):
            self.is_estimating = self.method == "automatic" and choices.chance(80)
        else:
            self.is_estimating = choices.chance(12)
        self.is_client_side = choices.chance(7) and self.method not in {"unitary", "superop"}
        profile = self._profile()
        self.profile = profile
        self.tags |= {f"method {self.method}", *profile.tags}
        for number in range(2 if choices.chance(30) else 1):
            own = profile if number == 0 else self._profile()
            self.circuits.append(
                write_circuit(self.lines, choices, own, "qc" if number == 0 else "qc2")
            )
        self._noise()
        self._backend()
        self._transpile()
        jobs = choices.weighted({1: 4, 2: 3, 3: 2, 4: 1})
        for number in range(jobs):
            if number:
                self._edit()
            self._job()
        for job in self.waiting:
            self.lines.add(f"collect({job})")
        return Program(self.name, self.lines.source, frozenset(self.tags), self.is_seeded)

    # --- circuits -------------------------------------------------------------------------------

    def _profile(self) -> Profile:
        choices = self.choices
        is_basic = choices.chance(60)
        profile = Profile(
            method=self.method,
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
            has_delays=choices.chance(30 if self.is_device else 6),
            has_odd_registers=choices.chance(8),
            is_measured=not self.is_estimating,
            is_measured_within=choices.chance(25),
            parameters=choices.weighted({0: 6, 1: 2, 2: 2, 3: 1}),
            steps=choices.weighted({4: 2, 9: 4, 16: 1}),
        )
        if self.method in {"unitary", "superop"}:
            profile = replace(
                profile,
                is_measured=choices.chance(20),
                has_saves=choices.chance(80),
                is_measured_within=False,
                is_dynamic=False,
                has_stores=False,
            )
        if self.method == "extended_stabilizer":
            # It takes many times as long for each gate that is no Clifford gate.
            profile = replace(
                profile, most_qubits=2, parameters=min(profile.parameters, 1), steps=4
            )
        if self.is_device:
            profile = replace(
                profile, has_variables=False, has_boxes=False, has_whiles=False, has_saves=False
            )
            profile = replace(profile, channels=("initialize",))
        if self.is_estimating:
            few = not choices.chance(10)
            profile = replace(profile, has_saves=profile.has_saves and not few)
            if few:
                profile = replace(
                    profile, is_dynamic=False, has_stores=False, is_measured_within=False
                )
        return profile

    def _noise(self) -> None:
        choices = self.choices
        self.has_noise = self.kind == "aer noise" or choices.chance(4)
        if self.has_noise:
            write_noise(self.lines, choices, max(c.qubits for c in self.circuits), self._names())
            self.tags.add("noise model")

    def _names(self) -> frozenset[str]:
        """Names of what the circuits have in them, and of what they may be transpiled to."""
        source = self.lines.source
        known = {*METHODS, *ONE_QUBIT, *TWO_QUBITS, "unitary", "measure"}
        found = {name for name in known if f".{name}(" in source}
        found |= {label for label in LABELS if label and f"label={label!r}" in source}
        if "measure_a" in source:
            found.add("measure")
        return frozenset(found)

    def _transpile(self) -> None:
        choices = self.choices
        self.is_fitted = self.is_device or (not self.profile.is_basic and choices.chance(75))
        self.is_fitted = self.is_fitted or choices.chance(5)
        if self.profile.has_channels and not self.is_device and choices.chance(80):
            self.is_fitted = False  # Qiskit cannot translate all of Aer's channels
        if self.is_fitted and choices.chance(5):
            self.is_fitted = False  # both sides have to say what is in the way
        if self.is_fitted:
            level = choices.one_of((0, 1, 1, 2, 3))
            for each in self.circuits:
                seed = f"optimization_level={level}, seed_transpiler={choices.below(9)}"
                self.lines.add(f"{each.name} = transpile({each.name}, backend, {seed})")
            self.tags.add("transpiled")

    # --- backends -------------------------------------------------------------------------------

    def _backend(self) -> None:
        choices, lines = self.choices, self.lines
        options = simulator_options(choices, self.method, self.tags)
        if self.kind in {"aer", "aer noise"}:
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
        lines.add(f"backend = {made[self.kind]}")
        if self.kind == "manila" and choices.chance(15):
            name, value = choices.one_of(list(options.items()) or [("shots", "77")])
            lines.add(f"backend.set_options({name}={value})")

    def _aer(self, options: dict[str, str]) -> None:
        choices, given = self.choices, {}
        if self.method != "automatic" or choices.chance(20):
            given["method"] = repr(self.method)
        is_late = self.has_noise and choices.chance(30)
        if self.kind == "aer noise" and not is_late:
            given["noise_model"] = "noise"
        if choices.chance(60):
            given.update(options)
        if self.is_seeded and choices.chance(8):
            given["seed_simulator"] = str(choices.seed())
        arguments = ", ".join(f"{name}={value}" for name, value in given.items())
        self.lines.add(f"backend = AerSimulator({arguments})")
        if self.kind == "aer noise" and is_late and choices.chance(60):
            self.lines.add("backend.set_options(noise_model=noise)")

    # --- jobs -----------------------------------------------------------------------------------

    def _job(self) -> None:
        choices = self.choices
        if self.is_estimating:
            kinds: dict[Callable[[], str], float] = {self._estimator: 6, self._session_estimates: 2}
            if self.is_client_side:
                kinds = {self._client_estimator: 1}
        elif self.is_client_side:
            kinds = {self._client_sampler: 1, self._executor: 1}
        else:
            kinds = {
                self._backend_run: 8,
                self._run_circuits: 2,
                self._sampler: 8,
                self._session_samples: 3,
            }
        make = choices.weighted(kinds)
        self.tags.add(make.__name__.strip("_"))
        if choices.chance(4) and make in {self._sampler, self._session_samples, self._estimator}:
            calls = [make(), make()]
            self.lines.add(f"together(lambda: {calls[0]}, lambda: {calls[1]})")
            self.tags.add("threads")
        elif choices.chance(12) and make in {self._sampler, self._estimator, self._session_samples}:
            job = f"job{self.jobs}"
            self.lines.add(f"{job} = submit(lambda: {make()})")
            self.waiting.append(job)
            self.tags.add("collected later")
        else:
            self.lines.add(f"observe(lambda: {make()})")
        self.jobs += 1

    def _session(self) -> str:
        if self.sessions == 0 or self.choices.chance(15):
            self.lines.add(f"session{self.sessions} = open_session(backend)")
            self.sessions += 1
        return f"session{self.choices.below(self.sessions)}"

    def _shots(self) -> int:
        if self.method == "extended_stabilizer":
            return self.choices.one_of((2, 5))  # it takes 10 ms for each, and more
        if not self.is_seeded:
            return self.choices.one_of((300, 1000))
        return self.choices.weighted(_SHOTS)

    def _backend_run(self) -> str:
        arguments = ", ".join([self._some_circuits(), *self._run_arguments()])
        return f"on(backend).run({arguments})"

    def _run_circuits(self) -> str:
        session = self._session()
        arguments = ", ".join([session, self._some_circuits(), *self._run_arguments()])
        return f"run_circuits({arguments})"

    def _run_arguments(self) -> list[str]:
        choices, options = self.choices, dict[str, str]()
        if choices.chance(85):
            options["shots"] = str(self._shots())
        if self.is_seeded and not (self._has_own_seed() and choices.chance(40)):
            options["seed_simulator"] = str(choices.seed())
        if choices.chance(60):
            options["memory"] = "True"
        if choices.chance(12):
            options.update(simulator_options(choices, self.method, self.tags))
        if self.has_noise and (self.kind != "aer noise" or choices.chance(20)):
            options["noise_model"] = "noise"
        if choices.chance(6):
            name, value = choices.one_of(RUN_OPTIONS)
            if name != "seed_simulator" or not self.is_seeded:
                options[name] = value
            self.tags.add(f"option {name}")
        if choices.chance(5) and self.kind == "aer":
            options["method"] = repr(choices.weighted(_METHODS))
        return [f"{name}={value}" for name, value in options.items()]

    def _has_own_seed(self) -> bool:
        """Whether the backend has one."""
        before = self.lines.source.split("observe", 1)[0]
        return "backend = AerSimulator(" in before and "seed_simulator=" in before

    def _some_circuits(self) -> str:
        """Circuits for a backend, which takes no parameters."""
        choices = self.choices
        bound = [self._bound(each) for each in self.circuits]
        if len(bound) == 1 and choices.chance(75):
            return bound[0]
        count = choices.between(1, 3)
        return f"[{', '.join(self._bound(choices.one_of(self.circuits)) for _ in range(count))}]"

    def _bound(self, circuit: Circuit) -> str:
        if not circuit.parameters or self.choices.chance(2):
            return circuit.name
        return f"{circuit.name}.assign_parameters({self._sweep(circuit, ())})"

    def _sweep(self, circuit: Circuit, shape: tuple[int, ...]) -> str:
        choices = self.choices
        start = choices.one_of(("0.0", "0.3", "pi / 4", str(round(choices.below(700) / 100, 2))))
        step = choices.one_of(("pi / 2", "0.1", "0.37", "pi"))
        return f"sweep({circuit.name}, {shape}, {start}, {step})"

    def _pub(self, circuit: Circuit) -> str:
        choices = self.choices
        shape = choices.one_of(((), (), (), (3,), (2, 2), (1,), (2, 1)))
        values = self._sweep(circuit, shape) if circuit.parameters else "None"
        if self.is_seeded and choices.chance(40):
            return f"({circuit.name}, {values}, {self._shots()})"
        return f"({circuit.name}, {values})" if circuit.parameters else circuit.name

    def _sampler_pubs(self) -> str:
        choices = self.choices
        count = choices.weighted({1: 6, 2: 3, 3: 1})
        if count == 1:
            return f"[{self._pub(self.circuits[0])}]"
        return f"[{', '.join(self._pub(choices.one_of(self.circuits)) for _ in range(count))}]"

    def _primitive_options(self) -> str:
        choices = self.choices
        simulator = {}
        if self.is_seeded:
            simulator["seed_simulator"] = str(choices.seed())
        if self.has_noise and not self.is_estimating and choices.chance(50):
            simulator["noise_model"] = "noise"
        options = {}
        if simulator:
            own = ", ".join(f"{name!r}: {value}" for name, value in simulator.items())
            options["simulator"] = f"{{{own}}}"
        if choices.chance(20):
            if self.is_estimating and choices.chance(70):
                options["default_precision"] = str(choices.weighted(_PRECISIONS))
            else:
                options["default_shots"] = str(self._shots())
        if choices.chance(2) and not self.is_estimating:
            options["execution"] = (
                f"{{'meas_type': {choices.one_of(('classified', 'kerneled'))!r}}}"
            )
        return f"{{{', '.join(f'{name!r}: {value}' for name, value in options.items())}}}"

    def _sampler(self) -> str:
        session, shots = self._session(), ""
        if self.choices.chance(80):
            shots = f", shots={self._shots()}"
        options = self._primitive_options()
        return f"SamplerV2({session}, options={options}).run({self._sampler_pubs()}{shots})"

    def _session_samples(self) -> str:
        session, shots = self._session(), ""
        if self.choices.chance(80):
            shots = f", shots={self._shots()}"
        return (
            f"sample({session}, {self._sampler_pubs()}{shots}, options={self._primitive_options()})"
        )

    def _observables(self, circuit: Circuit) -> str:
        choices = self.choices
        if choices.chance(8):
            return choices.one_of(
                (f"'Z' * {circuit.name}.num_qubits", f"'0' + 'I' * ({circuit.name}.num_qubits - 1)")
            )
        one = [self._observable(circuit) for _ in range(3)]
        return choices.weighted(
            {one[0]: 6, f"[{one[0]}, {one[1]}]": 2, f"[[{one[0]}], [{one[1]}], [{one[2]}]]": 1}
        )

    def _observable(self, circuit: Circuit) -> str:
        choices, terms = self.choices, []
        for _ in range(choices.between(1, 3)):
            width = choices.between(1, min(3, circuit.qubits))
            label = "".join(choices.one_of("XYZZI") for _ in range(width))
            on = choices.some(range(circuit.qubits), width)
            terms.append(f"({label!r}, {on}, {choices.one_of((1.0, -0.5, 0.25, 2.0))})")
        width_text = f"num_qubits={circuit.name}.num_qubits"
        return f"SparsePauliOp.from_sparse_list([{', '.join(terms)}], {width_text})"

    def _estimator_pubs(self) -> str:
        choices, pubs = self.choices, []
        for _ in range(choices.weighted({1: 6, 2: 2})):
            circuit = choices.one_of(self.circuits)
            parts = [circuit.name, self._observables(circuit)]
            if circuit.parameters:
                shape = choices.one_of(((), (), (2,), (1, 2), (3, 1)))
                parts.append(self._sweep(circuit, shape))
            pubs.append(f"({', '.join(parts)})")
        return f"[{', '.join(pubs)}]"

    def _precision(self) -> str:
        if self.method == "extended_stabilizer":
            return ", precision=0.9"
        if not self.is_seeded:
            return ", precision=0.03"
        if self.choices.chance(80):
            return f", precision={self.choices.weighted(_PRECISIONS)}"
        return ""

    def _estimator(self) -> str:
        session, options = self._session(), self._primitive_options()
        arguments = f"{self._estimator_pubs()}{self._precision()}"
        return f"EstimatorV2({session}, options={options}).run({arguments})"

    def _session_estimates(self) -> str:
        session = self._session()
        arguments = f"{self._estimator_pubs()}{self._precision()}"
        return f"estimate({session}, {arguments}, options={self._primitive_options()})"

    def _client_options(self) -> str:
        if not self.is_seeded:
            return "{}"
        return f"{{'simulator': {{'seed_simulator': {self.choices.seed()}}}}}"

    def _client_sampler(self) -> str:
        session, options = self._session(), self._client_options()
        arguments = f"{self._sampler_pubs()}, shots={self._shots()}"
        return f"Sampler({session}, options={options}).run({arguments})"

    def _client_estimator(self) -> str:
        session, options = self._session(), self._client_options()
        arguments = f"{self._estimator_pubs()}{self._precision()}"
        return f"Estimator({session}, options={options}).run({arguments})"

    def _executor(self) -> str:
        choices = self.choices
        session, items = self._session(), []
        for _ in range(choices.between(1, 2)):
            circuit = choices.one_of(self.circuits)
            values = (
                self._sweep(circuit, choices.one_of(((), (2,)))) if circuit.parameters else "None"
            )
            items.append(f"({circuit.name}, {values})")
        arguments = f"[{', '.join(items)}], {self._shots()}, {self._client_options()}"
        return f"execute({session}, {arguments})"

    # --- edits ----------------------------------------------------------------------------------

    def _edit(self) -> None:
        """Change something in place that the next job depends on."""
        choices, lines = self.choices, self.lines
        if choices.chance(45):
            return
        self.tags.add("edited")
        circuit = choices.one_of(self.circuits)
        name, qubit = circuit.name, choices.below(circuit.qubits)
        edits = {
            f"{name}.data.insert(0, CircuitInstruction(XGate(), [{name}.qubits[{qubit}]]))": 3.0,
            f"del {name}.data[{choices.below(3)}]": 1,
            f"{name}.global_phase += 0.5": 0.5,
            f"{name}.metadata = {{'edited': {choices.below(9)}}}": 1,
            f"{name}.name = 'renamed'": 1,
            f"{name}.data[0], {name}.data[1] = {name}.data[1], {name}.data[0]": 1,
            f"{name} = {name}.copy()": 0.5,
            f"backend.set_options(shots={choices.between(20, 90)})": 1,
        }
        if self.is_seeded:
            edits[f"backend.set_options(seed_simulator={choices.seed()})"] = 1
        if self.kind in {"aer", "aer noise"}:
            options = simulator_options(choices, self.method, self.tags)
            for option, value in options.items():
                edits[f"backend.set_options({option}={value})"] = 1
        if circuit.clbits:
            edits[f"{name}.measure({qubit}, {choices.below(circuit.clbits)})"] = 1
        edit = choices.weighted(edits)
        if self.has_noise and choices.chance(50):
            self._edit_noise(circuit.qubits)
        else:
            lines.add(edit)

    def _edit_noise(self, qubits: int) -> None:
        choices, lines = self.choices, self.lines
        kind = choices.weighted({"add": 4, "new": 2, "copy": 1, "none": 0.5})
        if kind == "add":
            add_error(lines, choices, qubits, self._names())
            return
        if kind == "new":
            write_noise(lines, choices, qubits, self._names())
        elif kind == "copy":
            lines.add("noise = copy.deepcopy(noise)")
        if self.kind == "aer noise":
            value = "None" if kind == "none" else "noise"
            lines.add(f"backend.set_options(noise_model={value})")
