package extract

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/check"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/photo"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A specimen is one file of the corpora with what its collectors expect.
type specimen struct {
	Name, Attack, Expect string
	data                 []byte
}

// corpus reads a folder of forged, malformed and deadly PDFs.
func corpus(t testing.TB, folder string) []specimen {
	t.Helper()
	dir := testkit.Data(t, folder)
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Entries []struct{ File, Attack, Expect string }
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	var out []specimen
	for _, e := range manifest.Entries {
		if !strings.HasSuffix(e.File, ".pdf") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, specimen{folder + "/" + e.File, e.Attack, e.Expect, data})
	}
	return out
}

// harbour is a register in which the letter that the forgeries are made of was
// issued, as the file ok_P1.pdf.
func harbour(t testing.TB) (*check.Snapshot, time.Time) {
	t.Helper()
	dir := testkit.Data(t, "attack-generated")
	raw, err := os.ReadFile(filepath.Join(dir, "letter.json"))
	if err != nil {
		t.Fatal(err)
	}
	var words struct{ Letter []string }
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	form, err := os.ReadFile(filepath.Join(dir, "ok_P1.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, "HC-2031-0417", strings.Join(words.Letter, "\n")+"\n", form)
}

// issued is a register with one letter, issued as a file.
func issued(t testing.TB, ref, words string, form []byte) (*check.Snapshot, time.Time) {
	t.Helper()
	h := officetest.New(t)
	files := []register.File{{Role: "form", MediaType: "application/pdf", Digest: sha256.Sum256(form)}}
	h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref(ref), words), office.Terms{Files: files})
	src, err := server.Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap, src.Now()
}

// reader is the reader under test, through the real child; its compiled pdfium is
// kept between runs of the tests. Time is long: on a busy machine it is the
// child's own processor time that counts.
func reader(t testing.TB, pictures func(context.Context, []byte) (photo.Reading, error)) *Reader {
	t.Helper()
	return New(Options{Time: 2 * time.Minute, AtOnce: 2, Pictures: pictures, Note: func(s string) { t.Log(s) }})
}

// result is what is said of a file, in one line.
func result(f check.Finding, err error) string {
	var no *check.ReadError
	if errors.As(err, &no) {
		return string(no.Problem)
	}
	if err != nil {
		return "ERROR " + err.Error()
	}
	if f.Headline == nil {
		return string(f.ExhibitKind)
	}
	out := f.Headline.Code + " " + string(f.Verdict.Intent)
	if f.PDF != nil {
		if b := f.PDF.Begins; b != nil && b.Changes {
			out += " changed_later"
		} else if b != nil {
			out += " added_to"
		}
		out += " seen=" + string(f.PDF.Seen)
		kinds := map[string]bool{}
		for _, m := range f.PDF.Remarks {
			kinds[string(m.Kind)] = true
		}
		var names []string
		for k := range kinds {
			names = append(names, k)
		}
		slices.Sort(names)
		out += " " + strings.Join(names, ",")
	}
	return strings.TrimSpace(out)
}

// golden holds what is said of each file. Read the difference before it is written
// anew.
const golden = "testdata/corpus.golden"

var update = flag.Bool("update", false, "write "+golden+" anew")

// whole are expectations of files that show the letter as it was issued and
// nothing else; of others a green answer would be false, but for those that differ
// in what no reader sees: the register's answer is about words, never about a
// signature.
var whole = []string{"signed_revision_equals_record", "signed_revision_equals_record_with_note", "content_matches_record_unsigned", "unknown_signer", "invalid_signature", "reject_safely"}

// TestCorpora: no forged file gets a green answer, and what is said of each stands
// in a golden file. Without a reader of pictures only files that look like the one
// on record, to the pixel, may be green at all. CHANCERY_PDF_ALL=1 reads the
// foreign corpus too.
func TestCorpora(t *testing.T) {
	snap, at := harbour(t)
	all := corpus(t, "attack-generated")
	foreign := os.Getenv("CHANCERY_PDF_ALL") != ""
	if foreign {
		all = append(all, corpus(t, "attack-pdfs")...)
	}
	r := reader(t, nil)
	lines := make([]string, len(all))
	var wait sync.WaitGroup
	began := time.Now()
	gate := make(chan struct{}, 2)
	for i, s := range all {
		wait.Add(1)
		gate <- struct{}{}
		go func() {
			defer func() { <-gate; wait.Done() }()
			f, err := snap.Examine(t.Context(), check.Exhibit{Name: s.Name, Data: s.data, PDFs: r}, at)
			lines[i] = fmt.Sprintf("%s\t%s\t%s", s.Name, s.Expect, result(f, err))
			if strings.Contains(lines[i], "ERROR") || f.Verdict != nil && f.Verdict.Intent == check.IntentInForce && !slices.Contains(whole, s.Expect) {
				t.Errorf("%s (%s): %s", s.Name, s.Attack, lines[i])
			}
		}()
	}
	wait.Wait()
	slices.Sort(lines)
	t.Logf("%d files in %s", len(all), time.Since(began).Round(time.Second))
	got := strings.Join(lines, "\n") + "\n"
	name := golden
	if foreign {
		name = "testdata/corpus-all.golden"
	}
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("what is said of files has changed (-was +is; -update writes it anew):\n%s", diff)
	}
}
