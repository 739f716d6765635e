-- What an office issues letters as besides their words: "pdf", or "none".
ALTER TABLE offices ADD COLUMN paper TEXT NOT NULL DEFAULT 'none';

-- The PDFs of letters that were put up for approval, exactly as officers are shown
-- them and as the entry will name them. They are the office's own until the entry
-- is logged; then the same bytes are a public file.
CREATE TABLE forms (
    office   TEXT NOT NULL REFERENCES offices(id),
    digest   BLOB NOT NULL,
    made_at  INTEGER NOT NULL,
    content  BLOB NOT NULL,
    PRIMARY KEY (office, digest)
) STRICT;
