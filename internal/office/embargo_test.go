package office_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const (
	embargoWords = "The Commission announces that the light of the harbour will burn green from the first of May.\n"
	hour         = time.Hour
)

// embargoed issues a letter under embargo for an hour.
func embargoed(t testing.TB, h *officetest.House, ref letter.Ref, words string) office.Receipt {
	t.Helper()
	rec := h.IssueLetter(t, "harbour", officetest.Content(t, ref, words), office.Terms{NotBefore: h.Now().Add(hour)})
	if rec.Until != h.Now().Add(hour) || rec.Embargoed != ref {
		t.Fatalf("under embargo until %s (%s)", rec.Until, rec.Embargoed)
	}
	return rec
}

func readLog(t testing.TB, h *officetest.House) *register.State {
	t.Helper()
	r, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.State
}

// issueEntries returns the positions and entries that issue a letter.
func issueEntries(t testing.TB, h *officetest.House, ref letter.Ref) (out []register.Issuance) {
	t.Helper()
	o, _ := readLog(t, h).OfficeByID("harbour")
	if l, ok := readLog(t, h).Letter(o.Office, ref); ok {
		out = l.Issues
	}
	return out
}

// says reports whether any file that others may read holds the words, or the
// reference.
func says(t testing.TB, dir string, words ...string) (where []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if d.IsDir() && rel == "keys" || strings.HasPrefix(rel, "office.db") || d.IsDir() {
			return nil
		}
		raw, err := os.ReadFile(path)
		for _, w := range words {
			if strings.Contains(string(raw), w) {
				where = append(where, rel)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// TestEmbargo: at once one opaque entry, at the hour the issue that cites it, with
// the words; once, however often it is asked for.
func TestEmbargo(t *testing.T) {
	h := officetest.New(t)
	rec := embargoed(t, h, "HC-1", embargoWords)
	e, err := register.Parse(rec.Entry)
	if err != nil || e.Body.Kind() != register.KindCommit {
		t.Fatalf("logged at once: %s (%v)", e.Body.Kind(), err)
	}
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if where := says(t, h.Dir, "light of the harbour", "HC-1"); len(where) > 0 {
		t.Errorf("before the hour it stands in %v", where)
	}
	if n := len(readLog(t, h).Letters()); n != 0 {
		t.Errorf("%d letters are public", n)
	}
	again, err := h.Issue(t.Context(), "harbour", "clerk", "HC-1")
	if err != nil || again.Index != rec.Index || again.Until.IsZero() {
		t.Errorf("issued again before the hour: entry %d, want %d (%v)", again.Index, rec.Index, err)
	}

	h.Clock.Step(hour - time.Second)
	if err := h.Sync(t.Context()); err != nil || len(issueEntries(t, h, "HC-1")) != 0 {
		t.Fatalf("a second early it is issued (%v)", err)
	}
	h.Clock.Step(time.Second)
	for range 3 {
		if err := h.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	is := issueEntries(t, h, "HC-1")
	if len(is) != 1 || is[0].Issue.Embargo == nil || is[0].Issue.Embargo.Index != rec.Index || len(is[0].ApprovedBy) != 2 {
		t.Fatalf("at the hour: %+v", is)
	}
	if where := says(t, h.Dir, "light of the harbour"); !slices.ContainsFunc(where, func(s string) bool { return strings.HasPrefix(s, "texts") }) {
		t.Errorf("at the hour its words stand in %v", where)
	}
	text := letter.LangText{Lang: "en", Text: officetest.Text(t, embargoWords)}
	sts := readLog(t, h).StandingsOf(text, h.Now())
	if len(sts) != 1 || sts[0].Standing != register.InForce {
		t.Errorf("at the hour: %v", sts)
	}
	again, err = h.Issue(t.Context(), "harbour", "clerk", "HC-1")
	if err != nil || again.Index != is[0].Index || !again.Until.IsZero() {
		t.Errorf("issued again after the hour: entry %d, want %d (%v)", again.Index, is[0].Index, err)
	}
	b, err := h.Prove(t.Context(), "harbour", "HC-1")
	if err != nil {
		t.Fatal(err)
	}
	own, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if v, err := b.Verify(own, h.Now(), text); err != nil || v.Status.Standing != register.InForce {
		t.Errorf("its proof: %s (%v)", v.Status.Standing, err)
	}
}

// TestEmbargoTerms: hours that cannot be meant are refused before anything is
// sealed.
func TestEmbargoTerms(t *testing.T) {
	h := officetest.New(t)
	size := readLog(t, h).Size()
	now := h.Now()
	for name, terms := range map[string]office.Terms{
		"past":                {NotBefore: now.Add(-time.Second)},
		"now":                 {NotBefore: now},
		"a fraction":          {NotBefore: now.Add(1500 * time.Millisecond)},
		"a wrong century":     {NotBefore: now.AddDate(100, 0, 0)},
		"expires before":      {NotBefore: now.Add(2 * hour), Expires: now.Add(hour)},
		"expires at the hour": {NotBefore: now.Add(hour), Expires: now.Add(hour)},
	} {
		if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", embargoWords), terms); kind.Of(err) != kind.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := readLog(t, h).Size(); got != size {
		t.Errorf("%d entries were written", got-size)
	}
	// An hour that has come while officers took their time is none any more.
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", embargoWords), office.Terms{NotBefore: now.Add(hour)})
	if err != nil || !strings.Contains(q.Describe(), "not before "+now.Add(hour).Format(time.RFC3339)) {
		t.Fatalf("%s (%v)", q.Describe(), err)
	}
	h.Clock.Step(2 * hour)
	rec, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if err != nil || !rec.Until.IsZero() || len(issueEntries(t, h, "HC-2")) != 1 {
		t.Errorf("approved after its hour: %+v (%v)", rec.Until, err)
	}
}

// TestEmbargoRecalled: closing before the hour takes it back; holders learn it
// from the log, nobody else learns what was closed. After the hour it is too late.
func TestEmbargoRecalled(t *testing.T) {
	h := officetest.New(t)
	embargoed(t, h, "HC-1", embargoWords)
	b, err := h.GiveEmbargoed(t.Context(), "harbour", "press", "HC-1", "The Herald")
	if err != nil {
		t.Fatal(err)
	}
	recall := func(ref letter.Ref) error {
		q, err := h.ProposeClose(t.Context(), "harbour", "drafter", ref)
		if err != nil {
			return err
		}
		_, err = h.Carry(t.Context(), q, "drafter", h.Signer("harbour", "drafter"), h.Signer("harbour", "legal"))
		return err
	}
	if err := recall("HC-1"); err != nil {
		t.Fatal(err)
	}
	h.Clock.Step(2 * hour)
	if err := h.Sync(t.Context()); err != nil || len(issueEntries(t, h, "HC-1")) != 0 {
		t.Errorf("recalled and issued all the same (%v)", err)
	}
	if _, err := h.Issue(t.Context(), "harbour", "clerk", "HC-1"); kind.Of(err) != kind.Conflict || !strings.Contains(err.Error(), "recalled") {
		t.Errorf("issuing what was recalled: %v", err)
	}
	if where := says(t, h.Dir, "light of the harbour", "HC-1"); len(where) > 0 {
		t.Errorf("the recalled letter stands in %v", where)
	}
	st, err := readLog(t, h).Held("https://harbour.example", *b.Draft, b.Texts[0], h.Now())
	if err != nil || st.Standing != register.DraftClosed {
		t.Errorf("its holder is told %s (%v)", st.Standing, err)
	}
	if _, err := h.GiveEmbargoed(t.Context(), "harbour", "press", "HC-1", "The Herald"); kind.Of(err) != kind.Conflict {
		t.Errorf("given out after the recall: %v", err)
	}

	// The close is asked for in time and carried out too late.
	embargoed(t, h, "HC-2", "The fish market moves to the northern quay on the second Monday of May.\n")
	q, err := h.ProposeClose(t.Context(), "harbour", "drafter", "HC-2")
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Step(hour)
	if _, err := h.Carry(t.Context(), q, "drafter", h.Signer("harbour", "drafter"), h.Signer("harbour", "legal")); kind.Of(err) != kind.Conflict {
		t.Errorf("recalled at its hour: %v", err)
	}
	if err := h.Sync(t.Context()); err != nil || len(issueEntries(t, h, "HC-2")) != 1 {
		t.Errorf("it is not issued (%v)", err)
	}
}

// TestNothingElseBeforeTheHour: a letter under embargo is neither a draft nor
// public.
func TestNothingElseBeforeTheHour(t *testing.T) {
	h := officetest.New(t)
	embargoed(t, h, "HC-1", embargoWords)
	ctx := t.Context()
	errs := map[string]error{}
	errs["revise"] = h.Revise(ctx, "harbour", "drafter", "HC-1", "why", func(*letter.Content) error { return nil })
	_, errs["seal"] = h.Seal(ctx, "harbour", "drafter", "HC-1")
	_, errs["circulate"] = h.Circulate(ctx, "harbour", "clerk", "HC-1", []office.Holder{{Name: "Pilots", Purpose: "clearance"}})
	_, errs["submit"] = h.Submit(ctx, "harbour", "drafter", "HC-1", office.Terms{})
	_, errs["open"] = h.ProposeOpen(ctx, "harbour", "press", "HC-1")
	_, errs["withdraw"] = h.ProposeWithdraw(ctx, "harbour", "clerk", "HC-1", register.Words{"en": "No."})
	_, errs["supersede"] = h.ProposeSupersede(ctx, "harbour", "clerk", "HC-1", "HC-1")
	_, errs["finished"] = h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", embargoWords), office.Terms{})
	_, errs["superseded by another"] = h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, "HC-9", "Other words.\n"), office.Terms{Supersedes: []letter.Ref{"HC-1"}})
	for what, err := range errs {
		if kind.Of(err) != kind.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := h.GiveEmbargoed(ctx, "harbour", "drafter", "HC-1", "The Herald"); kind.Of(err) != kind.Forbidden {
		t.Errorf("given out by a drafter: %v", err)
	}
	if _, err := h.GiveEmbargoed(ctx, "harbour", "clerk", "HC-1", "two\nlines"); kind.Of(err) != kind.Invalid {
		t.Errorf("given to two lines: %v", err)
	}
	// The same words under another reference are not opened meanwhile.
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-3", embargoWords)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(ctx, "harbour", "drafter", "HC-3"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ProposeOpen(ctx, "harbour", "press", "HC-3"); kind.Of(err) != kind.Conflict {
		t.Errorf("the embargoed words opened under another reference: %v", err)
	}
}

// TestEmbargoOutlivesPolicy: what officers signed under the policy of the time is
// issued at the hour under a new one.
func TestEmbargoOutlivesPolicy(t *testing.T) {
	h := officetest.New(t)
	embargoed(t, h, "HC-1", embargoWords)
	var p register.Policy
	for _, o := range officetest.Officers {
		if o.ID != "legal" {
			key := h.Keys["harbour/"+o.ID].Public().Line()
			p.Officers = append(p.Officers, register.Officer{ID: o.ID, Person: o.ID, Name: o.ID, Roles: []register.Role{o.Role}, Keys: []string{key}})
		}
	}
	p = office.Policy(p.Officers, p.Speakers, 1, 1)
	q, err := h.ProposePolicy(t.Context(), "harbour", "clerk", p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	h.Clock.Step(hour)
	if err := h.Sync(t.Context()); err != nil || len(issueEntries(t, h, "HC-1")) != 1 {
		t.Errorf("%d issues (%v)", len(issueEntries(t, h, "HC-1")), err)
	}
}

// TestEmbargoAnyOrder: whatever the clock, restarts and recalls do, an embargoed
// letter is issued once, dated at its hour or later, or was closed and never is.
func TestEmbargoAnyOrder(t *testing.T) {
	h := officetest.New(t)
	n := 0
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		defer func(n string) { _ = f.Value.Set(n) }(f.Value.String())
		_ = f.Value.Set("8") // restarts cost; -rapid.checks asks for more
	}
	rapid.Check(t, func(rt *rapid.T) {
		n++
		ref := letter.Ref("HC-" + string(rune('a'+n%26)) + strings.Repeat("x", n/26))
		embargoed(t, h, ref, string(ref)+": "+embargoWords)
		until, recalled := h.Now().Add(hour), false
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0, 1:
				h.Clock.Step(time.Duration(rapid.IntRange(0, 50).Draw(rt, "minutes")) * time.Minute)
			case 2: // set back, but not behind what is dated already
				if back := h.Now().Add(-time.Duration(rapid.IntRange(1, 30).Draw(rt, "back")) * time.Minute); !back.Before(readLog(t, h).LastTime()) {
					h.Clock.Step(back.Sub(h.Now()))
				}
			case 3:
				if err := h.Register.Close(); err != nil {
					rt.Fatal(err)
				}
				r, err := office.Open(t.Context(), h.Dir, h.Options())
				if err != nil {
					rt.Fatal(err)
				}
				h.Register = r
			case 4:
				q, err := h.ProposeClose(t.Context(), "harbour", "drafter", ref)
				if err == nil {
					_, err = h.Carry(t.Context(), q, "drafter", h.Signer("harbour", "drafter"), h.Signer("harbour", "legal"))
				}
				if inTime := h.Now().Before(until); err == nil && !inTime || err != nil && kind.Of(err) == kind.Unknown {
					rt.Fatalf("closing at %s of %s: %v", h.Now(), until, err)
				}
				recalled = recalled || err == nil
			}
			if err := h.Sync(t.Context()); err != nil && kind.Of(err) != kind.Unavailable {
				rt.Fatal(err)
			}
			is := issueEntries(t, h, ref)
			due := !h.Now().Before(until)
			switch {
			case len(is) > 1, len(is) == 1 && recalled:
				rt.Fatalf("issued %d times, recalled: %v", len(is), recalled)
			case len(is) == 1 && is[0].At.Time().Before(until):
				rt.Fatalf("issued at %s, before %s", is[0].At.Time(), until)
			case len(is) == 0 && due && !recalled:
				rt.Fatalf("at %s it is not issued", h.Now())
			}
		}
		h.Clock.Step(3 * hour) // the next letter comes later
		if err := h.Sync(t.Context()); err != nil {
			rt.Fatal(err)
		}
		if n := len(issueEntries(t, h, ref)); (n == 1) == recalled {
			rt.Fatalf("in the end %d issues, recalled: %v", n, recalled)
		}
	})
}

// TestEmbargoWithTheClockSetBack: what waits is published, nothing new is done, and
// the hour comes when the clock says so.
func TestEmbargoWithTheClockSetBack(t *testing.T) {
	h := officetest.New(t)
	embargoed(t, h, "HC-1", embargoWords)
	h.Clock.Step(-10 * time.Minute)
	if err := h.Sync(t.Context()); err != nil {
		t.Errorf("a clock that was set back keeps from publishing what waits: %v", err)
	}
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", "Words.\n")); kind.Of(err) != kind.Unavailable {
		t.Errorf("an act at a time before the newest entry: %v", err)
	}
	h.Clock.Step(10*time.Minute + hour)
	if err := h.Sync(t.Context()); err != nil || len(issueEntries(t, h, "HC-1")) != 1 {
		t.Errorf("%v", err)
	}
}
