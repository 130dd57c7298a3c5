"""The public names of `Session` and `Batch`: whoever adds one decides so here."""

from __future__ import annotations

import pytest
from traitlets import HasTraits

from qsession import Batch, Session

TRAITS = {
    *("state", "active", "session_id", "remaining", "idle_remaining", "usage_seconds"),
    *("qpu_seconds", "jobs", "stale_since", "error"),
    *("cost", "plan", "quota_used_seconds", "quota_limit_seconds", "quota_remaining_seconds"),
    "backend_status",
}
METHODS = {
    *("estimate", "estimate_program", "estimate_again", "refresh_quota"),
    *("run", "run_circuits", "run_program", "run_again", "add_program"),
    *("job", "cancel_job", "cancel", "close", "wait", "on_job", "as_default"),
    *("to_html", "to_dicts", "to_json", "to_csv", "to_dataframe", "export", "compare"),
    *("backend", "details", "status", "usage", "from_id"),
}
FACTS = {
    "bill",
    *("name", "programs", "session_ids", "max_time", "is_paid", "simulation_counts"),
    *("service", "widget", "device"),
}


@pytest.mark.parametrize("cls", [Session, Batch])
def test_the_public_names_are_these(cls: type[Session]):
    session = cls()
    of_traitlets = set(dir(HasTraits))
    public = {each for each in dir(session) if not each.startswith("_")} - of_traitlets
    assert public == TRAITS | METHODS | FACTS
    assert set(session.trait_names()) == TRAITS


def test_what_ibms_class_has_too_is_ours_but_for_what_it_derives():
    ibms = Session.__mro__[-2]
    shared = {each for each in vars(ibms) if not each.startswith("_")}
    own = {each for each in shared if getattr(Session, each) is not getattr(ibms, each)}
    assert shared - own == {"backend", "status", "service"}
