package check

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
	"chancery.example/register"
)

// A town is a register in memory for tests: entries are really signed and
// really folded, by keys that live as long as the test.
type town struct {
	t        testing.TB
	origin   string
	operator memKey
	offices  map[string]*townOffice
	entries  []register.Logged
	times    []time.Time
	words    map[letter.Hash]letter.Text
	letters  map[string]*townLetter // by reference
}

type memKey struct{ k ed25519.PrivateKey }

func newKey(t testing.TB) memKey {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return memKey{k}
}

func (k memKey) Public() register.PublicKey {
	p, err := register.NewPublicKey(k.k.Public())
	if err != nil {
		panic(err)
	}
	return p
}
func (k memKey) Sign(b []byte) ([]byte, error) { return ed25519.Sign(k.k, b), nil }

type townOffice struct {
	id       string
	uri      register.Office
	key      memKey
	officer  ssh.Signer
	policy   register.Index
	sequence uint64
}

type townLetter struct {
	office *townOffice
	ref    letter.Ref
	tag    commitment.Tag
	links  []register.Link
	seals  []letter.Revision
	texts  map[string]string // of the newest revision
	issued register.Target
}

func newTown(t testing.TB, origin string, at time.Time) *town {
	w := &town{
		t: t, origin: origin, operator: newKey(t), offices: map[string]*townOffice{},
		words: map[letter.Hash]letter.Text{}, letters: map[string]*townLetter{},
	}
	w.sign(w.operator, "https://operator.example", "urn:chancery:register:"+origin, at, register.Genesis{
		Origin: origin, Name: register.Words{"en": "A town"}, Operator: w.operator.Public(), LogKey: origin + "+00000000+AAAA",
	})
	return w
}

func (w *town) sign(k memKey, issuer register.Office, subject string, at time.Time, b register.Body) register.Target {
	w.t.Helper()
	e, err := register.Sign(k, register.Claims{Issuer: issuer, Subject: subject, IssuedAt: at}, b)
	if err != nil {
		w.t.Fatalf("signing a %s: %v", b.Kind(), err)
	}
	i := register.Index(len(w.entries))
	w.entries = append(w.entries, register.Logged{Index: i, Entry: e})
	w.times = append(w.times, at)
	return register.Target{Office: issuer, Index: i, Leaf: e.LeafHash()}
}

func (w *town) enrol(id string, name register.Words, speakers []string, at time.Time) *townOffice {
	w.t.Helper()
	_, sk, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(sk)
	if err != nil {
		w.t.Fatal(err)
	}
	o := &townOffice{id: id, uri: register.Office("https://" + id + ".example"), key: newKey(w.t), officer: signer}
	w.sign(w.operator, "https://operator.example", "urn:chancery:register:"+w.origin, at, register.KeyAdd{
		Office: o.uri, ID: id, Name: name, Domain: id + ".example", Key: o.key.Public(),
	})
	p := register.Policy{Speakers: speakers, RatifyWithin: 3600, Officers: []register.Officer{{
		ID: "all", Person: "all", Name: "All Roles", Keys: []string{string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(signer.PublicKey())))},
		Roles: []register.Role{register.RoleApprover, register.RoleClerk, register.RoleDrafter, register.RolePress},
	}}}
	for _, a := range approval.Acts() {
		p.Rules = append(p.Rules, register.Rule{Act: a, K: 1, Roles: []register.Role{register.RoleApprover}})
	}
	o.policy = w.sign(o.key, o.uri, register.OfficeSubject(o.uri), at, p).Index
	w.offices[id] = o
	return o
}

// act signs a body that the office's officer approves; put places the approvals.
func (w *town) act(o *townOffice, subject string, at time.Time, put func(register.Approvals) register.Body) register.Target {
	w.t.Helper()
	a := register.Approvals{Policy: o.policy}
	if _, err := rand.Read(a.Nonce[:]); err != nil {
		w.t.Fatal(err)
	}
	st, err := register.StatementFor(w.origin, o.uri, put(a))
	if err != nil {
		w.t.Fatal(err)
	}
	sig, err := sshsig.Sign(bytes.NewReader(st.Bytes()), o.officer, sshsig.HashSHA512, approval.Namespace)
	if err != nil {
		w.t.Fatal(err)
	}
	a.Signatures = []register.OfficerSignature{{Officer: "all", Signature: sig.Marshal()}}
	return w.sign(o.key, o.uri, subject, at, put(a))
}

