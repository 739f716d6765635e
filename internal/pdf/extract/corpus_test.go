package extract

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/check"
	"chancery.example/internal/confine"
	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A specimen is one file of the corpora with what its collectors expect.
type specimen struct {
	Name, Category, Attack, Expect string
	data                           []byte
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
		Entries []struct{ File, Category, Attack, Expect string }
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	var out []specimen
	for _, e := range manifest.Entries {
		if slices.Contains([]string{".png", ".gif", ".jpg"}, filepath.Ext(e.File)) { // internal/photo's
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, specimen{folder + "/" + e.File, e.Category, e.Attack, e.Expect, data})
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
	if err := (folder.Folder{Dir: h.Dir}).PutForms([][]byte{form}); err != nil {
		t.Fatal(err)
	}
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
		if f.PDF.Signature != nil {
			out += " signature=" + string(f.PDF.Signature.State)
		}
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

// Goldens hold what is said of each file, without a reader of pictures and with one;
// where that is not what its collectors expect, the last column says why. Read the
// difference before it is written anew: reasons stay, and new ones are yours to write.
const (
	golden     = "testdata/corpus.golden"
	goldenSeen = "testdata/corpus-seen.golden"
)

var update = flag.Bool("update", false, "write "+golden+" anew")

// green are the expectations of files that show the letter as it was issued and
// nothing else. Any other file with a green answer needs a reason in the golden
// file.
var green = []string{"signed_revision_equals_record", "signed_revision_equals_record_with_note", "content_matches_record_unsigned"}

// agrees reports whether an answer is what the collectors of a file expect.
func agrees(expect string, f check.Finding, err error) bool {
	if err != nil { // refused, or too little to see
		return !slices.Contains(green, expect) && expect != "altered_after_signing" && !strings.HasPrefix(expect, "unknown_signer")
	}
	isGreen := f.Exit() == check.ExitInForce
	is := func(ms ...check.Match) bool { return f.Match != nil && slices.Contains(ms, *f.Match) }
	doubted := f.PDF != nil && slices.ContainsFunc(f.PDF.Remarks, func(m check.RemarkView) bool { return m.Kind.Doubts() })
	lookalike := f.Standing != nil && *f.Standing == register.Lookalike
	switch expect {
	case "signed_revision_equals_record", "signed_revision_equals_record_with_note", "content_matches_record_unsigned":
		return is(check.ExactFile, check.SameText) && !lookalike
	case "unknown_signer":
		return lookalike
	case "unknown_signer_and_text_altered":
		return is(check.Altered)
	case "altered_after_signing", "change_within_or_outside_permission":
		return !isGreen && (is(check.Altered, check.None, check.Resembles) && expect != "altered_after_signing" || is(check.Altered) || doubted || f.PDF != nil && f.PDF.Begins != nil && f.PDF.Begins.Changes || is(check.None) && f.PDF != nil && f.PDF.Begins == nil)
	}
	return !isGreen
}

// namesClass reports whether an answer names the class that its collectors put a file in:
// what a reader is told beside the words and their standing.
func namesClass(s specimen, f check.Finding, err error) bool {
	if err != nil || slices.Contains(green, s.Expect) { // it says why nothing is answered, or is no attack
		return true
	}
	if f.PDF == nil { // the file on record itself, or no PDF at all
		return f.Match != nil && *f.Match == check.ExactFile || f.Exit() != check.ExitInForce
	}
	has := func(kinds ...pdf.RemarkKind) bool {
		return slices.ContainsFunc(f.PDF.Remarks, func(m check.RemarkView) bool { return slices.Contains(kinds, m.Kind) })
	}
	later := f.PDF.Begins != nil || has(pdf.Additions, pdf.Repaired)
	altered := f.Match != nil && *f.Match == check.Altered
	switch s.Category {
	case "gen-usf", "gen-swa", "gen-tamper", "sig-usf", "sig-swa", "tampered": // Universal signature forgery, wrapping, bits
		return f.PDF.Signature != nil && !f.PDF.Signature.Sound() || altered || later
	case "gen-cert", "certified": // what was drawn over a certified file
		return later || has(pdf.Annotations, pdf.Fields)
	case "gen-isa", "sig-isa", "shadow":
		return later
	case "gen-shadow":
		return later || has(pdf.Covered, pdf.Annotations)
	case "gen-content", "content":
		return has(pdf.Invisible, pdf.SameColour, pdf.Covered, pdf.Tiny, pdf.OffPage, pdf.Clipped, pdf.Mismatch, pdf.Replaced, pdf.OddMapping, pdf.PictureOnly, pdf.Layers) || altered
	case "gen-forge":
		return f.Standing != nil && *f.Standing == register.Lookalike
	case "signed-odd", "signed-valid":
		return f.PDF.Signature != nil
	case "side-effect":
		return has(pdf.Scripts, pdf.XFA, pdf.Actions)
	}
	return true // bombs, malformed and ambiguous files: their words and their remarks
}

// TestCorpora: no forged file gets a green answer, and what is said of each stands
// in a golden file. A run takes files of each class; CHANCERY_PDF_ALL=1 takes all,
// and CHANCERY_PDF_ALL=seen has their pages read as pictures too (scripts/campaign.sh).
func TestCorpora(t *testing.T) {
	all := append(corpus(t, "attack-generated"), corpus(t, "attack-pdfs")...)
	run := corpusRun{golden: golden}
	switch os.Getenv("CHANCERY_PDF_ALL") {
	case "":
		all = sample(all)
	case "seen":
		run.golden, run.pictures = goldenSeen, ocr.New(ocr.Options{Time: time.Minute}).Read
	}
	run.over(t, all)
}

// sample takes a file or two of each class, and the bombs, which a file alone can
// be.
func sample(all []specimen) (out []specimen) {
	seen := map[string]bool{}
	for _, s := range all {
		name, _, _ := strings.Cut(filepath.Base(s.Name), "_")
		class := s.Category + " " + s.Expect
		if strings.HasPrefix(s.Category, "gen-") {
			class += " " + name
		}
		switch s.Category {
		case "gen-bomb", "gen-content", "gen-usf":
			class = s.Name
		}
		if !seen[class] {
			seen[class] = true
			out = append(out, s)
		}
	}
	return out
}

// A corpusRun asks about files and holds the answers to a golden file.
type corpusRun struct {
	golden   string
	pictures func(context.Context, []byte) (photo.Reading, error)

	mu   sync.Mutex
	most confine.Usage
}

// used holds what each child took to the limits: by the system's own count, so
// that a busy machine changes nothing.
func (c *corpusRun) used(t testing.TB) func(confine.Usage) {
	return func(u confine.Usage) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.most.Processor, c.most.Memory = max(c.most.Processor, u.Processor), max(c.most.Memory, u.Memory)
		if u.Processor > 10*time.Second+time.Second/2 || u.Memory > 512<<20 {
			t.Errorf("a child took %s and %d MiB", u.Processor, u.Memory>>20)
		}
	}
}

func (c *corpusRun) over(t *testing.T, all []specimen) {
	snap, at := harbour(t)
	r := New(Options{Time: 2 * time.Minute, AtOnce: 2, Pictures: c.pictures, Note: func(s string) { t.Log(s) }, Used: c.used(t)})
	reasons := reasonsOf(t, c.golden)
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
			lines[i] = s.Name + "\t" + s.Expect + "\t" + result(f, err)
			why := reasons[s.Name].why
			isGreen := err == nil && f.Exit() == check.ExitInForce
			switch as := agrees(s.Expect, f, err) && namesClass(s, f, err); {
			case strings.Contains(lines[i], "ERROR"):
				t.Errorf("%s: %s", s.Attack, lines[i])
			case isGreen && !slices.Contains(green, s.Expect) && why == "":
				t.Errorf("a false green answer (%s): %s", s.Attack, lines[i])
			case !as && why == "":
				t.Errorf("not what is expected, or not named (%s), and no reason in %s: %s", s.Attack, c.golden, lines[i])
			case !as || isGreen && !slices.Contains(green, s.Expect):
				lines[i] += "\t" + why
			}
		}()
	}
	wait.Wait()
	t.Logf("%d files in %s; a child took at most %s and %d MiB", len(all), time.Since(began).Round(time.Second), c.most.Processor.Round(time.Millisecond), c.most.Memory>>20)
	if *update {
		c.write(t, lines, reasons)
		return
	}
	slices.Sort(lines)
	var want []string
	for _, s := range all {
		want = append(want, reasons[s.Name].line)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("what is said of files has changed (-was +is; -update writes it anew):\n%s", diff)
	}
}

// A reason is a line of a golden file with its last column.
type reason struct{ line, why string }

func reasonsOf(t testing.TB, golden string) map[string]reason {
	t.Helper()
	raw, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	out := map[string]reason{}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		cells := strings.Split(line, "\t")
		r := reason{line: line}
		if len(cells) > 3 {
			r.why = cells[3]
		}
		out[cells[0]] = r
	}
	return out
}

// write writes a golden file anew: what was asked about, and the rest as it was.
func (c *corpusRun) write(t testing.TB, lines []string, old map[string]reason) {
	t.Helper()
	for _, line := range lines {
		name, _, _ := strings.Cut(line, "\t")
		old[name] = reason{line: line}
	}
	var out []string
	for _, r := range old {
		out = append(out, r.line)
	}
	slices.Sort(out)
	if err := os.WriteFile(c.golden, []byte(strings.Join(out, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
