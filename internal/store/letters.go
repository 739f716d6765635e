package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/commitment"
	"chancery.example/internal/kind"
	"chancery.example/letter"
)

// An Office is an office whose register this is, or one of several.
type Office struct {
	ID     string
	URI    string
	Domain string
}

// AddOffice adds an office.
func (t *Tx) AddOffice(o Office) error {
	if _, err := t.exec(`INSERT INTO offices (id, uri, domain) VALUES ($1, $2, $3)`, o.ID, o.URI, o.Domain); err != nil {
		if isDuplicate(err) {
			return kind.Conflict.Errorf("an office of the short name %s, or with its address, is here already", o.ID)
		}
		return err
	}
	return nil
}

// Office returns an office by its short name.
func (t *Tx) Office(id string) (Office, error) {
	o, found, err := one(t, scanOffice, `SELECT id, uri, domain FROM offices WHERE id = $1`, id)
	if err == nil && !found {
		return o, kind.NotFound.Errorf("no office %q in this register; \"chancery office list\" names them", id)
	}
	return o, err
}

// Offices returns all offices in order of their short names.
func (t *Tx) Offices() ([]Office, error) {
	return all(t, scanOffice, `SELECT id, uri, domain FROM offices ORDER BY id`)
}

func scanOffice(r scanner) (o Office, err error) {
	err = r.Scan(&o.ID, &o.URI, &o.Domain)
	return o, err
}

// NextSequence returns the next number for a commitment of an office.
func (t *Tx) NextSequence(office string) (uint64, error) {
	n, found, err := one(t, func(r scanner) (n uint64, err error) { err = r.Scan(&n); return n, err },
		`UPDATE offices SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence`, office)
	if err == nil && !found {
		return 0, kind.NotFound.Errorf("no office %q in this register", office)
	}
	return n, err
}

// A Stage is how far a letter is.
type Stage string

// The stages of a letter (lifecycle, "State machine").
const (
	Drafting     Stage = "drafting"
	Coordination Stage = "coordination"
	Approval     Stage = "approval"
	Approved     Stage = "approved"
	Embargoed    Stage = "embargoed" // issued, and not public before its hour
	Issued       Stage = "issued"
	Closed       Stage = "closed"
)

// A Letter is a letter on the office's side.
type Letter struct {
	ID        int64
	Office    string
	Reference letter.Ref
	Tag       commitment.Tag
	Stage     Stage
	Draft     letter.Content
	Drafter   string
	CreatedAt time.Time
}

const letterColumns = `id, office, reference, tag, stage, draft, drafter, created_at`

// AddLetter adds a letter and sets its ID.
func (t *Tx) AddLetter(l *Letter) error {
	draft, err := encodeContent(l.Draft)
	if err != nil {
		return err
	}
	l.ID, err = t.insert(`INSERT INTO letters (office, reference, tag, type, stage, draft, drafter, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.Office, string(l.Reference), l.Tag[:], string(l.Draft.Type), string(l.Stage), draft, l.Drafter, unix(l.CreatedAt))
	if isDuplicate(err) {
		return kind.Conflict.Errorf("starting %s: the reference is taken; references are never used twice", l.Reference)
	}
	return err
}

// Letter returns a letter by its reference.
func (t *Tx) Letter(office string, ref letter.Ref) (Letter, error) {
	l, found, err := one(t, scanLetter, `SELECT `+letterColumns+` FROM letters WHERE office = $1 AND reference = $2`, office, string(ref))
	if err == nil && !found {
		return l, kind.NotFound.Errorf("office %s has no letter %q; \"chancery register\" lists its letters", office, ref)
	}
	return l, err
}

// LetterByID returns a letter.
func (t *Tx) LetterByID(id int64) (Letter, error) {
	l, found, err := one(t, scanLetter, `SELECT `+letterColumns+` FROM letters WHERE id = $1`, id)
	if err == nil && !found {
		return l, kind.NotFound.Errorf("no letter number %d", id)
	}
	return l, err
}

// Letters returns an office's letters in the order in which they were started.
func (t *Tx) Letters(office string) ([]Letter, error) {
	return all(t, scanLetter, `SELECT `+letterColumns+` FROM letters WHERE office = $1 ORDER BY id`, office)
}

func scanLetter(r scanner) (l Letter, err error) {
	var tag, draft []byte
	var at int64
	if err := r.Scan(&l.ID, &l.Office, &l.Reference, &tag, &l.Stage, &draft, &l.Drafter, &at); err != nil {
		return l, err //nolint:wrapcheck // wrapped by the caller
	}
	if len(tag) != len(l.Tag) {
		return l, fmt.Errorf("tag of %d bytes", len(tag))
	}
	l.Tag, l.CreatedAt = commitment.Tag(tag), fromUnix(at)
	l.Draft, err = decodeContent(draft)
	return l, err
}

// SetStage moves a letter to a stage.
func (t *Tx) SetStage(id int64, s Stage) error {
	_, err := t.exec(`UPDATE letters SET stage = $2 WHERE id = $1`, id, string(s))
	return err
}

// SetDraft replaces the content being worked on.
func (t *Tx) SetDraft(id int64, c letter.Content) error {
	draft, err := encodeContent(c)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE letters SET draft = $2, type = $3 WHERE id = $1`, id, draft, string(c.Type))
	return err
}

