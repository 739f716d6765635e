package office_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// fold is what a reader of the log's files makes of them.
func fold(t *testing.T, h *officetest.House) *register.State {
	t.Helper()
	r, err := h.Folder().Read(t.Context(), ownKeys(t, h), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.State.Problems() {
		if p.Ignored {
			t.Error(p)
		}
	}
	return r.State
}

func statusOf(t *testing.T, s *register.State, ref letter.Ref, words string) register.Status {
	t.Helper()
	for _, st := range s.StandingsOf(letter.LangText{Lang: "en", Text: officetest.Text(t, words)}, s.LastTime()) {
		if st.Record.Reference == ref {
			return st
		}
	}
	return register.Status{}
}

var because = register.Words{"en": "Because."}

// both are the two approvers of the house.
func both(h *officetest.House) []office.Signer {
	return []office.Signer{h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")}
}

// TestRotation: the new key signs from then on, the old one ends by position, and
// what it signed stays.
func TestRotation(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", "Letter A.\n"), office.Terms{})
	turned, err := h.RotateKey(ctx, "harbour", "clerk")
	if err != nil {
		t.Fatal(err)
	}
	at := turned.Receipt.Index
	q, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", turned.Old, &at, because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", both(h)...); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "B", "Letter B.\n"), office.Terms{})
	s := fold(t, h)
	for ref, words := range map[letter.Ref]string{"A": "Letter A.\n", "B": "Letter B.\n"} {
		if st := statusOf(t, s, ref, words); st.Standing != register.InForce || len(st.LaterRevoked) > 0 {
			t.Errorf("%s: %s, %v", ref, st.Standing, st.LaterRevoked)
		}
	}
	keys, err := h.Register.Keys(ctx, "harbour")
	if err != nil || len(keys) != 2 || keys[0].Revoked == nil || keys[0].Revoked.After != at || keys[1].Revoked != nil || !keys[1].Here {
		t.Errorf("%+v, %v", keys, err)
	}
	o, _ := s.OfficeByID("harbour")
	if o.Keys[1].Thumbprint != turned.New {
		t.Errorf("%+v", o.Keys)
	}
	info, err := os.Stat(h.Folder().KeyFile("office-harbour." + turned.New.String()[:16]))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the new key's file: %v, %v", info, err)
	}
	again(t, h) // another process finds its way by the log alone
	h.IssueLetter(t, "harbour", officetest.Content(t, "C", "Letter C.\n"), office.Terms{})
	if st := statusOf(t, fold(t, h), "C", "Letter C.\n"); st.Standing != register.InForce {
		t.Errorf("after a restart: %s", st.Standing)
	}
}

// TestStolenKey: the only key of an office is revoked from where the thief had
// it. The operator signs, the officers approve, and the office has a new key
// before anything else of it is logged. What officers approved meanwhile stays.
func TestStolenKey(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", "Letter A.\n"), office.Terms{})
	stolen := register.Index(fold(t, h).Size()) - 1
	h.IssueLetter(t, "harbour", officetest.Content(t, "B", "Letter B.\n"), office.Terms{})
	keys, err := h.Register.Keys(ctx, "harbour")
	if err != nil {
		t.Fatal(err)
	}
	q, err := h.ProposeRevokeKey(ctx, "harbour", "press", keys[0].Thumbprint, &stolen, because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "press", h.Signer("harbour", "legal")); kind.Of(err) != kind.Forbidden {
		t.Fatalf("one officer ended the key: %v", err)
	}
	if _, err := h.Carry(ctx, q, "press", both(h)...); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "C", "Letter C.\n"), office.Terms{})
	s := fold(t, h)
	for ref, flagged := range map[letter.Ref]bool{"A": false, "B": true, "C": false} {
		st := statusOf(t, s, ref, "Letter "+string(ref)+".\n")
		if st.Standing != register.InForce || (len(st.LaterRevoked) > 0) != flagged {
			t.Errorf("%s: %s, marked %v", ref, st.Standing, st.LaterRevoked)
		}
	}
	if o, _ := s.OfficeByID("harbour"); len(o.Keys) != 2 || o.Keys[0].Revoked == nil || o.Keys[1].Revoked != nil {
		t.Errorf("%+v", o.Keys)
	}
	if res := rebuilt(t, h); res.Added == 0 { // the log alone leads to the same keys
		t.Error("nothing was rebuilt")
	}
	keys, err = h.Register.Keys(ctx, "harbour")
	if err != nil || len(keys) != 2 || keys[0].Revoked == nil || keys[1].Revoked != nil {
		t.Errorf("after a rebuild: %+v, %v", keys, err)
	}
}

