package exhibits_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/cmd/chancery/internal/exhibits"
	"chancery.example/internal/story"
	"chancery.example/internal/web/webtest"
)

// TestLay: a story without papers gets its folder and no papers; a folder that cannot be
// made, and a paper of a letter that the story does not have, are errors that say so, and
// nothing is left of what could not be made.
func TestLay(t *testing.T) {
	snap, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	desk := exhibits.Desk{Dir: filepath.Join(t.TempDir(), "a", "b")}
	if got, err := desk.Lay(t.Context(), &story.Papers{}, nil, snap, at); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	if st, err := os.Stat(desk.Dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", st, err)
	}
	if got, err := desk.Lay(t.Context(), &story.Papers{}, []story.Exhibit{{Name: "ghost", Of: "HC-1999-0001"}}, snap, at); err == nil {
		t.Errorf("a paper of no letter was made: %v", got)
	}
	if files, err := os.ReadDir(desk.Dir); err != nil || len(files) > 0 {
		t.Errorf("%v %v", files, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	desk.Dir = filepath.Join(file, "papers")
	if _, err := desk.Lay(t.Context(), &story.Papers{}, nil, snap, at); err == nil || !strings.Contains(err.Error(), "making the folder") {
		t.Errorf("a folder in a file: %v", err)
	}
}