// A Revision is a sealed revision with its secrets.
type Revision struct {
	Letter   int64
	Number   uint32
	Revision letter.Revision
	Opening  commitment.Opening
	Intent   int64
	Why      string
	Answers  Answers
	// Position of its commitment in the log; Logged is false before it is there.
	Position uint64
	Logged   bool
}

// AddRevision adds a sealed revision.
func (t *Tx) AddRevision(r Revision) error {
	content, err := encodeContent(r.Revision.Content())
	if err != nil {
		return err
	}
	salts, err := encodeSalts(r.Revision.Salts())
	if err != nil {
		return err
	}
	opening, err := encodeOpening(r.Opening)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO revisions (letter, number, content, salts, opening, intent, why, answers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.Letter, r.Number, content, salts, opening, r.Intent, r.Why, string(cmp.Or(r.Answers, Silent)))
	return err
}

// Revisions returns a letter's sealed revisions in order.
func (t *Tx) Revisions(id int64) ([]Revision, error) {
	return all(t, scanRevision, selectRevision+` WHERE r.letter = $1 ORDER BY r.number`, id)
}

const selectRevision = `SELECT r.letter, r.number, r.content, r.salts, r.opening, r.intent, r.why, r.answers, i.position
	FROM revisions r JOIN intents i ON i.seq = r.intent`

func scanRevision(row scanner) (r Revision, err error) {
	var content, salts, opening []byte
	var position *uint64
	if err := row.Scan(&r.Letter, &r.Number, &content, &salts, &opening, &r.Intent, &r.Why, &r.Answers, &position); err != nil {
		return r, err //nolint:wrapcheck // wrapped by the caller
	}
	c, err := decodeContent(content)
	if err != nil {
		return r, err
	}
	s, err := decodeSalts(salts)
	if err != nil {
		return r, err
	}
	if r.Revision, err = letter.Restore(c, s); err != nil {
		return r, fmt.Errorf("revision %d: %w", r.Number, err)
	}
	if position != nil {
		r.Position, r.Logged = *position, true
	}
	r.Opening, err = decodeOpening(opening)
	return r, err
}

// A Copy is one numbered copy that was given out.
type Copy struct {
	commitment.Copy
	Letter   int64
	Revision uint32
	Of       uint32
	GivenAt  time.Time
}

// AddCopy adds a numbered copy.
func (t *Tx) AddCopy(c Copy) error {
	langs, err := json.Marshal(c.Langs)
	if err != nil {
		return fmt.Errorf("writing a copy's languages: %w", err)
	}
	_, err = t.exec(`INSERT INTO copies (letter, revision, number, of, holder, purpose, outside, languages, given_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Letter, c.Revision, c.Number, c.Of, c.Holder, c.Purpose, c.Outside, string(langs), unix(c.GivenAt))
	return err
}

// Copies returns the copies of a letter, by revision and number.
func (t *Tx) Copies(id int64) ([]Copy, error) {
	return all(t, func(r scanner) (c Copy, err error) {
		var langs string
		var at int64
		if err := r.Scan(&c.Letter, &c.Revision, &c.Number, &c.Of, &c.Holder, &c.Purpose, &c.Outside, &langs, &at); err != nil {
			return c, err //nolint:wrapcheck // wrapped by the caller
		}
		c.GivenAt = fromUnix(at)
		return c, json.Unmarshal([]byte(langs), &c.Langs)
	}, `SELECT letter, revision, number, of, holder, purpose, outside, languages, given_at
		FROM copies WHERE letter = $1 ORDER BY revision, number`, id)
}

// AddCopyList keeps the opening of the commitment to a list of copies.
func (t *Tx) AddCopyList(letterID int64, revision uint32, o commitment.Opening, intent int64) error {
	opening, err := encodeOpening(o)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO copy_lists (letter, revision, batch, opening, intent)
		SELECT $1, $2, count(*) + 1, $3, $4 FROM copy_lists WHERE letter = $1 AND revision = $2`, letterID, revision, opening, intent)
	return err
}

func sortTexts(ts []letter.LangText) {
	slices.SortFunc(ts, func(a, b letter.LangText) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
}

func isDuplicate(err error) bool {
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}
