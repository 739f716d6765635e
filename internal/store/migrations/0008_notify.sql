-- What leaves the house: webhooks, mail, letters that were sent, and the answers
-- kept for requests that programs make again. Nothing here says where a letter stands.

CREATE TABLE webhooks (
    id         TEXT PRIMARY KEY,
    office     TEXT NOT NULL REFERENCES offices(id),
    url        TEXT NOT NULL,
    events     TEXT NOT NULL,            -- separated by spaces; '' is all
    scheme     TEXT NOT NULL,            -- v1 (shared secret) or v1a (the register's own key)
    secret     BLOB NOT NULL,            -- of v1: both sides need it; else empty
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    since      INTEGER NOT NULL,         -- position in the log from which on it is told
    succeeded_at INTEGER NOT NULL DEFAULT 0,
    disabled   TEXT NOT NULL DEFAULT ''  -- why; '' while it is in use
) STRICT;

CREATE INDEX webhooks_by_office ON webhooks (office, created_at);

-- An outbox: a message is put down in the transaction that moves the position on.
CREATE TABLE webhook_messages (
    id   TEXT PRIMARY KEY,               -- the same however often it is sent
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_deliveries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook  TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
    message  TEXT NOT NULL REFERENCES webhook_messages(id),
    state    TEXT NOT NULL,              -- waiting, done, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at  INTEGER NOT NULL,
    last_at  INTEGER NOT NULL DEFAULT 0,
    status   INTEGER NOT NULL DEFAULT 0, -- of the last answer; 0: there was none
    problem  TEXT NOT NULL DEFAULT '',
    UNIQUE (webhook, message)
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (message);

-- How far what is written down elsewhere was read.
CREATE TABLE followed (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

INSERT INTO followed SELECT 'log', COALESCE(MAX(position) + 1, 0) FROM intents;
INSERT INTO followed SELECT 'journal', COALESCE(MAX(id), 0) FROM journal;

CREATE TABLE mails (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    office    TEXT NOT NULL,             -- '' is the register's own
    recipient TEXT NOT NULL,
    subject   TEXT NOT NULL,
    message   BLOB NOT NULL,             -- as RFC 5322 has it; empty once it is sent or given up
    state     TEXT NOT NULL,             -- waiting, done, failed
    attempts  INTEGER NOT NULL DEFAULT 0,
    made_at   INTEGER NOT NULL,
    next_at   INTEGER NOT NULL,
    problem   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX mails_due ON mails (next_at) WHERE state = 'waiting';

-- An issued letter on its way to an addressee.
CREATE TABLE dispatches (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    office      TEXT NOT NULL REFERENCES offices(id),
    reference   TEXT NOT NULL,
    addressee   TEXT NOT NULL,
    recipient   TEXT NOT NULL,           -- mail address
    secret      BLOB NOT NULL UNIQUE,    -- SHA-256 of the one in the receipt's address
    mail        INTEGER NOT NULL REFERENCES mails(id),
    sent_by     TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    received_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX dispatches_of ON dispatches (office, reference, id);

-- The answer to a request that carried an Idempotency-Key.
CREATE TABLE once (
    caller  TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  BLOB NOT NULL,               -- of the request
    status  INTEGER NOT NULL DEFAULT 0,  -- 0: it is still being answered
    header  BLOB NOT NULL,
    body    BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;

CREATE INDEX once_by_time ON once (at);
