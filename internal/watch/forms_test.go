package watch_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// TestFsckOfIssuedPDFs: what is wrong with the public folder of issued PDFs is found and
// named; what may be there, and what need not, is no damage (folder.md MUST-18, MUST-20).
func TestFsckOfIssuedPDFs(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The ship leaves at noon.\n"), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(h.Dir, folder.FormsName, "*.pdf"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	pdf := filepath.Join(folder.FormsName, filepath.Base(names[0]))
	if r := fsck(t, h.Dir, proof.Policy{}); len(r.Findings) > 0 || r.Forms != 1 || r.NoForms != 0 {
		t.Fatalf("whole: %+v", r)
	}
	surplus := []byte("%PDF-1.7 of nothing")
	mirrored := func(t *testing.T, dir string) {
		for _, name := range []string{"office.db", "log.head", "keys", "log/.state"} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, x := range map[string]struct {
		seed        func(t *testing.T, dir string)
		severity    watch.Severity
		where, text string
	}{
		"missing": {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, pdf)) }, watch.Damage, pdf, "the office's database has it"},
		"missing in a mirror": {func(t *testing.T, dir string) {
			mirrored(t, dir)
			remove(t, filepath.Join(dir, pdf))
		}, watch.Notice, pdf, "known by its digest only, or lost"},
		"altered": {func(t *testing.T, dir string) { flip(t, filepath.Join(dir, pdf), 12) }, watch.Damage, pdf, "it is not the PDF of"},
		"altered in a mirror": {func(t *testing.T, dir string) {
			mirrored(t, dir)
			flip(t, filepath.Join(dir, pdf), 12)
		}, watch.Damage, pdf, "restore the file from a backup or a mirror"},
		"surplus": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, filepath.FromSlash(folder.FormName(sha256.Sum256(surplus)))), surplus)
		}, watch.Notice, folder.FormName(sha256.Sum256(surplus)), "no entry of the log names this PDF"},
		"half written": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, folder.FormsName, folder.HalfWritten+"1"), surplus)
		}, watch.Notice, folder.FormsName + "/" + folder.HalfWritten + "1", "left behind by a crash"},
		"erased": {func(t *testing.T, dir string) {
			if err := (folder.Folder{Dir: dir}).EraseForm(sha256.Sum256(read(t, filepath.Join(dir, pdf)))); err != nil {
				t.Fatal(err)
			}
		}, watch.Notice, pdf, "was erased"},
		"no tombstone": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, strings.TrimSuffix(pdf, ".pdf")+folder.TombstoneName), []byte("no"))
		}, watch.Damage, strings.TrimSuffix(pdf, ".pdf") + folder.TombstoneName, "it is no tombstone"},
		"kept another": {func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, pdf))
			execute(t, dir, "UPDATE forms SET content = x'00'")
		}, watch.Damage, "office.db: PDF ", "cannot be issued as approved"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "register")
			if err := os.CopyFS(dir, os.DirFS(h.Dir)); err != nil {
				t.Fatal(err)
			}
			x.seed(t, dir)
			r := fsck(t, dir, proof.Policy{})
			if !slices.ContainsFunc(r.Findings, func(f watch.Finding) bool {
				return f.Severity == x.severity && strings.HasPrefix(f.Where, x.where) && strings.Contains(f.Text, x.text)
			}) || r.Damaged() != (x.severity == watch.Damage) {
				t.Errorf("want %s in %q saying %q, got %v", x.severity, x.where, x.text, r.Findings)
			}
		})
	}
}
