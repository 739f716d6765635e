-- The office's own side of a register: what is not public, and what is still to
-- be written to the log. The log is the truth about standing; nothing here is.

CREATE TABLE offices (
    id       TEXT PRIMARY KEY,           -- short name in the register
    uri      TEXT NOT NULL UNIQUE,
    domain   TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0  -- last number given to a commitment
) STRICT;

CREATE TABLE letters (
    id         INTEGER PRIMARY KEY,
    office     TEXT NOT NULL REFERENCES offices(id),
    reference  TEXT NOT NULL,
    tag        BLOB NOT NULL,            -- secret until opened or issued
    type       TEXT NOT NULL,
    stage      TEXT NOT NULL,
    draft      BLOB NOT NULL,            -- the content being worked on
    drafter    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (office, reference)
) STRICT;

CREATE TABLE revisions (
    letter   INTEGER NOT NULL REFERENCES letters(id),
    number   INTEGER NOT NULL,
    content  BLOB NOT NULL,
    salts    BLOB NOT NULL,              -- secret until disclosed
    opening  BLOB NOT NULL,              -- of its commitment; secret likewise
    intent   INTEGER NOT NULL REFERENCES intents(seq),
    why      TEXT NOT NULL,
    PRIMARY KEY (letter, number)
) STRICT;

CREATE TABLE copies (
    letter   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    of       INTEGER NOT NULL,
    holder   TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    outside  INTEGER NOT NULL,
    languages TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (letter, revision, number),
    FOREIGN KEY (letter, revision) REFERENCES revisions(letter, number)
) STRICT;

CREATE TABLE copy_lists (
    letter   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    batch    INTEGER NOT NULL,
    opening  BLOB NOT NULL,
    intent   INTEGER NOT NULL REFERENCES intents(seq),
    PRIMARY KEY (letter, revision, batch),
    FOREIGN KEY (letter, revision) REFERENCES revisions(letter, number)
) STRICT;

-- A request is an act that waits for officers' approvals. Its body is frozen:
-- what they sign is what will be logged.
CREATE TABLE requests (
    id       INTEGER PRIMARY KEY,
    office   TEXT NOT NULL REFERENCES offices(id),
    letter   INTEGER REFERENCES letters(id),
    revision INTEGER,
    kind     TEXT NOT NULL,
    type     TEXT NOT NULL,              -- letter type or statement type, for the policy's rule
    subject  TEXT NOT NULL,              -- of the entry
    body     BLOB NOT NULL,
    texts    BLOB NOT NULL,              -- words to be published with it
    state    TEXT NOT NULL,              -- waiting, refused, void, done
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    intent   INTEGER REFERENCES intents(seq)
) STRICT;

CREATE TABLE answers (
    request   INTEGER NOT NULL REFERENCES requests(id),
    officer   TEXT NOT NULL,
    approved  INTEGER NOT NULL,
    signature BLOB NOT NULL,             -- sshsig; empty for a refusal
    reason    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (request, officer)
) STRICT;

-- An intent is an entry that must get into the log, exactly once. name makes
-- doing an act twice impossible; entry is set once, before the first attempt to
-- append; position is set when the entry is known to be in the log.
CREATE TABLE intents (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL UNIQUE,
    office   TEXT NOT NULL,
    issuer   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    body     BLOB NOT NULL,
    texts    BLOB NOT NULL,
    at       INTEGER NOT NULL,
    entry    BLOB,
    position INTEGER UNIQUE
) STRICT;

CREATE INDEX intents_pending ON intents (seq) WHERE position IS NULL;
CREATE INDEX intents_by_kind ON intents (office, kind, seq);
CREATE INDEX letters_by_stage ON letters (office, stage);
CREATE INDEX requests_open ON requests (office, state);

CREATE TABLE journal (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    office TEXT NOT NULL,
    letter INTEGER REFERENCES letters(id),
    actor  TEXT NOT NULL,
    act    TEXT NOT NULL,
    note   TEXT NOT NULL
) STRICT;