// TestKeyThatFellMeanwhile: the request to end a key waits while the one that added
// it is ended from before, and it falls with it. Carrying the request out then is
// refused; were it logged, the log would refuse it and all that stands behind it.
func TestKeyThatFellMeanwhile(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", "Letter A.\n"), office.Terms{})
	turned, err := h.RotateKey(ctx, "harbour", "clerk")
	if err != nil {
		t.Fatal(err)
	}
	added := turned.Receipt.Index
	before := added - 1
	first, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", turned.Old, &before, because)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", turned.New, &added, because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, first, "clerk", both(h)...); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, second, "clerk", both(h)...); kind.Of(err) != kind.Conflict {
		t.Errorf("a key that fell already: %v", err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "B", "Letter B.\n"), office.Terms{})
	if st := statusOf(t, fold(t, h), "B", "Letter B.\n"); st.Standing != register.InForce {
		t.Errorf("nothing is issued after it: %s", st.Standing)
	}
}

// again closes the register and opens it as another process would.
func again(t *testing.T, h *officetest.House) {
	t.Helper()
	_ = h.Register.Close()
	var err error
	if h.Register, err = office.Open(t.Context(), h.Dir, h.Options()); err != nil {
		t.Fatal(err)
	}
}

// rebuilt makes the database anew from the log.
func rebuilt(t *testing.T, h *officetest.House) office.Rebuilt {
	t.Helper()
	if err := h.Register.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(h.Folder().Database() + f); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	res, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil {
		t.Fatal(err)
	}
	again(t, h)
	return res
}

