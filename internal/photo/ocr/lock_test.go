package ocr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/papercode"
	"chancery.example/internal/photo"
)

// The locked child can neither read what is somebody's own, nor write, nor
// reach anybody; nor can what it starts.
func TestChildIsLockedIn(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux has what locks the child in")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	start := func(what string, namespaces bool) (probed, error) {
		cmd := exec.CommandContext(t.Context(), self, work.Args()...)
		cmd.Env = append(os.Environ(), probeEnv+"="+what)
		if namespaces {
			cmd.SysProcAttr = confine.Apart()
		}
		var says bytes.Buffer
		cmd.Stderr = &says
		out, err := cmd.Output()
		var p probed
		if err == nil {
			err = json.Unmarshal(out, &p)
		}
		if err != nil {
			t.Logf("%s", &says)
		}
		return p, err
	}
	p, err := start(l.Addr().String(), false)
	if err != nil {
		t.Fatal(err)
	}
	if landlocked(t) && p != (probed{}) {
		t.Errorf("without namespaces the child could: %+v", p)
	}
	if p, err := start(probeMemory, false); err == nil {
		t.Errorf("the child could take more memory than it may: %+v", p)
	}
	p, err = start(l.Addr().String(), true)
	if err != nil {
		t.Skipf("SKIPPED: this system lets no namespaces be made (%v), so the child's network is not its own", err)
	}
	if p.Dial != "" {
		t.Errorf("in its own network the child could reach %s", p.Dial)
	}
}

func landlocked(t *testing.T) bool {
	t.Helper()
	raw, err := os.ReadFile("/sys/kernel/security/lsm")
	if err == nil && !strings.Contains(string(raw), "landlock") {
		t.Log("SKIPPED: no Landlock in this kernel, so the child may read files")
		return false
	}
	return true
}

// A child that ends, hangs or babbles is "could not be read", and never waited
// for.
func TestChildGoesWrong(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
		return p
	}
	reading := `{"reading":{"Text":"a b","Words":[{"From":0,"To":1,"Line":1,"Confidence":1,"Box":{"Min":{"X":0,"Y":0},"Max":{"X":5,"Y":5}}},{"From":2,"To":3,"Line":1,"Confidence":1,"Box":{"Min":{"X":5,"Y":0},"Max":{"X":9,"Y":5}}}],"Size":{"X":20,"Y":20},"How":"page","Model":"eng"}}`
	for name, c := range map[string]struct {
		text string
		want photo.Problem // "": it is read
	}{
		"good":         {"cat > /dev/null; echo '" + reading + "'", ""},
		"ends":         {"exit 1", photo.Failed},
		"killed":       {"kill -9 $$", photo.Failed},
		"hangs":        {"sleep 60 & sleep 60", photo.TooSlow},
		"floods":       {"cat /dev/zero", photo.Failed},
		"says nothing": {"cat > /dev/null", photo.Failed},
		"two answers":  {"echo '" + reading + reading + "'", photo.Failed},
		"no reading":   {"echo '{}'", photo.Failed},
		"more":         {`echo '{"reading":null,"x":1}'`, photo.Failed},
		"out of range": {"echo '" + strings.Replace(reading, `"To":3`, `"To":4`, 1) + "'", photo.Failed},
		"out of sight": {"echo '" + strings.Replace(reading, `"X":9`, `"X":900`, 1) + "'", photo.Failed},
		"no line":      {"echo '" + strings.Replace(reading, `"To":3,"Line":1`, `"To":3,"Line":0`, 1) + "'", photo.Failed},
		"more text":    {"echo '" + strings.Replace(reading, `a b`, `a b c`, 1) + "'", photo.Failed},
		"no problem":   {`echo '{"problem":"trust_me"}'`, photo.Failed},
		"a problem":    {`echo '{"problem":"broken","advice":"so it is"}'`, photo.Broken},
		"too many":     {"echo '" + strings.Replace(reading, `{"reading"`, `{"codes":[`+strings.Repeat(`{"Text":"x","Box":{"Min":{"X":0,"Y":0},"Max":{"X":9,"Y":5}}},`, 8)+`{"Text":"x","Box":{"Min":{"X":0,"Y":0},"Max":{"X":9,"Y":5}}}],"reading"`, 1) + "'", photo.Failed},
		"no code":      {"echo '" + strings.Replace(reading, `{"reading"`, `{"codes":[{"Text":"","Box":{"Min":{"X":0,"Y":0},"Max":{"X":9,"Y":5}}}],"reading"`, 1) + "'", photo.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			limit := 10 * time.Second
			if c.want == photo.TooSlow {
				limit = 300 * time.Millisecond
			}
			r := New(Options{Program: script(strings.ReplaceAll(name, " ", "-"), c.text), Time: limit})
			_, err := r.Read(t.Context(), []byte("picture"))
			var got *photo.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%v", err)
			case c.want != "" && !errors.As(err, &got):
				t.Errorf("the error is %v, not a *photo.Error", err)
			case c.want != "" && got.Problem != c.want:
				t.Errorf("%s (%s): want %s", got.Problem, got.Advice, c.want)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Options{Program: script("gone", "sleep 60")}).Read(gone, []byte("picture")); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who went away: %v", err)
	}
}

// Without tesseract the answer says what to install, and bombs are refused all
// the same.
func TestWithoutTesseract(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	r := New(Options{Time: time.Minute})
	_, err := r.Read(t.Context(), tiny(t))
	var got *photo.Error
	if !errors.As(err, &got) || got.Problem != photo.NoReader || !strings.Contains(got.Advice, "apt-get install tesseract-ocr") {
		t.Errorf("%v", err)
	}
	if _, err = r.Read(t.Context(), []byte("no picture at all")); !errors.As(err, &got) || got.Problem != photo.NotPicture {
		t.Errorf("%v", err)
	}
}

// Codes are read by the child as well, and without tesseract too.
func TestChildReadsCodes(t *testing.T) {
	const code = "https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012"
	m, err := papercode.Matrix(code)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, papercode.Image(m, 5)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	got, err := New(Options{Time: time.Minute}).Read(t.Context(), buf.Bytes())
	var no *photo.Error
	if !errors.As(err, &no) || no.Problem != photo.NoReader {
		t.Errorf("%v: want that no words can be read", err)
	}
	if len(got.Codes) != 1 || got.Codes[0].Text != code {
		t.Errorf("codes %v", got.Codes)
	}
}
