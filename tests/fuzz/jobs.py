"""Jobs of a program as source: `Jobs`."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.draft import AER_METHODS, Draft
from tests.fuzz.options import RUN_OPTIONS, WITHOUT_THREADS, simulator_options
from tests.fuzz.pubs import Pubs

_PRECISIONS = {0.05: 1, 0.1: 3, 0.3: 2, 0.9: 1}


class Jobs:
    """Writes the jobs of a program.

    Args:
        draft: The program.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._pubs = Pubs(draft)
        self._waiting: list[str] = []
        self._sessions = 0
        self._jobs = 0

    def add(self) -> None:
        """Write a job, or two at the same time."""
        choices = self._draft.choices
        if self._draft.is_estimating:
            kinds: dict[Callable[[], str], float] = {self._estimator: 6, self._session_estimates: 2}
            if self._draft.is_client_side:
                kinds = {self._client_estimator: 1}
        elif self._draft.is_client_side:
            kinds = {self._client_sampler: 1, self._executor: 1}
        else:
            kinds = {
                self._backend_run: 8,
                self._run_circuits: 2,
                self._sampler: 8,
                self._session_samples: 3,
            }
        make = choices.weighted(kinds)
        self._draft.tags.add(make.__name__.strip("_"))
        if choices.chance(4) and make in {self._sampler, self._session_samples, self._estimator}:
            calls = [make(), make()]
            self._draft.lines.add(f"together(lambda: {calls[0]}, lambda: {calls[1]})")
            self._draft.tags.add("threads")
        elif choices.chance(12) and make in {self._sampler, self._estimator, self._session_samples}:
            job = f"job{self._jobs}"
            self._draft.lines.add(f"{job} = submit(lambda: {make()})")
            self._waiting.append(job)
            self._draft.tags.add("collected later")
        else:
            self._draft.lines.add(f"observe(lambda: {make()})")
        self._jobs += 1

    def _session(self) -> str:
        if self._sessions == 0 or self._draft.choices.chance(15):
            self._draft.lines.add(f"session{self._sessions} = open_session(backend)")
            self._sessions += 1
        return f"session{self._draft.choices.below(self._sessions)}"

    def _backend_run(self) -> str:
        arguments = ", ".join([self._some_circuits(), *self._run_arguments()])
        return f"on(backend).run({arguments})"

    def _run_circuits(self) -> str:
        session = self._session()
        arguments = ", ".join([session, self._some_circuits(), *self._run_arguments()])
        return f"run_circuits({arguments})"

    def _run_arguments(self) -> list[str]:
        choices, options = self._draft.choices, dict[str, str]()
        if choices.chance(85):
            options["shots"] = str(self._draft.shots())
        if self._draft.is_seeded and not (self._has_own_seed() and choices.chance(40)):
            options["seed_simulator"] = str(choices.seed())
        if choices.chance(60):
            options["memory"] = "True"
        if choices.chance(12):
            options.update(simulator_options(choices, self._draft.method, self._draft.tags))
        if self._draft.has_noise and (self._draft.kind != "aer noise" or choices.chance(20)):
            options["noise_model"] = "noise"
        if choices.chance(6):
            name, value = choices.one_of(RUN_OPTIONS)
            if name != "seed_simulator" or not self._draft.is_seeded:
                options[name] = value
            self._draft.tags.add(f"option {name}")
        if choices.chance(5) and self._draft.kind == "aer":
            method = choices.weighted(AER_METHODS)
            options["method"] = repr(method)
            if method in WITHOUT_THREADS:
                options["max_parallel_threads"] = "1"
        return [f"{name}={value}" for name, value in options.items()]

    def _has_own_seed(self) -> bool:
        """Whether the backend has one."""
        before = self._draft.lines.source.split("observe", 1)[0]
        return "backend = AerSimulator(" in before and "seed_simulator=" in before

    def _some_circuits(self) -> str:
        """Circuits for a backend, which takes no parameters."""
        choices = self._draft.choices
        bound = [self._pubs.bound(each) for each in self._draft.circuits]
        if len(bound) == 1 and choices.chance(75):
            return bound[0]
        count = choices.between(1, 3)
        circuits = self._draft.circuits
        return f"[{', '.join(self._pubs.bound(choices.one_of(circuits)) for _ in range(count))}]"

    def _primitive_options(self) -> str:
        choices = self._draft.choices
        simulator = {}
        if self._draft.is_seeded:
            simulator["seed_simulator"] = str(choices.seed())
        if self._draft.has_noise and not self._draft.is_estimating and choices.chance(50):
            simulator["noise_model"] = "noise"
        options = {}
        if simulator:
            own = ", ".join(f"{name!r}: {value}" for name, value in simulator.items())
            options["simulator"] = f"{{{own}}}"
        if choices.chance(20):
            if self._draft.is_estimating and choices.chance(70):
                options["default_precision"] = str(choices.weighted(_PRECISIONS))
            else:
                options["default_shots"] = str(self._draft.shots())
        if choices.chance(2) and not self._draft.is_estimating:
            options["execution"] = (
                f"{{'meas_type': {choices.one_of(('classified', 'kerneled'))!r}}}"
            )
        return f"{{{', '.join(f'{name!r}: {value}' for name, value in options.items())}}}"

    def _sampler(self) -> str:
        session, shots = self._session(), ""
        if self._draft.choices.chance(80):
            shots = f", shots={self._draft.shots()}"
        options = self._primitive_options()
        return f"SamplerV2({session}, options={options}).run({self._pubs.for_sampler()}{shots})"

    def _session_samples(self) -> str:
        session, shots = self._session(), ""
        if self._draft.choices.chance(80):
            shots = f", shots={self._draft.shots()}"
        pubs = self._pubs.for_sampler()
        return f"sample({session}, {pubs}{shots}, options={self._primitive_options()})"

    def _precision(self) -> str:
        if self._draft.method == "extended_stabilizer":
            return ", precision=0.9"
        if not self._draft.is_seeded:
            return ", precision=0.03"
        if self._draft.choices.chance(80):
            return f", precision={self._draft.choices.weighted(_PRECISIONS)}"
        return ""

    def _estimator(self) -> str:
        session, options = self._session(), self._primitive_options()
        arguments = f"{self._pubs.for_estimator()}{self._precision()}"
        return f"EstimatorV2({session}, options={options}).run({arguments})"

    def _session_estimates(self) -> str:
        session = self._session()
        arguments = f"{self._pubs.for_estimator()}{self._precision()}"
        return f"estimate({session}, {arguments}, options={self._primitive_options()})"

    def _client_options(self) -> str:
        if not self._draft.is_seeded:
            return "{}"
        return f"{{'simulator': {{'seed_simulator': {self._draft.choices.seed()}}}}}"

    def _client_sampler(self) -> str:
        session, options = self._session(), self._client_options()
        arguments = f"{self._pubs.for_sampler()}, shots={self._draft.shots()}"
        return f"Sampler({session}, options={options}).run({arguments})"

    def _client_estimator(self) -> str:
        session, options = self._session(), self._client_options()
        arguments = f"{self._pubs.for_estimator()}{self._precision()}"
        return f"Estimator({session}, options={options}).run({arguments})"

    def _executor(self) -> str:
        choices = self._draft.choices
        session, items = self._session(), []
        for _ in range(choices.between(1, 2)):
            circuit = choices.one_of(self._draft.circuits)
            values = (
                self._pubs.sweep(circuit, choices.one_of(((), (2,))))
                if circuit.parameters
                else "None"
            )
            items.append(f"({circuit.name}, {values})")
        arguments = f"[{', '.join(items)}], {self._draft.shots()}, {self._client_options()}"
        return f"execute({session}, {arguments})"

    def collect(self) -> None:
        """Write that the results of all that wait are asked for."""
        for job in self._waiting:
            self._draft.lines.add(f"collect({job})")
