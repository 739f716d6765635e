-- What was found when an office's domain was asked whether it names the office:
-- observations of this machine, with their times. Nothing of it is in the log.
CREATE TABLE bindings (
    id      INTEGER PRIMARY KEY,
    office  TEXT NOT NULL REFERENCES offices(id),
    domain  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    outcome TEXT NOT NULL,               -- bound, disagrees, missing, unreachable
    file    TEXT NOT NULL,
    record  TEXT NOT NULL
) STRICT;

CREATE INDEX bindings_of ON bindings (office, id);
