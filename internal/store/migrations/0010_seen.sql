-- Which revisions an officer was shown at the desk, so that the next one can be
-- shown with what differs. Nothing of it is in the log.
CREATE TABLE seen (
    letter   INTEGER NOT NULL REFERENCES letters(id),
    revision INTEGER NOT NULL,
    officer  TEXT NOT NULL,
    at       INTEGER NOT NULL,           -- the first time
    PRIMARY KEY (letter, officer, revision)
) STRICT;
