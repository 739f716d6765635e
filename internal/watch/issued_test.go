package watch_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/register"
)

// formStage serves a register with the PDFs that lie in its folder, as they are.
func formStage(t *testing.T, dir string) (s *httptest.Server, asked, failing *atomic.Int64) {
	t.Helper()
	asked, failing = &atomic.Int64{}, &atomic.Int64{}
	mux := http.NewServeMux()
	mux.Handle("/", server.Handler(http.NotFoundHandler(), folder.Folder{Dir: dir}, nil))
	mux.HandleFunc("/files/", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if failing.Load() > 0 {
			http.Error(w, "the disk", http.StatusInternalServerError)
			return
		}
		http.FileServer(http.Dir(dir)).ServeHTTP(w, r)
	})
	s = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, asked, failing
}

// TestMonitorOfIssuedPDFs: a PDF that is lost, erased or another file than the log names is
// told once, by a monitor that began anew as well, and once more when it is back; one that
// was right is looked at again within a day. Nothing else is held up.
func TestMonitorOfIssuedPDFs(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	issue(t, h, "HC-1", "The first ship leaves.\n")
	issue(t, h, "HC-2", "The second ship leaves.\n")
	names, err := filepath.Glob(filepath.Join(h.Dir, folder.FormsName, "*.pdf"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	s, asked, failing := formStage(t, h.Dir)
	o, now := options(t.TempDir()), noon
	o.Clock, o.MaxAge = func() time.Time { return now }, 365*24*time.Hour
	m := open(t, s.URL, o)
	want(t, m, "")
	pdf := names[0]
	raw := read(t, pdf)
	whole := func() {
		t.Helper()
		if err := os.WriteFile(pdf, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := func(kinds string, says ...string) {
		t.Helper()
		alerts := want(t, m, kinds)
		for i, a := range alerts {
			if a.Level != watch.Noteworthy || a.Entry == nil || !strings.HasPrefix(a.Reference, "HC-") || !strings.Contains(a.Text, filepath.Base(pdf)) || !strings.Contains(a.Text, says[i]) {
				t.Errorf("%+v", a)
			}
		}
		for range 2 { // said once, and remembered
			m = open(t, s.URL, o)
			want(t, m, "")
		}
	}
	// What was right before is asked for again when a day is over, and not before.
	remove(t, pdf)
	before := asked.Load()
	want(t, m, "")
	if got := asked.Load() - before; got != 0 {
		t.Errorf("%d requests within the day", got)
	}
	now = now.Add(25 * time.Hour)
	told("pdf_missing", "cannot be had")
	whole()
	told("pdf_back", "is there again as the log names it; it was not since 2026-03-03T14:00:00Z")
	// Altered, then gone, then erased.
	if err := os.WriteFile(pdf, bytes.Replace(raw, []byte("ship"), []byte("shop"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(25 * time.Hour)
	told("pdf_altered", "another file than the log names")
	remove(t, pdf)
	told("pdf_missing", "this monitor's mirror has it")
	digest, err := letter.ParseHash(strings.TrimSuffix(filepath.Base(pdf), ".pdf"))
	if err := errors.Join(err, (folder.Folder{Dir: h.Dir}).EraseForm(digest)); err != nil {
		t.Fatal(err)
	}
	told("pdf_erased", "was erased, as the register says")
	whole()
	told("pdf_back", "there again")
	// A server that fails over one file is trouble, told once; the rest goes on.
	now = now.Add(25 * time.Hour)
	failing.Store(1)
	if alerts := want(t, m, "unreachable unreachable"); alerts[0].Level != watch.Trouble {
		t.Errorf("%+v", alerts)
	}
	want(t, m, "")
}

// TestMonitorBeganLate: a monitor that begins when a PDF is altered, or not there, tells so
// at its first look; of a letter that was recorded later there is none to be had.
func TestMonitorBeganLate(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	for i := range 20 {
		issue(t, h, fmt.Sprintf("HC-%d", i), fmt.Sprintf("Ship %d leaves.\n", i))
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1990", "A ship left.\n"), office.Terms{
		Written: "1990-02-01", Files: []register.File{{Role: "form", MediaType: folder.FormMedia, Digest: letter.Hash{1}}},
	})
	names, err := filepath.Glob(filepath.Join(h.Dir, folder.FormsName, "*.pdf"))
	if err != nil || len(names) != 20 {
		t.Fatal(len(names), err)
	}
	for _, n := range names[:18] {
		remove(t, n)
	}
	if err := os.WriteFile(names[18], []byte("%PDF-1.7 another"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, _ := formStage(t, h.Dir)
	o := options(t.TempDir())
	count := func() (missing, altered int) {
		_, kinds := look(t, open(t, s.URL, o))
		return strings.Count(kinds, "pdf_missing"), strings.Count(kinds, "pdf_altered")
	}
	// No look asks for more than some; the next goes on.
	m1, a1 := count()
	m2, a2 := count()
	m3, a3 := count()
	if m1+a1 != 16 || m1+m2 != 18 || a1+a2 != 1 || m3+a3 != 0 {
		t.Errorf("missing %d, %d, %d; altered %d, %d, %d", m1, m2, m3, a1, a2, a3)
	}
}
