package extract

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/pdf"
)

// A child that ends, hangs or babbles is "could not be read", and never waited
// for; what it says is looked at as foreign bytes are.
func TestChildGoesWrong(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "pdfium-"+versions(), "x", "y"), 0o700); err != nil { // nothing is to be compiled
		t.Fatal(err)
	}
	reading := `{"reading":{"pages":[{"width":210,"height":297,"words":[]}],"looks":[""],"versions":[{"text":"a","words":[{"From":0,"To":1,"Line":1,"Page":1,"Confidence":1,"Box":{"Min":{"X":0,"Y":0},"Max":{"X":5,"Y":5}}}]}],"seen":"ink"}}`
	for name, c := range map[string]struct {
		text string
		want pdf.Problem // "": it is read
	}{
		"good":            {"cat > /dev/null; echo '" + reading + "'", ""},
		"ends":            {"exit 1", pdf.Failed},
		"killed":          {"kill -9 $$", pdf.Failed},
		"hangs":           {"sleep 60", pdf.TooSlow},
		"says nothing":    {"cat > /dev/null", pdf.Failed},
		"two answers":     {"echo '" + reading + reading + "'", pdf.Failed},
		"no reading":      {"echo '{}'", pdf.Failed},
		"no such page":    {"echo '" + strings.Replace(reading, `"Page":1`, `"Page":2`, 1) + "'", pdf.Failed},
		"more text":       {"echo '" + strings.Replace(reading, `"text":"a"`, `"text":"a b"`, 1) + "'", pdf.Failed},
		"looked itself":   {"echo '" + strings.Replace(reading, `"ink"`, `"picture"`, 1) + "'", pdf.Failed},
		"unknown remark":  {"echo '" + strings.Replace(reading, `"seen"`, `"remarks":[{"kind":"trust_me"}],"seen"`, 1) + "'", pdf.Failed},
		"unknown problem": {`echo '{"problem":"trust_me"}'`, pdf.Failed},
		"a problem":       {`echo '{"problem":"locked","advice":"so it is"}'`, pdf.Locked},
	} {
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+c.text+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
				t.Fatal(err)
			}
			limit := time.Minute
			if c.want == pdf.TooSlow {
				limit = 300 * time.Millisecond
			}
			_, err := New(Options{Program: program, Time: limit, Cache: dir}).Read(t.Context(), []byte("%PDF-1.7"))
			var got *pdf.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%v", err)
			case c.want != "" && !errors.As(err, &got):
				t.Errorf("the error is %v, not a *pdf.Error", err)
			case c.want != "" && got.Problem != c.want:
				t.Errorf("%s (%s): want %s", got.Problem, got.Advice, c.want)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Options{Cache: dir}).Read(gone, []byte("%PDF-1.7")); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who went away: %v", err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"problem":"locked","advice":"x"}`))
	f.Add([]byte(`{"reading":{"pages":[{"width":210,"height":297,"words":[]}],"looks":[""],"versions":[{"text":"","words":null}],"seen":"ink"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := parseAnswer(raw)
		if (err == nil) != (a.Reading != nil) {
			t.Errorf("%v and %v", a, err)
		}
	})
}