func (w *town) text(words string) letter.Text {
	w.t.Helper()
	t, err := letter.Canonicalize([]byte(words))
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

// leaves seals texts that stand by themselves and keeps their words.
func (w *town) leaves(texts map[string]string) []letter.Disclosure {
	var out []letter.Disclosure
	for lang, words := range texts {
		var salt letter.Salt
		if _, err := rand.Read(salt[:]); err != nil {
			w.t.Fatal(err)
		}
		d := letter.SealText(letter.LangText{Lang: letter.Lang(lang), Text: w.text(words)}, salt)
		w.words[d.Hash] = w.text(words)
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b letter.Disclosure) int { return bytes.Compare([]byte(a.Field), []byte(b.Field)) })
	return out
}

func (w *town) letterSubject(l *townLetter) string {
	return register.LetterSubject(w.origin, l.office.uri, l.ref)
}

// seal freezes the next revision of a letter.
func (w *town) seal(office, ref string, texts map[string]string, at time.Time) *townLetter {
	w.t.Helper()
	l, ok := w.letters[ref]
	if !ok {
		l = &townLetter{office: w.offices[office], ref: letter.Ref(ref), tag: sha256.Sum256([]byte(ref))}
		w.letters[ref] = l
	}
	l.texts = texts
	c := letter.Content{Reference: l.ref, Type: letter.TypeLetter, Addressees: []string{"Whom it concerns"}}
	for lang, words := range texts {
		c.Texts = append(c.Texts, letter.LangText{Lang: letter.Lang(lang), Text: w.text(words)})
	}
	r, err := letter.Seal(c, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	op := commitment.Opening{
		Register: w.origin, Office: string(l.office.uri), Tag: l.tag, Purpose: commitment.Draft,
		Revision: uint32(len(l.links) + 1), Digest: r.Digest(),
	}
	if _, err := rand.Read(op.Nonce[:]); err != nil {
		w.t.Fatal(err)
	}
	if n := len(l.links); n > 0 {
		op.Previous = l.links[n-1].Opening.Commitment()
	}
	l.office.sequence++
	t := w.sign(l.office.key, l.office.uri, register.OfficeSubject(l.office.uri), at, register.NewCommit(l.office.sequence, op.Commitment()))
	l.links = append(l.links, register.Link{Index: t.Index, Opening: op})
	l.seals = append(l.seals, r)
	ds := r.Disclose(r.Fields()...)
	for _, t := range r.Content().Texts {
		w.words[letter.Find(ds, letter.TextField(t.Lang)).Hash] = t.Text
	}
	return l
}

func (w *town) issue(l *townLetter, at time.Time, files []register.File, supersedes ...string) {
	w.t.Helper()
	r := l.seals[len(l.seals)-1]
	l.issued = w.act(l.office, w.letterSubject(l), at, func(a register.Approvals) register.Body {
		b := register.Issue{
			Reference: l.ref, Type: r.Content().Type, Fields: r.Disclose(r.Fields()...), Seal: l.links[len(l.links)-1],
			Disclosure: register.DisclosePublic, Files: files, Approvals: a,
		}
		for _, ref := range supersedes {
			b.Supersedes = append(b.Supersedes, w.letters[ref].issued)
		}
		return b
	})
	l.issued.Reference = l.ref
}

func (w *town) open(l *townLetter, at time.Time) {
	w.t.Helper()
	w.act(l.office, w.letterSubject(l), at, func(a register.Approvals) register.Body {
		b := register.DraftOpen{Reference: l.ref, Chain: l.links, Approvals: a}
		for i, r := range l.seals {
			b.Revisions = append(b.Revisions, register.OpenedRevision{Number: uint32(i + 1), Fields: r.Disclose(r.Fields()...)})
		}
		return b
	})
}

func (w *town) closeDraft(l *townLetter, at time.Time) {
	w.t.Helper()
	w.act(l.office, w.letterSubject(l), at, func(a register.Approvals) register.Body {
		return register.DraftClose{Tag: commitment.CloseTag(l.tag), Reference: l.ref, Approvals: a}
	})
}

func (w *town) withdraw(l *townLetter, reason register.Words, at time.Time) {
	w.t.Helper()
	w.act(l.office, w.letterSubject(l), at, func(a register.Approvals) register.Body {
		return register.Withdraw{Target: l.issued, Reason: reason, Approvals: a}
	})
}

func (w *town) say(office string, b register.Statement, texts map[string]string, at time.Time) register.Target {
	w.t.Helper()
	o := w.offices[office]
	b.Texts = w.leaves(texts)
	return w.act(o, register.OfficeSubject(o.uri), at, func(a register.Approvals) register.Body {
		b.Approvals = a
		return b
	})
}

func (w *town) disavow(office string, texts map[string]string, files []letter.Hash, reason register.Words, at time.Time) {
	w.t.Helper()
	o := w.offices[office]
	leaves := w.leaves(texts)
	w.act(o, register.OfficeSubject(o.uri), at, func(a register.Approvals) register.Body {
		return register.Disavow{Texts: leaves, Files: files, Reason: reason, Approvals: a}
	})
}

// snapshot shows the town as it stood at a time.
func (w *town) snapshot(at time.Time) *Snapshot {
	w.t.Helper()
	st := register.NewState()
	size := uint64(0)
	for i, l := range w.entries {
		if w.times[i].After(at) {
			break
		}
		if p := st.Add(l); p != nil {
			w.t.Fatalf("entry %d: %v", i, p)
		}
		size++
	}
	s, err := NewSnapshot(st, &CheckpointView{Origin: w.origin, Size: size}, func(h letter.Hash) (letter.Text, bool) {
		t, ok := w.words[h]
		return t, ok
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// A story is the part of a scenario that these tests play.
type story struct {
	Offices []struct {
		ID       string
		Name     register.Words
		Speakers []string
	}
	Acts []struct {
		At                                time.Time
		Act, Office, Reference, Regarding string
		Texts, Of, Text                   map[string]string
		Reason                            register.Words
		Files, Supersedes                 []string
		NextWordBy                        *time.Time `json:"next_word_by"`
	}
	Expect []struct {
		Quotation string
		Record    *struct{ Kind, Office, Reference, Language string }
		Match     Match
		Standing  *register.Standing
		Note      Note
	} `json:"expect_for_news_report"`
	Moments []struct {
		At         time.Time
		Quotations register.Standing `json:"letter_quotations"`
		Statements *int
	}
	dir string
}

func (s *story) file(t testing.TB, name string) string {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (s *story) files(t testing.TB, names map[string]string) map[string]string {
	out := map[string]string{}
	for lang, name := range names {
		out[lang] = s.file(t, name)
	}
	return out
}

// play reads a scenario folder and plays it into a town.
func play(t testing.TB, dir string) (*story, *town) {
	t.Helper()
	s := &story{dir: dir}
	if err := json.Unmarshal([]byte(s.file(t, "scenario.json")), s); err != nil {
		t.Fatal(err)
	}
	begin := s.Acts[0].At.Add(-2 * time.Hour)
	w := newTown(t, "letters.town.example/test/1", begin)
	for _, o := range s.Offices {
		w.enrol(o.ID, o.Name, o.Speakers, begin.Add(time.Minute))
	}
	var cur *townLetter
	var office string
	for _, a := range s.Acts {
		if a.Office == "" {
			a.Office = office
		}
		office = a.Office
		var about []register.Target
		if a.Regarding != "" {
			about = []register.Target{{Office: w.letters[a.Regarding].office.uri, Reference: letter.Ref(a.Regarding)}}
		}
		switch a.Act {
		case "draft":
			cur = w.seal(a.Office, a.Reference, s.files(t, a.Texts), a.At)
		case "revise":
			texts := map[string]string{}
			for l, words := range cur.texts {
				texts[l] = words
			}
			for l, words := range s.files(t, a.Texts) {
				texts[l] = words
			}
			cur = w.seal(cur.office.id, string(cur.ref), texts, a.At)
		case "issue":
			l := w.seal(a.Office, a.Reference, s.files(t, a.Texts), a.At)
			var files []register.File
			for _, f := range a.Files {
				files = append(files, register.File{Role: "form", MediaType: "text/html", Digest: sha256.Sum256([]byte(s.file(t, f)))})
			}
			w.issue(l, a.At, files, a.Supersedes...)
		case "withdraw":
			w.withdraw(w.letters[a.Reference], a.Reason, a.At)
		case "open":
			w.open(cur, a.At)
		case "close":
			w.closeDraft(cur, a.At)
			office = cur.office.id
		case "statement":
			w.say(a.Office, register.Statement{Type: register.About, Regarding: about}, a.Text, a.At)
		case "holding":
			w.say(a.Office, register.Statement{Type: register.Holding, Regarding: about, NextWordBy: register.StampOf(*a.NextWordBy)},
				map[string]string{"en": "A paper with our name is being passed around; the next word comes at the hour given."}, a.At)
		case "received", "sighting":
			w.say(a.Office, register.Statement{Type: register.StatementType(a.Act), Of: w.leaves(s.files(t, a.Of))}, a.Text, a.At)
		case "disavow":
			w.disavow(a.Office, s.files(t, a.Of), nil, a.Reason, a.At)
		}
	}
	return s, w
}

func embedded(t testing.TB) (*story, *town) {
	return play(t, filepath.Join(testkit.Root(), "internal", "story", "embedded"))
}

func (w *town) end() time.Time { return w.times[len(w.times)-1].Add(time.Hour) }

func examine(t testing.TB, s *Snapshot, e Exhibit, at time.Time) Finding {
	t.Helper()
	f, err := s.Examine(t.Context(), e, at)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
