package doctor_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/doctor"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
)

func level(fs doctor.Findings, name string) doctor.Level {
	worst := doctor.Skipped
	for _, f := range fs {
		if f.Name == name && (worst == doctor.Skipped || f.Level != doctor.OK) {
			worst = f.Level
		}
	}
	return worst
}

// TestFolder: a sound register has nothing bad; each fault is told under its name,
// with what it means and what to do, and no finding tells a secret.
func TestFolder(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now.Add(-time.Minute))
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir,\n\nthe secretword leaves.\n"), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	backups := t.TempDir()
	look := func(at time.Time) doctor.Findings {
		t.Helper()
		fs := doctor.Folder(t.Context(), h.Dir, doctor.Options{Backups: backups, Fresh: 24 * time.Hour, Now: at})
		raw, err := json.Marshal(fs)
		if err != nil || strings.Contains(string(raw), "secretword") || strings.Contains(string(raw), "PRIVATE") {
			t.Errorf("%s, %v", raw, err)
		}
		for _, f := range fs {
			if (f.Level == doctor.Bad || f.Level == doctor.Warn) != (f.Means != "" && f.Do != "") {
				t.Errorf("%+v", f)
			}
		}
		return fs
	}
	want := func(what string, fs doctor.Findings, name string, l doctor.Level) {
		t.Helper()
		if got := level(fs, name); got != l {
			t.Errorf("%s: %s is %s, want %s: %+v", what, name, got, l, fs)
		}
	}
	sound := look(now)
	for name, l := range map[string]doctor.Level{
		"folder": doctor.OK, "keys": doctor.OK, "last head": doctor.Warn, "database": doctor.OK, "clock": doctor.OK, "waiting": doctor.OK,
		"domain of harbour": doctor.Warn, "log": doctor.OK, "head": doctor.OK, "witnesses": doctor.Warn, "index": doctor.OK, "backups": doctor.Bad, "version": doctor.OK, "desk": doctor.Skipped, "mail": doctor.Skipped, "webhooks of harbour": doctor.OK,
	} {
		want("sound", sound, name, l)
	}
	want("two days later", look(now.Add(48*time.Hour)), "head", doctor.Bad)
	want("ten minutes later", look(now.Add(10*time.Minute)), "head", doctor.Bad)
	want("an hour before", look(now.Add(-time.Hour)), "clock", doctor.Bad)
	if err := os.WriteFile(filepath.Join(backups, "a.tar"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want("with a backup", look(now), "backups", doctor.OK)
	want("a day later", look(now.Add(30*time.Hour)), "backups", doctor.Warn)
	key := h.Folder().KeyFile("log")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	want("an open key", look(now), "keys", doctor.Bad)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	want("no key", look(now), "keys", doctor.Bad)
	if err := os.Remove(h.Folder().HeadFile()); err != nil {
		t.Fatal(err)
	}
	want("no log.head", look(now), "last head", doctor.Bad)
	schema(t, h, 1)
	want("an older schema", look(now), "version", doctor.Bad)
	if err := os.WriteFile(h.Folder().Database(), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("a broken database", look(now), "database", doctor.Bad)
	if got := doctor.Folder(t.Context(), t.TempDir(), doctor.Options{}); got.Worst() != doctor.Bad || len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestAddress: what a proxy takes away, what it gives away, and nobody at all.
func TestAddress(t *testing.T) {
	mux := http.NewServeMux()
	header := http.Header{"Content-Security-Policy": {"default-src 'none'"}}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header()[k] = v
		}
	})
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/metrics", func(http.ResponseWriter, *http.Request) {})
	s := httptest.NewServer(mux)
	defer s.Close()
	fs := doctor.Address(t.Context(), s.URL, doctor.Options{Now: time.Now()})
	for name, l := range map[string]doctor.Level{
		"server": doctor.OK, "https": doctor.Warn, "clock": doctor.OK, "proxy": doctor.OK, "ready": doctor.Bad, "metrics": doctor.Bad, "log": doctor.Bad,
	} {
		if got := level(fs, name); got != l {
			t.Errorf("%s is %s, want %s: %+v", name, got, l, fs)
		}
	}
	header = http.Header{}
	if fs := doctor.Address(t.Context(), s.URL, doctor.Options{Now: time.Now()}); level(fs, "proxy") != doctor.Bad {
		t.Errorf("%+v", fs)
	}
	s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if fs := doctor.Address(ctx, s.URL, doctor.Options{}); len(fs) != 1 || !strings.Contains(fs[0].What, "nothing answers") {
		t.Errorf("%+v", fs)
	}
}
