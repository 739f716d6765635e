//go:build !js

package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit/children"
)

// What the program told by testdata/ask.mjs.
type told struct {
	Early      struct{ Kind, Message string }
	Opened     struct{ Origin, Head, Kind, Message string }
	Downloaded int
	After      int // files asked for once the register was open
	Answers    []struct {
		Status        int
		JSON          string
		Verdict       bool
		Page          int
		Kind, Message string
		MS            int
		Tables        []struct {
			Bytes  int
			Layout string
			At     int
		}
	}
}

// TestReaderInNode runs the reader as it is built for browsers, in Node: it opens a
// register, answers, and asks for nothing while it does; a picture gets as far as to the
// text reader. How long a photo of 12 megapixels takes is printed.
func TestReaderInNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF NODE: apt-get install nodejs")
	}
	if testing.Short() {
		t.Skip("SKIPPED: it builds the reader")
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("SKIPPED: no go tool on PATH, so the reader cannot be built")
	}
	work := t.TempDir()
	wasm := filepath.Join(work, "reader.wasm")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags=pictures", "-o", wasm, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	photo := filepath.Join(work, "photo.jpg")
	if err := os.WriteFile(photo, page12(t), 0o600); err != nil {
		t.Fatal(err)
	}
	public, words := played(t, work)
	questions := []map[string]any{
		{"text": words, "lang": "en"}, {"text": "every foreign vessel must leave the roads by noon on Friday", "lang": "ar"},
		{"text": " ", "lang": "en"}, {"path": photo, "file": true, "name": "photo.jpg", "lang": "en"},
	}
	in, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "ask.mjs"), filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"), wasm, public)
	cmd.Stdin = bytes.NewReader(in)
	var says bytes.Buffer
	cmd.Stderr = &says
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, says.String())
	}
	var got told
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %.300s", err, out)
	}
	if got.Early.Kind == "" || got.Opened.Origin == "" || got.Opened.Head == "" || got.After != 0 || got.Downloaded < 5 {
		t.Errorf("before a register was open %+v, then %+v; %d files, %d more while it answered", got.Early, got.Opened, got.Downloaded, got.After)
	}
	for i, want := range []string{`"match": "same_text"`, `"standing": "not_on_record"`, `nothing_sent`, `picture_unreadable`} {
		a := got.Answers[i]
		if !strings.Contains(a.JSON, want) || a.Page == 0 || a.Verdict != (i < 2) {
			t.Errorf("answer %d: %+v, want %s", i, a, want)
		}
	}
	p := got.Answers[3]
	if len(p.Tables) == 0 || p.Tables[0].Bytes < 1_000_000 {
		t.Fatalf("the photo was not laid flat: %+v", p)
	}
	t.Logf("a photo of 12 megapixels: laid flat after %d ms, all %d candidates after %d ms; a letter was answered in %d ms", p.Tables[0].At, len(p.Tables), p.MS, got.Answers[0].MS)
}

// played plays the story and returns its public files, as they are served, and an English
// text of it.
func played(t *testing.T, work string) (public, words string) {
	t.Helper()
	s, err := story.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(work, "register")
	if _, err := s.Play(t.Context(), dir, children.Forms(t), nil); err != nil {
		t.Fatal(err)
	}
	public = filepath.Join(work, "public")
	if err := os.CopyFS(public, os.DirFS(filepath.Join(dir, "log"))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(public, "texts"), os.DirFS(filepath.Join(dir, "texts"))); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, folder.ConfigName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(public, folder.ConfigName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "texts", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && len(b) > len(words) && strings.Contains(string(b), " the ") {
			words = string(b)
		}
	}
	return public, words
}

// page12 is a photo of 12 megapixels of a page with lines on a darker table.
func page12(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 4000, 3000))
	for y := range 3000 {
		for x := range 4000 {
			v := uint8(90)
			if x > 900 && x < 3100 && y > 150 && y < 2850 {
				v = 235
				if line := y % 60; line < 26 && x > 1100 && x < 2900 && (x/18+y/60)%3 != 0 && x%18 < 9 {
					v = 30
				}
			}
			m.SetGray(x, y, color.Gray{v})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
