-- An issue under embargo waits here, apart from the intents, until its hour.
-- body, opening and words are secret until then. A letter is embargoed once: a
-- recall closes it.
CREATE TABLE embargoes (
    letter     INTEGER PRIMARY KEY REFERENCES letters(id),
    office     TEXT NOT NULL REFERENCES offices(id),
    request    INTEGER NOT NULL REFERENCES requests(id),
    subject    TEXT NOT NULL,
    body       BLOB NOT NULL,            -- of the issue entry, approvals included, without its citation
    texts      BLOB NOT NULL,
    opening    BLOB NOT NULL,            -- of its commitment
    not_before INTEGER NOT NULL,
    intent     INTEGER NOT NULL REFERENCES intents(seq), -- of the commitment
    state      TEXT NOT NULL CHECK (state IN ('held', 'issued', 'recalled'))
) STRICT;

CREATE INDEX embargoes_held ON embargoes (not_before) WHERE state = 'held';
