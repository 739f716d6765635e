-- What the office's own server says of a sealed revision to who presents its
-- words: 'silent' (what it says of an unknown text) or 'on_copy'. Nothing of it is
-- in the log.
ALTER TABLE revisions ADD COLUMN answers TEXT NOT NULL DEFAULT 'silent' CHECK (answers IN ('silent', 'on_copy'));

CREATE INDEX revisions_on_copy ON revisions (letter, number) WHERE answers = 'on_copy';
