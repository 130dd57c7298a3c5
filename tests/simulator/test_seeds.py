"""Random numbers without a seed are new ones each time, in copies of the process too."""

from __future__ import annotations

import os

import numpy as np
import pytest

from qsession.simulator.random import fresh_uniforms


def test_they_are_new_each_time():
    drawn = np.concatenate([fresh_uniforms(500), fresh_uniforms(500)])
    assert len(set(drawn.tolist())) == 1000
    assert drawn.min() >= 0
    assert drawn.max() < 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_copied_process_has_its_own():
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sink, fresh_uniforms(4).tobytes())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(sink)
    with os.fdopen(source, "rb") as said:
        theirs = np.frombuffer(said.read())
    assert len(theirs) == 4
    assert theirs.tolist() != fresh_uniforms(4).tolist()
