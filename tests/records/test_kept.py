"""A record that an earlier release wrote is read by this one: nobody loses a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from qsession import JobFailedError, open_record

KEPT = sorted((Path(__file__).parent / "kept").glob("*.zip"))


def test_there_is_one_of_each_schema():
    assert [path.stem for path in KEPT] == ["schema-1"]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_it_is_read(path: Path):
    session = open_record(path)
    assert (session.name, session.backend()) == ("kept study", "fake_manila")
    sampled, estimated, counted, failed = session.jobs
    counts = session.job(sampled.job_id).result()[0].data.meas.get_counts()
    assert counts == {"00": 26, "11": 23, "10": 1}
    assert float(session.job(estimated.job_id).result()[0].data.evs[0]) == pytest.approx(0.92)
    assert session.job(counted.job_id).result().get_counts(1) == {"0": 1, "1": 19}
    with pytest.raises(JobFailedError, match="ValueError: the fridge is warm"):
        session.job(failed.job_id).result()
    assert session.to_html(results=True)
