-- What a sealed revision answers may be 'by_code', too: its copies outside the house
-- carry the draft-opening code, and the server says nothing. The rule of 0002 allows
-- two values only, and a rule cannot be changed: so the column is made anew.
DROP INDEX revisions_on_copy;

ALTER TABLE revisions RENAME COLUMN answers TO answers_before;

ALTER TABLE revisions ADD COLUMN answers TEXT NOT NULL DEFAULT 'silent' CHECK (answers IN ('silent', 'by_code', 'on_copy'));

UPDATE revisions SET answers = answers_before;

ALTER TABLE revisions DROP COLUMN answers_before;

CREATE INDEX revisions_on_copy ON revisions (letter, number) WHERE answers = 'on_copy';
