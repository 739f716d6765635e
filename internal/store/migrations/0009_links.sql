-- Answers that readers chose to keep under an address, until a day. Nothing else
-- refers to them, and they are in no backup.
CREATE TABLE links (
    id     TEXT PRIMARY KEY,             -- 128 random bits, as in the address
    secret BLOB NOT NULL,                -- SHA-256 of what deletes it
    answer BLOB NOT NULL,
    until  INTEGER NOT NULL
) STRICT;

CREATE INDEX links_by_end ON links (until);
