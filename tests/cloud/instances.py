"""The instances of the pretended account, and how the service words a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ACCOUNT = "a/0123456789abcdef0123456789abcdef"
USER_ID = "IBMid-0000000000"


def crn(number: int) -> str:
    """The cloud resource name of the account's n-th instance."""
    return f"crn:v1:bluemix:public:quantum-computing:us-east:{ACCOUNT}:instance-{number}::"


@dataclass
class Instance:
    """An instance, and what its plan allows. Tests may change it at any time."""

    crn: str
    name: str
    plan: str
    pricing: str
    dedicated_sessions: bool = True
    """Whether `Session` may be used; the Open plan has batches only."""
    max_ttl: int = 28800
    """The longest, and the default, time of a session, in seconds."""
    interactive_ttl: int = 60
    """How long a session stays active without a job, in seconds."""
    usage_limit: int | None = None
    """How many seconds may be used; None if there is no limit."""
    usage_before: float = 0.0
    """Seconds that were used before the test began."""


def premium() -> Instance:
    """The instance that may do everything; the default of the tests."""
    return Instance(crn(1), "premium-instance", "premium", "paid")


def open_plan() -> Instance:
    """The free one."""
    return Instance(
        crn(2),
        "open-instance",
        "open",
        "free",
        dedicated_sessions=False,
        max_ttl=600,
        usage_limit=600,
    )


class Problem(Exception):  # noqa: N818 -- an answer of the service, not an error of this program
    """A request that the service refuses."""

    def __init__(self, status: int, code: int, message: str, solution: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.solution = solution

    def as_json(self, trace: str) -> dict[str, Any]:
        """The body of the answer."""
        error = {
            "code": self.code,
            "message": self.message,
            "solution": self.solution,
            "more_info": "https://cloud.ibm.com/apidocs/quantum-computing#error-handling",
        }
        return {"errors": [error], "trace": trace}


def not_found(what: str) -> Problem:
    """There is no such thing, or it belongs to another instance."""
    return Problem(404, 1291, f"{what} not found.", "Verify the ID.")
