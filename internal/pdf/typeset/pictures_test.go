package typeset_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"chancery.example/internal/pdf/typeset"
)

// TestPictures writes letters and their pictures where people can look at them:
// CHANCERY_PAPER=out/paper go test -run TestPictures ./internal/pdf/typeset. Without
// it, the letters are set and drawn all the same.
func TestPictures(t *testing.T) {
	dir := os.Getenv("CHANCERY_PAPER")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	pdftoppm, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF A PROGRAM: pdftoppm (poppler-utils) is not installed")
	}
	for name, l := range map[string]typeset.Letter{"letter": harbour(t), "draft": draft(t, 3)} {
		r, err := typeset.Set(l)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name+".pdf")
		if err := os.WriteFile(file, r.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), pdftoppm, "-r", "80", "-png", file, filepath.Join(dir, name)).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("drawing %s: %v %s", name, err, out)
		}
		drawn, _ := filepath.Glob(filepath.Join(dir, name+"-*.png"))
		if len(drawn) != len(r.Pages) {
			t.Errorf("%d pictures of %d pages", len(drawn), len(r.Pages))
		}
	}
}
