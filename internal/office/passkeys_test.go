package office_test

import (
	"slices"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/letter"
	"chancery.example/register"
)

// A pilotage is a house with an office whose officers have passkeys: ann one and
// an SSH key in a second post, bea one, cem an SSH key.
type pilotage struct {
	*officetest.House
	ann, bea       *authenticator.Passkey
	annKey, beaKey approval.Key
	alarms         []office.PasskeyAlarm
}

func newPilotage(t *testing.T) *pilotage {
	t.Helper()
	h := officetest.New(t)
	p := &pilotage{House: h}
	p.ann, p.annKey = officetest.Passkey(t, "ann", authenticator.ES256)
	p.bea, p.beaKey = officetest.Passkey(t, "bea", authenticator.RS256)
	sshLine := func(id string) string {
		k := officetest.NewKey(t, "pilots/"+id)
		h.Keys["pilots/"+id] = k
		return k.Public().Line()
	}
	approver := []register.Role{register.RoleApprover}
	n := office.NewOffice{ID: "pilots", Office: "https://pilots.example", Domain: "pilots.example", Name: register.Words{"en": "Pilots"}}
	n.Policy.Officers = []register.Officer{
		{ID: "ann", Person: "ann", Name: "Ann", Roles: approver, Keys: []string{p.annKey.Line()}},
		{ID: "ann-2", Person: "ann", Name: "Ann", Roles: approver, Keys: []string{sshLine("ann-2")}},
		{ID: "bea", Person: "bea", Name: "Bea", Roles: approver, Keys: []string{p.beaKey.Line()}},
		{ID: "cem", Person: "cem", Name: "Cem", Roles: []register.Role{register.RoleApprover, register.RoleClerk, register.RoleDrafter}, Keys: []string{sshLine("cem")}},
	}
	n.Policy.Rules = []register.Rule{{Act: approval.Issue, K: 2, Roles: approver}}
	if _, err := h.Register.Enrol(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	opts := h.Options()
	opts.Alarm = func(a office.PasskeyAlarm) { p.alarms = append(p.alarms, a) }
	again, err := office.Open(t.Context(), h.Dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	_ = h.Register.Close()
	h.Register = again
	return p
}

func (p *pilotage) submit(t *testing.T, ref letter.Ref, words string) office.Request {
	t.Helper()
	q, err := p.SubmitFinished(t.Context(), "pilots", "cem", officetest.Content(t, ref, words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestPasskeysApprove: two passkeys, or one and an SSH key, issue a letter that
// readers verify; the office's journal says with what each was approved.
func TestPasskeysApprove(t *testing.T) {
	p := newPilotage(t)
	ctx := t.Context()
	q := p.submit(t, "P-1", "Sir,\n\nthe channel is deep enough.\n")
	q, err := p.Approve(ctx, q.ID, "ann", officetest.Evidence(t, p.ann, p.annKey, q.Statement))
	if err != nil || q.Ready || !slices.Equal(q.Approved, []string{"ann"}) {
		t.Fatalf("approved by %v, ready %v: %v", q.Approved, q.Ready, err)
	}
	if q, err = p.Approve(ctx, q.ID, "bea", officetest.Evidence(t, p.bea, p.beaKey, q.Statement)); err != nil || !q.Ready {
		t.Fatalf("ready %v: %v", q.Ready, err)
	}
	if _, err := p.Issue(ctx, "pilots", "cem", "P-1"); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, p.House, "Sir,\n\nthe channel is deep enough.\n"); got != register.InForce {
		t.Errorf("issued with approvals by passkey: %s", got)
	}
	by := reading(t, p.House).StandingsOf(letter.LangText{Lang: "en", Text: officetest.Text(t, "Sir,\n\nthe channel is deep enough.\n")}, p.Now())[0].ApprovedBy
	if len(by) != 2 || by[0].Passkey != officetest.Desk || by[1].With() != "passkey at "+officetest.Desk+" "+p.beaKey.Fingerprint() {
		t.Errorf("approved by %+v", by)
	}
	notes, err := p.Journal(ctx, "pilots", "P-1")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, n := range notes {
		if n.Act == "approve" {
			said = append(said, n.Text)
		}
	}
	if len(said) != 2 || !strings.HasSuffix(said[0], "passkey at "+officetest.Desk+" "+p.annKey.Fingerprint()) {
		t.Errorf("the journal says %q", said)
	}
	q = p.submit(t, "P-2", "Sir,\n\nthe pilot comes at noon.\n")
	if _, err := p.Approve(ctx, q.ID, "ann", officetest.Evidence(t, p.ann, p.annKey, q.Statement)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Carry(ctx, q, "cem", p.Signer("pilots", "cem")); err != nil {
		t.Fatal(err)
	}
	if len(p.alarms) != 0 {
		t.Errorf("alarms: %+v", p.alarms)
	}
}

// TestOnePersonWithTwoKinds: a passkey and an SSH key of one person count once.
func TestOnePersonWithTwoKinds(t *testing.T) {
	p := newPilotage(t)
	q := p.submit(t, "P-1", "Sir,\n\nboth are mine.\n")
	if _, err := p.Approve(t.Context(), q.ID, "ann", officetest.Evidence(t, p.ann, p.annKey, q.Statement)); err != nil {
		t.Fatal(err)
	}
	sig, err := p.Keys["pilots/ann-2"].Approve(q.Statement)
	if err != nil {
		t.Fatal(err)
	}
	q, err = p.Approve(t.Context(), q.ID, "ann-2", sig)
	if err != nil || q.Ready || !strings.Contains(q.Missing, "1 of 2 approvals by distinct persons") {
		t.Errorf("ready %v, %q: %v", q.Ready, q.Missing, err)
	}
}

// TestPasskeysThatDoNotCount: every fault of an assertion, the words of another
// request, and keys that are not the officer's.
func TestPasskeysThatDoNotCount(t *testing.T) {
	p := newPilotage(t)
	q, other := p.submit(t, "P-1", "Sir,\n\nthe channel is deep.\n"), p.submit(t, "P-2", "Sir,\n\nthe channel is closed.\n")
	stranger, strangerKey := officetest.Passkey(t, "stranger", authenticator.ES256)
	sshSig, err := p.Keys["pilots/cem"].Approve(q.Statement)
	if err != nil {
		t.Fatal(err)
	}
	try := func(name, officer string, sig []byte, want []kind.Kind, says string) {
		_, err := p.Approve(t.Context(), q.ID, officer, sig)
		if !slices.Contains(want, kind.Of(err)) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %s: %v; want %v, saying %q", name, kind.Of(err), err, want, says)
		}
	}
	forbidden := []kind.Kind{kind.Forbidden}
	try("the words of another request", "ann", officetest.Evidence(t, p.ann, p.annKey, other.Statement), forbidden, "was another request")
	try("another officer's", "bea", officetest.Evidence(t, p.ann, p.annKey, q.Statement), forbidden, "is not one of bea's in the policy; it has a passkey at "+officetest.Desk)
	try("a stranger's", "ann", officetest.Evidence(t, stranger, strangerKey, q.Statement), forbidden, "(passkey at "+officetest.Desk+") is not one of ann's")
	try("an SSH key for a passkey", "ann", sshSig, forbidden, "to approve with at the desk there")
	try("a passkey for an SSH key", "cem", officetest.Evidence(t, p.ann, p.annKey, q.Statement), forbidden, "is not one of cem's in the policy")
	try("no evidence", "ann", []byte("WAUTHN"), []kind.Kind{kind.Invalid}, "with the passkey at the desk")
	for _, f := range authenticator.Faults() {
		try(f.Name, "ann", officetest.Evidence(t, p.ann, p.annKey, q.Statement, f.Bend), []kind.Kind{kind.Forbidden, kind.Invalid}, "approving request")
	}
	got, err := p.Request(t.Context(), q.ID)
	if err != nil || len(got.Approved) > 0 || got.Ready {
		t.Errorf("approved by %v, ready %v, %v", got.Approved, got.Ready, err)
	}
}

// TestPasskeyCounter (approval.md MUST-15): a counter that does not rise is an
// alarm, in the journal and to who listens, whatever request and office it was
// seen in; the approval counts.
func TestPasskeyCounter(t *testing.T) {
	p := newPilotage(t)
	at := func(n uint32) func(*authenticator.Ceremony) {
		return func(c *authenticator.Ceremony) { c.Counter = n }
	}
	for i, c := range []struct {
		counter uint32
		before  uint32 // of the alarm; 0 means none
	}{{5, 0}, {6, 0}, {6, 6}, {3, 6}, {4, 6}, {7, 0}, {0, 7}, {8, 0}} {
		ref := letter.Ref("P-" + string(rune('1'+i)))
		q := p.submit(t, ref, "Sir,\n\nnumber "+string(ref)+".\n")
		p.alarms = nil
		q, err := p.Approve(t.Context(), q.ID, "ann", officetest.Evidence(t, p.ann, p.annKey, q.Statement, at(c.counter)))
		if err != nil || !slices.Equal(q.Approved, []string{"ann"}) {
			t.Fatalf("counter %d: %v", c.counter, err)
		}
		notes, err := p.Journal(t.Context(), "pilots", ref)
		if err != nil {
			t.Fatal(err)
		}
		noted := slices.ContainsFunc(notes, func(n store.Note) bool {
			return n.Act == "passkey alarm" && strings.Contains(n.Text, "it may have been copied")
		})
		if noted != (c.before != 0) || (len(p.alarms) == 1) != (c.before != 0) {
			t.Fatalf("counter %d after %d: noted %v, alarms %+v", c.counter, c.before, noted, p.alarms)
		}
		if c.before == 0 {
			continue
		}
		if a := p.alarms[0]; a.Counter != c.counter || a.Before != c.before || a.Office != "pilots" || a.Officer != "ann" || a.Request != q.ID || a.Key.Line() != p.annKey.Line() {
			t.Errorf("alarm %+v", a)
		}
	}
	// The same answer sent twice is one approval, and no alarm.
	q := p.submit(t, "P-9", "Sir,\n\nonce more.\n")
	once := officetest.Evidence(t, p.ann, p.annKey, q.Statement, at(20))
	p.alarms = nil
	for range 2 {
		if _, err := p.Approve(t.Context(), q.ID, "ann", once); err != nil {
			t.Fatal(err)
		}
	}
	// Nor does a passkey that counts nothing, or another one's counter, raise one.
	for range 2 {
		if _, err := p.Approve(t.Context(), q.ID, "bea", officetest.Evidence(t, p.bea, p.beaKey, q.Statement, at(0))); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.alarms) != 0 {
		t.Errorf("alarms: %+v", p.alarms)
	}
}