// TestRoleKeys: keys of the operator are announced, and end by its word alone.
func TestRoleKeys(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	made, rec, err := h.AddRoleKey(ctx, register.KeyReceipt)
	if err != nil || made.Added != rec.Index {
		t.Fatal(made, err)
	}
	if _, _, err := h.AddRoleKey(ctx, register.KeyLog); err != nil {
		t.Fatal(err)
	}
	if got := fold(t, h).RoleKeys(register.KeyReceipt); len(got) != 1 || got[0].Thumbprint != made.Thumbprint {
		t.Errorf("%+v", got)
	}
	if _, err := h.RevokeRoleKey(ctx, made.Thumbprint, nil, because); err != nil {
		t.Fatal(err)
	}
	if all, err := h.Register.Keys(ctx, ""); err != nil || len(all) != 2 || all[0].Revoked == nil || all[1].Revoked != nil || !all[1].Here {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := h.RevokeRoleKey(ctx, made.Thumbprint, nil, because); kind.Of(err) != kind.Conflict {
		t.Errorf("revoked twice: %v", err)
	}
	if _, err := h.RevokeRoleKey(ctx, letter.Hash{1}, nil, because); kind.Of(err) != kind.NotFound {
		t.Errorf("a key that is none: %v", err)
	}
}

// TestKeyRefusals: what must not be done with keys, and what is said.
func TestKeyRefusals(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	keys, err := h.Register.Keys(ctx, "harbour")
	if err != nil {
		t.Fatal(err)
	}
	before := fold(t, h).Size()
	revoke := func(id letter.Hash, after register.Index) error {
		_, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", id, &after, because)
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want kind.Kind
		says string
	}{
		"a key that is none":         {revoke(letter.Hash{1}, 2), kind.NotFound, "key list"},
		"before the key was there":   {revoke(keys[0].Thumbprint, 0), kind.Invalid, "before the key was there"},
		"a position that is to come": {revoke(keys[0].Thumbprint, 1000), kind.Invalid, "not in the log yet"},
	} {
		if kind.Of(c.err) != c.want || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if _, err := h.RotateKey(ctx, "harbour", "drafter"); kind.Of(err) != kind.Forbidden {
		t.Errorf("a drafter changed the key: %v", err)
	}
	if _, err := h.RotateKey(ctx, "lighthouse", "clerk"); kind.Of(err) != kind.NotFound {
		t.Errorf("no such office: %v", err)
	}
	if err := os.Rename(h.Folder().KeyFile("office-harbour"), filepath.Join(h.Dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	again(t, h)
	if _, err := h.RotateKey(ctx, "harbour", "clerk"); kind.Of(err) != kind.Unavailable {
		t.Errorf("without a key: %v", err)
	}
	if now := fold(t, h).Size(); now != before {
		t.Errorf("%d entries, there were %d", now, before)
	}
}

// TestCorrection: a typing error in one language is corrected, and all texts are
// approved anew; both are shown for what they are.
func TestCorrection(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	content := officetest.Content(t, "A", "The ship leaves on Monady.\n")
	content.Texts = append(content.Texts, letter.LangText{Lang: "fr", Text: officetest.Text(t, "Le navire part lundi.\n")})
	h.IssueLetter(t, "harbour", content, office.Terms{})
	english := func(words string) func(*letter.Content) error {
		return func(c *letter.Content) error {
			i := slices.IndexFunc(c.Texts, func(x letter.LangText) bool { return x.Lang == "en" })
			c.Texts[i].Text = officetest.Text(t, words)
			return nil
		}
	}
	correct := func(words string) error {
		q, err := h.ProposeCorrect(ctx, "harbour", "drafter", "A", office.Correction{Reason: because, Change: english(words)})
		if err != nil {
			return err
		}
		if q.Revision == 0 || len(q.Texts) != 2 {
			t.Errorf("revision %d, %d texts", q.Revision, len(q.Texts))
		}
		_, err = h.Carry(ctx, q, "clerk", both(h)...)
		return err
	}
	if err := correct("The ship leaves on Monday.\n"); err != nil {
		t.Fatal(err)
	}
	s := fold(t, h)
	if st := statusOf(t, s, "A", "The ship leaves on Monady.\n"); st.Standing != register.Superseded || st.CorrectedBy == 0 {
		t.Errorf("the old words: %s", st.Standing)
	}
	if st := statusOf(t, s, "A", "The ship leaves on Monday.\n"); st.Standing != register.InForce || st.Revision != 2 {
		t.Errorf("the new words: %s, revision %d", st.Standing, st.Revision)
	}
	if st := s.StandingsOf(letter.LangText{Lang: "fr", Text: officetest.Text(t, "Le navire part lundi.\n")}, s.LastTime()); len(st) != 1 || st[0].Standing != register.InForce || st[0].CorrectedBy != 0 {
		t.Errorf("the French words: %+v", st)
	}
	for name, c := range map[string]struct {
		change func(*letter.Content) error
		want   kind.Kind
	}{
		"nothing changed":   {english("The ship leaves on Monday.\n"), kind.Invalid},
		"a language fewer":  {func(c *letter.Content) error { c.Texts = c.Texts[:1]; return nil }, kind.Invalid},
		"another reference": {func(c *letter.Content) error { c.Reference = "B"; return nil }, kind.Invalid},
		"another type":      {func(c *letter.Content) error { c.Type = letter.TypeNotice; return nil }, kind.Invalid},
	} {
		if _, err := h.ProposeCorrect(ctx, "harbour", "drafter", "A", office.Correction{Reason: because, Change: c.change}); kind.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := correct("The ship leaves on Monday, at noon.\n"); err != nil {
		t.Fatal(err)
	}
	// A correction that waits when the letter is withdrawn is void.
	late, err := h.ProposeCorrect(ctx, "harbour", "drafter", "A", office.Correction{Reason: because, Change: english("Late.\n")})
	if err != nil {
		t.Fatal(err)
	}
	q, err := h.ProposeWithdraw(ctx, "harbour", "clerk", "A", because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", both(h)...); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, late, "clerk", both(h)...); kind.Of(err) != kind.Conflict {
		t.Errorf("a withdrawn letter was corrected: %v", err)
	}
	if err := correct("Later.\n"); kind.Of(err) != kind.Conflict {
		t.Errorf("a withdrawn letter was corrected: %v", err)
	}
}

// TestEmergency: one officer ends a letter at night, the others ratify it.
func TestEmergency(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", "Letter A.\n"), office.Terms{})
	q, err := h.ProposeWithdraw(ctx, "harbour", "clerk", "A", because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", h.Signer("harbour", "legal")); kind.Of(err) != kind.Forbidden {
		t.Fatalf("one officer withdrew a letter: %v", err)
	}
	if _, err := h.ProposeRatify(ctx, "harbour", "clerk", "A"); kind.Of(err) != kind.Conflict {
		t.Errorf("ratified what is not withdrawn: %v", err)
	}
	q, err = h.ProposeEmergencyWithdraw(ctx, "harbour", "press", "A", because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "press", h.Signer("harbour", "press")); err != nil {
		t.Fatal(err)
	}
	st := statusOf(t, fold(t, h), "A", "Letter A.\n")
	if st.Standing != register.Withdrawn || st.Emergency == nil || st.Emergency.Ratified != nil {
		t.Fatalf("%s %+v", st.Standing, st.Emergency)
	}
	for range 2 {
		q, err = h.ProposeRatify(ctx, "harbour", "clerk", "A")
		if err == nil {
			_, err = h.Carry(ctx, q, "clerk", both(h)...)
		}
	}
	if kind.Of(err) != kind.Conflict {
		t.Errorf("ratified twice: %v", err)
	}
	if st := statusOf(t, fold(t, h), "A", "Letter A.\n"); st.Standing != register.Withdrawn || st.Emergency.Ratified == nil {
		t.Errorf("%s %+v", st.Standing, st.Emergency)
	}
}
