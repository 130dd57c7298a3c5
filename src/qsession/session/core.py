"""The parts of a session, and what they share: `SessionCore`."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qsession.circuits.checks import read_name
from qsession.circuits.programs import Programs
from qsession.clock import SystemClock
from qsession.engines.journal import Journal
from qsession.engines.selection import engine_class_for
from qsession.errors import InvalidInputError
from qsession.forks import begins_anew_in_child
from qsession.ledger import SessionFacts, write_down, write_down_if_used
from qsession.model.session_state import SessionState
from qsession.session import held
from qsession.session.cleanup import Custody, close_at_exit, place_outside, take
from qsession.session.display import Display
from qsession.session.guards import Guard
from qsession.session.publisher import ObservedTraits, Publisher
from qsession.session.records import SessionRecords
from qsession.session.renewal import Renewal
from qsession.session.submissions import Submissions

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from traitlets import HasTraits

    from qsession.clock import Clock
    from qsession.devices import DeviceReader
    from qsession.engines.base import Engine
    from qsession.session.arguments import SessionArguments
    from qsession.session.estimates import Estimates


class SessionCore:
    """All of a session but its public names: `Session` has a core, and each name is a line there.

    It is made of parts with one subject each. A part knows those that it is given, never the core,
    so nothing here refers in a circle: when nobody holds the `Session` any more, all is gone at
    once.
    What the package does with a session beyond its public names goes through
    `qsession.session.registry.core_of`.

    Attributes:
        backend: The backend, as IBM's primitives are to see it.
        records: Reads jobs, times and the snapshot that views draw.
        submissions: Takes work, and has the jobs that came of it.
        renewal: Has the journal and the engine of the present session, ends or continues it.
        publisher: Tells observers of traits, callbacks and views what changed.
        display: Makes live views and outputs.
        custody: Closes the session at the exit of the process, or says that it is left open.
        guard: Closes or continues the session by itself; None if nothing of that was asked for.
        max_time_s: The ``max_time`` it was given, in seconds.
    """

    def __init__(
        self, session: HasTraits, arguments: SessionArguments, clock: Clock | None = None
    ) -> None:
        """Make the parts.

        Args:
            session: The `Session`, which holds this and is held weakly: it is the ``mode`` of IBM's
                primitives.
            arguments: What it is to be.
            clock: Where it reads the time; None is the system's.
        """
        self._session = weakref.ref(session)
        self._arguments = arguments
        self.max_time_s = arguments.max_time_s
        engine_class = engine_class_for(arguments.backend)
        limits = engine_class.limits(self.max_time_s)
        state = SessionState(
            arguments.mode, limits, price=arguments.price, budget=arguments.guards.budget
        )
        journal = Journal(state, clock or SystemClock())
        engine = engine_class(arguments.backend, journal, arguments.running)
        self.backend: BackendV2 = engine.backend
        self._facts = SessionFacts(
            kind="ibm" if engine.outlives_process else "local",
            backend=self.backend.name,
            mode=arguments.mode,
            name=arguments.name,
            instance=engine.instance,
            max_time_s=self.max_time_s,
        )
        write_down(journal, self._facts)
        self._traits = ObservedTraits(session)
        self.publisher = Publisher(self._traits, journal)
        self.custody = Custody(engine, journal, place_outside(), arguments.mode)
        take(session, self.custody)
        self.renewal = Renewal(
            journal,
            engine,
            publisher=self.publisher,
            custody=self.custody,
            max_time_s=self.max_time_s,
            is_wanted=arguments.guards.auto_renew,
        )
        programs = Programs()
        self.records = SessionRecords(
            self.renewal,
            self.backend,
            programs,
            name=arguments.name,
            max_time_s=self.max_time_s,
        )
        self.submissions = Submissions(
            self.renewal, self.records, self.backend, programs, self._session
        )
        self.display = Display(self.records, self.publisher, journal.clock)
        self._device_reader: DeviceReader | None = None
        self.guard = self._made_guard()
        begins_anew_in_child(self, is_owner=True)

    def _made_guard(self) -> Guard | None:
        guards = self._arguments.guards
        return None if guards.are_off else Guard(self.renewal, guards)

    @property
    def journal(self) -> Journal:
        """The truth about the present session, and the lock that guards it."""
        return self.renewal.journal

    @property
    def engine(self) -> Engine:
        """The engine that carries out the present session."""
        return self.renewal.engine

    # --- parts that most scripts never ask for, loaded when they are ------------------------------

    @property
    def device_reader(self) -> DeviceReader:
        """Reads what the backend says of its qubits and gates."""
        if self._device_reader is None:
            from qsession.devices import DeviceReader  # noqa: PLC0415 - see above

            self._device_reader = DeviceReader(self.backend, self.journal.clock)
        return self._device_reader

    @property
    def estimates(self) -> Estimates:
        """Tells what work would use and cost."""
        from qsession.session.estimates import Estimates  # noqa: PLC0415 - see above

        work = self.submissions
        return Estimates(self.renewal, self.backend, work.programs, work.transpiled)

    # --- among the sessions of the process --------------------------------------------------------

    def session(self) -> Any:
        """The `Session` in people's hands; None if nobody holds it any more."""
        return self._session()

    @property
    def name(self) -> str | None:
        """The word for people that it was given."""
        return self.records.name

    def rename(self, name: object) -> None:
        """Give it another name, of which views and the ledger are told.

        Raises:
            InvalidInputError: If it cannot be a name, or another session has it that takes jobs.
        """
        name = read_name(name)
        other = None if name is None else held.named(name)
        if other is not None and other is not self:
            raise InvalidInputError(
                f"name={name!r} is the name of another live session. Choose another name, or close "
                "that one first."
            )
        self.records.name = name
        self._facts = replace(self._facts, name=name)
        if (keeper := self.journal.keeper) is not None:
            keeper.note_name(name)
        self.journal.note_change()

    @property
    def session_id(self) -> str | None:
        """The id of the present session; None before it is opened."""
        return self.records.state.session_id

    @property
    def active(self) -> bool:
        """True if it takes jobs."""
        return self.records.state.state.accepts_jobs

    def close(self, *, reason: str) -> None:
        """Take no new jobs."""
        self.renewal.close(reason=reason)

    def differences(self, arguments: Mapping[str, Any]) -> list[str]:
        """Describe in words each argument of a constructor that differs from this session's.

        Raises:
            InvalidInputError: If it was given another backend, or something that cannot be used.
        """
        differing = self._arguments.differences(arguments)
        closes = self.custody.closes_at_exit
        if bool(arguments.get("close_at_exit", closes)) != closes:
            differing.append(f"close_at_exit={closes}")
        return differing

    def open(self) -> None:
        """Open it at once, unless it has been."""
        self.engine.open()

    def begin_anew_in_child(self) -> None:
        """In a forked child: go on with parts of its own, or leave the session to the parent."""
        self.display.begin_anew_in_child()
        goes_on = self.renewal.begin_anew_in_child()
        if goes_on:
            write_down_if_used(self.journal, self._facts)
            self.guard = self._made_guard()
            close_at_exit()
        self.publisher.begin_anew_in_child(self.journal)
        if not self.active:
            held.forget(self)
