"""The disposable process: reads programs, runs them on both sides, says what came of them.

Aer can abort the process; then its parent starts another one and knows which side it was.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any
from unittest.mock import patch

from qsession.engines.local.workers import hybrid_runner
from tests.fuzz.ours import Ours
from tests.fuzz.process import IN_WORKERS
from tests.fuzz.running import compare


def main() -> None:
    """Serve until the input ends."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as channel:
        # Aer and others may write to these as they like.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        session = Ours.start_worker()
        if IN_WORKERS in sys.argv[1:]:
            # What may abort runs there.
            patch.object(hybrid_runner, "may_abort", lambda work: True).start()
        _say(channel, {"at": "ready"})
        for line in sys.stdin:
            request = json.loads(line)
            verdict = compare(**request, tell=lambda side: _say(channel, {"at": side}))
            _say(channel, {"verdict": verdict.as_dict()})
        session.close()


def _say(channel: IO[str], message: dict[str, Any]) -> None:
    channel.write(json.dumps(message) + "\n")
    channel.flush()


if __name__ == "__main__":
    main()
