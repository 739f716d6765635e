-- Who received a numbered copy, as somebody of the house noted it. The holder's
-- own word, if there is one, is a statement in the log.
CREATE TABLE copy_receipts (
    letter   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    note     TEXT NOT NULL,
    PRIMARY KEY (letter, revision, number),
    FOREIGN KEY (letter, revision, number) REFERENCES copies(letter, revision, number)
) STRICT;
