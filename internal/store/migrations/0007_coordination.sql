-- What an office asks others inside and outside the house before it submits a
-- letter, and what they answer. Whether an answer still stands is computed: it
-- is about one sealed revision.
CREATE TABLE clearances (
    id          INTEGER PRIMARY KEY,
    letter      INTEGER NOT NULL,
    revision    INTEGER NOT NULL,        -- that was shown
    of          TEXT NOT NULL,           -- who is asked
    outside     INTEGER NOT NULL,
    parts       TEXT NOT NULL,           -- JSON list of fields; empty: all
    note        TEXT NOT NULL,
    due         INTEGER NOT NULL,
    asked_by    TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,
    answer      TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'clear', 'remark', 'condition', 'objection', 'nil-return')),
    comment     TEXT NOT NULL DEFAULT '',
    answered_by TEXT NOT NULL DEFAULT '',
    answered_at INTEGER NOT NULL DEFAULT 0,
    settled     TEXT NOT NULL DEFAULT '' CHECK (settled IN ('', 'resolved', 'overruled')),
    reason      TEXT NOT NULL DEFAULT '',
    settled_by  TEXT NOT NULL DEFAULT '',
    settled_at  INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (letter, revision) REFERENCES revisions(letter, number)
) STRICT;

CREATE INDEX clearances_of ON clearances (letter, id);

-- Differences between the languages of a letter that somebody accepts. The id of
-- a finding holds the words it was made of, so that other words need another.
CREATE TABLE parity_accepted (
    letter  INTEGER NOT NULL REFERENCES letters(id),
    finding TEXT NOT NULL,
    reason  TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (letter, finding)
) STRICT;

-- An office's glossary as it was read in last, whole.
CREATE TABLE glossaries (
    office   TEXT PRIMARY KEY REFERENCES offices(id),
    concepts TEXT NOT NULL               -- JSON
) STRICT;

-- What readers ask an office. secret is the SHA-256 of what the reader's own page
-- is found by. contact and exhibit are emptied 30 days after the end.
CREATE TABLE enquiries (
    id       INTEGER PRIMARY KEY,
    office   TEXT NOT NULL REFERENCES offices(id),
    secret   BLOB NOT NULL UNIQUE,
    words    TEXT NOT NULL,
    exhibit  TEXT NOT NULL,
    contact  TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'dismissed')),
    entry    INTEGER,                    -- of the statement or disavowal that answers it
    reason   TEXT NOT NULL DEFAULT '',
    ended_by TEXT NOT NULL DEFAULT '',
    ended_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX enquiries_open ON enquiries (office, state, id);
CREATE INDEX enquiries_ended ON enquiries (ended_at) WHERE state <> 'open' AND (contact <> '' OR exhibit <> '');
