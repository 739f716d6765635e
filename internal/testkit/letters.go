package testkit

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// A Letter is one real letter of the test input.
type Letter struct{ ID, Text string }

// Letters reads the letters of a file of the real test input, which is gzipped or
// xz'd JSON lines; without the file, or without xz, the test is skipped.
func Letters(t testing.TB, name string) []Letter {
	t.Helper()
	var in io.Reader
	if strings.HasSuffix(name, ".xz") {
		path := Data(t, name)
		out, err := exec.CommandContext(t.Context(), "xz", "-dc", path).Output() //nolint:gosec // test input
		if err != nil {
			t.Skipf("SKIPPED FOR WANT OF XZ: unpacking %s: %v", path, err)
		}
		in = bytes.NewReader(out)
	} else {
		z, err := gzip.NewReader(bytes.NewReader(Read(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		in = z
	}
	var out []Letter
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var l Letter
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if l.ID != "" { // the first line says where they come from
			out = append(out, l)
		}
	}
	if err := sc.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%s: %d letters, %v", name, len(out), err)
	}
	return out
}
