package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

const absentWords = "Harbour Commission\n\nHC-2026-0099\n\nSir,\n\nthe lighthouse has been sold to the highest bidder this morning.\n"

// covering is a register with a letter, and the root of its map in the log.
func covering(t *testing.T) (*officetest.House, *Source) {
	t.Helper()
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Monday.\n"), office.Terms{})
	src, err := Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f := ask(t, src, absentWords); f.Absence == nil || f.Absence.Proved || len(f.Absence.Proof) > 0 {
		t.Errorf("without an index head: %+v", f.Absence)
	}
	h.Clock.Step(time.Second)
	if ok, err := h.LogMap(t.Context()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if src, err = Read(t.Context(), h.Dir, proof.Policy{}, nil); err != nil {
		t.Fatal(err)
	}
	return h, src
}

func ask(t *testing.T, src *Source, words string) check.Finding {
	t.Helper()
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(words)}, src.Now())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func verified(t *testing.T, src *Source, raw []byte) proof.Verified {
	t.Helper()
	b, err := proof.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.Verify(src.Policy(), src.Now())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAnswersCarryProofs: "not on record" carries the proof for the file, the
// whole words and the reference that they cite; a letter's own proof shows that
// nothing came later (proof.md MUST-34 to MUST-36).
func TestAnswersCarryProofs(t *testing.T) {
	_, src := covering(t)
	f := ask(t, src, absentWords)
	if f.Standing == nil || *f.Standing != register.NotOnRecord || f.Absence == nil || !f.Absence.Proved || len(f.Absence.Names) != 3 {
		t.Fatalf("%v: %+v", f.Standing, f.Absence)
	}
	v := verified(t, src, f.Absence.Proof)
	if !v.Absence || v.Lookups.Head != *f.Absence.AsOf || len(v.Lookups.Answers) != 3 {
		t.Errorf("the proof shows %+v", v.Lookups)
	}
	kinds := map[lookup.Kind]bool{}
	for _, n := range f.Absence.Names {
		kinds[n.Kind] = true
	}
	if !kinds[lookup.File] || !kinds[lookup.Text] || !kinds[lookup.Reference] {
		t.Errorf("proved to be absent: %v", kinds)
	}
	if f := ask(t, src, "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Monday.\n"); f.Absence != nil {
		t.Errorf("what is on record is absent: %+v", f.Absence)
	}
	var b bytes.Buffer
	if err := src.Proof(t.Context(), "harbour", "HC-1", &b); err != nil {
		t.Fatal(err)
	}
	if l := verified(t, src, b.Bytes()).Later(); !l.None() || !l.Keys {
		t.Errorf("the letter's proof shows %+v", l)
	}
}

// TestAbsenceAddresses: proofs of absence are addressed by path alone; what is on
// record, or is no name, has none.
func TestAbsenceAddresses(t *testing.T) {
	_, src := covering(t)
	s := httptest.NewServer(absences(src, http.NotFoundHandler()))
	defer s.Close()
	text, err := letter.Canonicalize([]byte(absentWords))
	if err != nil {
		t.Fatal(err)
	}
	digest, _ := lookup.OfText(text).Digest()
	known, err := letter.Canonicalize([]byte("Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Monday.\n"))
	if err != nil {
		t.Fatal(err)
	}
	present, _ := lookup.OfText(known).Digest()
	for path, want := range map[string]int{
		"text/" + digest.String() + proof.Extension:   http.StatusOK,
		"file/" + digest.String() + proof.Extension:   http.StatusOK,
		"reference/harbour/HC-404" + proof.Extension:  http.StatusOK,
		"text/" + present.String() + proof.Extension:  http.StatusNotFound,
		"reference/harbour/HC-1" + proof.Extension:    http.StatusNotFound,
		"reference/nobody/HC-1" + proof.Extension:     http.StatusNotFound,
		"phrase/" + digest.String() + proof.Extension: http.StatusNotFound,
		"text/" + digest.String():                     http.StatusNotFound,
		"text/x" + proof.Extension:                    http.StatusNotFound,
	} {
		r, err := http.Get(s.URL + "/absence/" + path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s (%v)", path, r.StatusCode, want, raw, err)
		}
		if want == http.StatusOK && !verified(t, src, raw).Absence {
			t.Errorf("%s: no proof of absence", path)
		}
	}
}

// TestAbsenceOf what is there is refused, with the entries.
func TestAbsenceOf(t *testing.T) {
	_, src := covering(t)
	n, err := src.LetterName(t.Context(), "harbour", "HC-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Absence(t.Context(), []lookup.Name{n}, nil, io.Discard); kind.Of(err) != kind.Conflict {
		t.Errorf("got %v", err)
	}
}
