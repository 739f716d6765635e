package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"chancery.example/commitment"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Rebuilt says what Rebuild did.
type Rebuilt struct {
	Fresh   bool // there was no database
	Entries int  // in the log
	Added   int  // of them, the database knew nothing
	Issued  int  // issued letters that were taken from the log
	Lost    int  // opened drafts whose secrets are lost: they cannot be issued or closed
	// Papers are what offices issue letters as that the database did not know: by all
	// appearance, for it is in no log.
	Papers map[string]Paper
}

// Rebuild makes the office's database anew from the log, or completes one that is
// older than the log, from a backup perhaps. The log is the truth: what it holds
// is done, and a request whose entry is there is done too. What is in no log -
// drafts, salts, copies, the journal - comes from the database alone, and is gone
// without it. No appender may have the log meanwhile.
func Rebuild(ctx context.Context, dir string, opts Options, progress func(done, all uint64)) (res Rebuilt, err error) {
	f, err := folder.Open(dir)
	if err != nil {
		return res, err
	}
	release, err := tlog.Hold(f.LogDir())
	if err != nil {
		return res, kind.Unavailable.Errorf("rebuilding the database of %s: %w; end the program that has it first", dir, err)
	}
	defer func() { err = errors.Join(err, release()) }()
	b := &rebuild{folder: f, opts: opts.withDefaults()}
	if err := b.read(ctx, progress); err != nil {
		return res, fmt.Errorf("rebuilding the database of %s: %w", dir, err)
	}
	_, err = os.Stat(f.Database())
	if b.Fresh = errors.Is(err, fs.ErrNotExist); b.Fresh {
		err = b.make(ctx)
	} else if err == nil {
		err = b.fill(ctx, f.Database())
	}
	if err != nil {
		return b.Rebuilt, fmt.Errorf("rebuilding the database of %s: %w", dir, err)
	}
	return b.Rebuilt, nil
}

// A rebuild is one run of Rebuild.
type rebuild struct {
	Rebuilt
	folder  folder.Folder
	opts    Options
	state   *register.State
	entries []register.Logged
}

// read takes the whole log, also what is integrated and not yet under a signed
// head: the appender goes on from there.
func (b *rebuild) read(ctx context.Context, progress func(done, all uint64)) error {
	r, err := b.folder.Read(ctx, proof.Policy{}, progress)
	if err != nil {
		return err
	}
	b.state = r.State
	add := func(i register.Index, raw []byte) error {
		e, err := register.Parse(raw)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		b.entries = append(b.entries, register.Logged{Index: i, Entry: e})
		return nil
	}
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err == nil {
			err = add(register.Index(i), raw)
		}
		if err != nil {
			return err
		}
	}
	log, err := tlog.OpenReader(b.folder.LogDir())
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	whole, appenders, err := log.Integrated()
	if err != nil || !appenders || whole.Size <= r.Checkpoint.Size {
		return err //nolint:wrapcheck // likewise
	}
	if root, err := log.RootAt(whole, r.Checkpoint.Size); err != nil || root != r.Checkpoint.Root {
		return kind.Unavailable.Errorf("the log is damaged: what was added last does not extend its signed head (%w)", errors.Join(err, tlog.ErrCorrupt))
	}
	return log.Entries(ctx, whole, register.Index(r.Checkpoint.Size), func(i register.Index, raw []byte) error { //nolint:wrapcheck // likewise
		if err := add(i, raw); err != nil {
			return err
		}
		b.state.Add(b.entries[i])
		return nil
	})
}

// make makes the database under another name first.
func (b *rebuild) make(ctx context.Context) error {
	tmp := b.folder.Database() + ".new"
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} { // what a crash left
		if err := os.Remove(tmp + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kind.Unavailable.Wrap(err)
		}
	}
	if err := b.fill(ctx, tmp); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, b.folder.Database()); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	return folder.SyncDir(b.folder.Dir)
}

