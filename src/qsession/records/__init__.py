"""Records of sessions: files to keep and to share, in open formats, that run nothing when read.

`qsession.records.export` writes one, `qsession.opened_records` opens it.
"""
