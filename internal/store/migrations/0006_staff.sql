-- The people of the desk, how they sign in, and what happened to that. Nothing
-- here approves: an approval is a signature by a key that the office's policy
-- names. Of session cookies, invitations and API tokens only hashes are kept.

CREATE TABLE people (
    office          TEXT NOT NULL REFERENCES offices(id),
    id              TEXT NOT NULL,        -- the officer's in the policy, where the person is one
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    lang            TEXT NOT NULL,
    roles           TEXT NOT NULL,        -- the desk's own, a JSON array
    active          INTEGER NOT NULL,
    handle          BLOB NOT NULL UNIQUE, -- WebAuthn user handle of passkeys to sign in
    approval_handle BLOB NOT NULL UNIQUE, -- another one, or an authenticator would put one in the other's place
    made_at         INTEGER NOT NULL,
    joined_at       INTEGER,              -- when the first passkey was made
    PRIMARY KEY (office, id)
) STRICT;

CREATE TABLE passkeys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    office     TEXT NOT NULL,
    person     TEXT NOT NULL,
    purpose    TEXT NOT NULL,             -- 'login' or 'approval'; never both
    credential BLOB NOT NULL UNIQUE,
    public_key BLOB NOT NULL,             -- COSE_Key
    line       TEXT NOT NULL,             -- of the policy, for approval; else ''
    name       TEXT NOT NULL,
    transports TEXT NOT NULL,             -- a JSON array
    flags      INTEGER NOT NULL,
    counter    INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    used_at    INTEGER,
    FOREIGN KEY (office, person) REFERENCES people(office, id)
) STRICT;
CREATE INDEX passkeys_of ON passkeys (office, person, purpose);

-- Challenges are made and recognised by a key; those that were answered are kept
-- until they would be too old anyway, so that none is answered twice.
CREATE TABLE challenge_key (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL) STRICT;
CREATE TABLE challenges (hash BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT;

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB NOT NULL UNIQUE,      -- of the cookie's value
    office     TEXT NOT NULL,
    person     TEXT NOT NULL,
    agent      TEXT NOT NULL,             -- what the browser calls itself
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    proved_at  INTEGER NOT NULL,
    FOREIGN KEY (office, person) REFERENCES people(office, id)
) STRICT;
CREATE INDEX sessions_of ON sessions (office, person);

CREATE TABLE invitations (
    hash    BLOB PRIMARY KEY,             -- of the link's secret
    office  TEXT NOT NULL,
    person  TEXT NOT NULL,
    recover INTEGER NOT NULL,             -- 1: the person's older passkeys end when it is used
    by      TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    FOREIGN KEY (office, person) REFERENCES people(office, id)
) STRICT;

-- The first custodian's vote for a recovery, which waits for the second's.
CREATE TABLE recoveries (
    office  TEXT NOT NULL,
    person  TEXT NOT NULL,
    by      TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (office, person),
    FOREIGN KEY (office, person) REFERENCES people(office, id)
) STRICT;

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB NOT NULL UNIQUE,
    office     TEXT NOT NULL,
    person     TEXT NOT NULL,             -- in whose name it acts
    name       TEXT NOT NULL,
    roles      TEXT NOT NULL,             -- a JSON array
    by         TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER,
    FOREIGN KEY (office, person) REFERENCES people(office, id)
) STRICT;

CREATE TABLE security_events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    office TEXT NOT NULL REFERENCES offices(id),
    person TEXT NOT NULL,                 -- whom it is about
    actor  TEXT NOT NULL,                 -- who did it
    act    TEXT NOT NULL,
    text   TEXT NOT NULL,
    alarm  INTEGER NOT NULL
) STRICT;
CREATE INDEX security_events_of ON security_events (office, id);