// fill brings one database up to the log, in one transaction.
func (b *rebuild) fill(ctx context.Context, path string) error {
	db, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		t := &filling{rebuild: b, Tx: tx, sequence: map[string]uint64{}, tags: map[*register.Letter]commitment.Tag{}, last: map[string]register.Body{}}
		return t.run()
	})
	return errors.Join(err, db.Close())
}

// A filling is the transaction of a rebuild.
type filling struct {
	*rebuild
	*store.Tx
	signed   map[letter.Hash]int64 // pending intents by their leaf
	unsigned map[string]int64      // pending intents by what they say
	waiting  map[string]store.Request
	sequence map[string]uint64
	tags     map[*register.Letter]commitment.Tag // of drafts that were opened
	learnt   []string                            // offices that the database did not know
	last     map[string]register.Body            // what each office issued last
}

func (t *filling) run() error {
	for _, o := range t.state.Offices() {
		if _, err := t.Office(o.ID); kind.Of(err) == kind.NotFound {
			err = t.AddOffice(store.Office{ID: o.ID, URI: string(o.Office), Domain: o.Domain})
			if err != nil {
				return err
			}
			t.learnt = append(t.learnt, o.ID)
		} else if err != nil {
			return err
		}
	}
	if err := t.known(); err != nil {
		return err
	}
	for _, l := range t.entries {
		if err := t.take(l); err != nil {
			return fmt.Errorf("entry %d: %w", l.Index, err)
		}
	}
	for id, n := range t.sequence {
		if err := t.RaiseSequence(id, n); err != nil {
			return err
		}
		text := fmt.Sprintf("%d of %d entries taken from the log", t.Added, t.Entries)
		if err := t.AddNote(store.Note{At: t.opts.Clock().UTC(), Office: id, Actor: "-", Act: "rebuild", Text: text}); err != nil {
			return err
		}
	}
	return errors.Join(t.letters(), t.papers())
}

// known learns what the database has that is not known to be in the log.
func (t *filling) known() error {
	t.signed, t.unsigned, t.waiting = map[letter.Hash]int64{}, map[string]int64{}, map[string]store.Request{}
	const most = 1 << 30
	pending, err := t.Pending(most)
	if err != nil {
		return err
	}
	for _, i := range pending {
		if i.Entry != nil {
			t.signed[register.LeafHash(i.Entry)] = i.Seq
			continue
		}
		t.unsigned[saying(i)] = i.Seq
	}
	offices, err := t.Offices()
	if err != nil {
		return err
	}
	for _, o := range offices {
		t.sequence[o.ID] = 0
		rows, err := t.Requests(o.ID, store.Waiting)
		if err != nil {
			return err
		}
		for _, q := range rows {
			t.waiting[asking(q.Kind, q.Body)] = q
		}
	}
	return nil
}

// saying tells intents apart that have no entry yet.
func saying(i store.Intent) string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d\x00%x", i.Kind, i.Issuer, i.Subject, i.At.Unix(), i.Body)
}

// asking tells requests apart: by what was to be logged, but the signatures.
func asking(k register.Kind, raw []byte) string {
	if body, err := register.DecodeBody(k, raw); err == nil {
		if bare, err := register.EncodeBody(register.WithSignatures(body, nil)); err == nil {
			raw = bare
		}
	}
	return string(k) + "\x00" + string(raw)
}

// take makes sure that the database knows one entry.
func (t *filling) take(l register.Logged) error {
	t.Entries++
	o, _ := t.state.OfficeOf(l.Entry.Claims.Issuer)
	switch c := l.Entry.Body.(type) {
	case register.Commit:
		t.sequence[o.ID] = max(t.sequence[o.ID], c.Number())
	case register.Issue, register.Correct:
		t.issuedLast(o.ID, c)
	case register.DraftOpen:
		if of, ok := t.state.Letter(o.Office, c.Reference); ok && len(c.Chain) > 0 {
			t.tags[of] = c.Chain[0].Opening.Tag
		}
	}
	switch have, found, err := t.IntentAt(l.Index); {
	case err != nil:
		return err
	case found && string(have.Entry) == string(l.Entry.Bytes()):
		return nil
	case found:
		return kind.Conflict.Errorf("the database has another entry there: it belongs to another log. Move office.db aside and rebuild without it, or restore the right one")
	}
	if seq, ok := t.signed[l.Entry.LeafHash()]; ok {
		return t.SetPosition(seq, l.Index)
	}
	i, err := t.intentOf(l, o.ID)
	if err != nil {
		return err
	}
	if seq, ok := t.unsigned[saying(i)]; ok {
		if err := t.SetEntry(seq, i.Entry); err != nil {
			return err
		}
		return t.SetPosition(seq, l.Index)
	}
	t.Added++
	return t.learn(l, i)
}

// learn adds an entry of which the database knows nothing, and ends the request
// that led to it.
func (t *filling) learn(l register.Logged, i store.Intent) error {
	q, asked := t.waiting[asking(i.Kind, i.Body)]
	if a, isAct := actOf(i.Kind); asked && isAct {
		i.Name = a.name(q, l.Entry.Body)
	}
	if _, taken, err := t.IntentNamed(i.Name); err != nil {
		return err
	} else if taken { // against the rules, and ignored by everybody who reads the log
		i.Name = positionName(l.Index)
	}
	if err := t.AddLogged(&i); err != nil {
		return err
	}
	if !asked {
		return nil
	}
	return t.EndRequest(q.ID, store.Done, i.Seq)
}

func positionName(i register.Index) string { return fmt.Sprintf("log:%d", i) }

// intentOf is what the database would have held of an entry.
func (t *filling) intentOf(l register.Logged, office string) (store.Intent, error) {
	e := l.Entry
	raw, err := register.EncodeBody(e.Body)
	if err != nil {
		return store.Intent{}, err //nolint:wrapcheck // says what it wrote
	}
	i := store.Intent{
		Name: positionName(l.Index), Office: office, Issuer: e.Claims.Issuer, Subject: e.Claims.Subject,
		Kind: e.Body.Kind(), Body: raw, At: e.Claims.IssuedAt, Entry: e.Bytes(), Position: l.Index, Logged: true,
	}
	for _, d := range register.TextsOf(e.Body) {
		if words, ok := t.folder.Text(d.Hash); ok && d.Matches([]byte(words.String())) {
			i.Texts = append(i.Texts, store.Text{Leaf: d.Hash, Text: words.String()})
		}
	}
	q := store.Request{Office: office}
	switch b := e.Body.(type) {
	case register.Genesis:
		i.Name, i.Office = "genesis", ""
	case register.IndexHead:
		i.Name, i.Office = indexHeadName(l.Index), ""
	case register.KeyAdd: // an office's first is the operator's act
		i.Name, i.Office = byOperator+keyName(string(b.Role), b.Key.Thumbprint()), ""
		if o, ok := t.state.OfficeOf(b.Office); ok && b.Role == "" {
			i.Office = o.ID
			i.Name = enrolName(o.ID)
			if o.Enrolled != l.Index {
				i.Name = t.signer(e, b.Office) + keyName(o.ID, b.Key.Thumbprint())
			}
		}
	case register.KeyRevoke:
		i.Office = ""
		if role, ok := t.roleOf(b.Thumbprint); ok {
			i.Name = byOperator + revokeName(string(role), b)
		} else if o, ok := t.state.OfficeOf(b.Office); ok {
			i.Office, i.Name = o.ID, t.signer(e, b.Office)+revokeName(o.ID, b)
		}
	case register.Policy:
		i.Name = "policy:" + office + "/first"
	case register.Issue, register.Withdraw, register.Supersede, register.Retract, register.DraftClose, register.Correct, register.Ratify:
		if a, ok := actOf(i.Kind); ok {
			i.Name = a.name(q, b)
		}
	}
	return i, nil
}

// signer is what the name of an act on an office's keys begins with: who signed
// it. One that is operator and office both signs as the office, but when it has
// no key left.
func (t *filling) signer(e register.Entry, of register.Office) string {
	if e.Claims.Issuer == t.state.Operator() && e.Claims.Issuer != of {
		return byOperator
	}
	return ""
}

// roleOf returns the role of one of the operator's keys.
func (t *filling) roleOf(id letter.Hash) (register.KeyRole, bool) {
	for _, role := range []register.KeyRole{register.KeyReceipt, register.KeyLog} {
		for _, k := range t.state.RoleKeys(role) {
			if k.Thumbprint == id {
				return role, true
			}
		}
	}
	return "", false
}

// letters makes sure that the database has the letters that the log shows, and
// that they are as far as the log says.
func (t *filling) letters() error {
	for _, l := range t.state.Letters() {
		o, ok := t.state.OfficeOf(l.Office)
		if !ok {
			continue
		}
		if err := t.letter(o.ID, l); err != nil {
			return fmt.Errorf("letter %s of %s: %w", l.Reference, o.ID, err)
		}
	}
	closed := map[letter.Hash]bool{}
	for _, l := range t.entries {
		if c, ok := l.Entry.Body.(register.DraftClose); ok {
			closed[c.Tag] = true
		}
	}
	for _, o := range t.state.Offices() {
		all, err := t.Letters(o.ID)
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.Stage == store.Issued || l.Stage == store.Closed || !closed[commitment.CloseTag(l.Tag)] {
				continue
			}
			if err := errors.Join(t.VoidRequests(l.ID), t.SetStage(l.ID, store.Closed), t.freed(l.ID, store.Recalled)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *filling) letter(office string, l *register.Letter) error {
	have, err := t.Letter(office, l.Reference)
	known := err == nil
	if err != nil && kind.Of(err) != kind.NotFound {
		return err
	}
	if len(l.Issues) == 0 {
		if known {
			return nil
		}
		t.Lost++ // an opened draft: nobody has its salts
		return t.AddLetter(t.shell(office, l, store.Closed))
	}
	if known && have.Stage == store.Issued {
		return nil
	}
	t.Issued++
	row := t.shell(office, l, store.Issued)
	if !known {
		return t.AddLetter(row)
	}
	return errors.Join(t.VoidRequests(have.ID), t.SetStage(have.ID, store.Issued), t.SetDraft(have.ID, row.Draft), t.freed(have.ID, store.Released))
}

// freed ends an embargo that ended in the log: it must not be issued once more.
func (t *filling) freed(letterID int64, s store.EmbargoState) error {
	e, found, err := t.EmbargoOf(letterID)
	if err != nil || !found || e.State != store.Held {
		return err
	}
	return t.EndEmbargo(letterID, s)
}

// shell is what the log shows of a letter: enough to withdraw or supersede it.
func (t *filling) shell(office string, l *register.Letter, s store.Stage) *store.Letter {
	row := &store.Letter{Office: office, Reference: l.Reference, Stage: s, Drafter: "-", CreatedAt: t.state.LastTime()}
	row.Draft.Reference, row.Draft.Type = l.Reference, l.Type
	var shown register.Body
	switch {
	case len(l.Issues) > 0:
		shown, row.Tag, row.CreatedAt = l.Issues[0].Issue, l.Issues[0].Issue.Seal.Opening.Tag, l.Issues[0].At.Time()
	default:
		row.Tag = t.tags[l]
	}
	if shown == nil {
		return row
	}
	for _, d := range register.TextsOf(shown) {
		lang, _ := d.Field.Lang()
		if words, ok := t.folder.Text(d.Hash); ok && d.Matches([]byte(words.String())) {
			row.Draft.Texts = append(row.Draft.Texts, letter.LangText{Lang: lang, Text: words})
		}
	}
	return row
}
