package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Evidence is explained to a lay person: who signed, what contradicts, what it
// proves and what it does not (evidence.md MUST-2).
func TestVerifyEvidence(t *testing.T) {
	dir := t.TempDir()
	load := func(name string) (file, policy string) {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "vectors", "evidence", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Input struct{ Policy, Evidence string }
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		b, err := base64.StdEncoding.DecodeString(v.Input.Evidence)
		if err != nil {
			t.Fatal(err)
		}
		file, policy = filepath.Join(dir, name+".chancery-evidence"), filepath.Join(dir, name+".policy")
		write(t, file, b)
		write(t, policy, []byte(v.Input.Policy))
		return file, policy
	}
	file, policy := load("witnessed")
	code, out, errOut := chancery(t, "verify", file, "--policy", policy)
	if code != 42 || errOut != "" {
		t.Errorf("exit %d: %s", code, errOut)
	}
	for _, want := range []string{
		"The evidence holds: the log letters.harbour.example/main/2026 signed two heads that do not fit.",
		"first head   5 entries", "second head  9 entries", "signed by log key letters.harbour.example/main/2026+",
		"cosigned by witness w1", "by the register's own clock", "What this proves", "What it does not prove", "which of the two stories is right",
		"witnesses cosigned both heads",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if code, out, _ := chancery(t, "verify", file, "--policy", policy, "--json"); code != 42 || !json.Valid([]byte(out)) || !strings.Contains(out, `"kind": "fork"`) {
		t.Errorf("exit %d: %s", code, out)
	}
	file, policy = load("sizes_5_5")
	if code, out, _ := chancery(t, "verify", file, "--policy", policy); code != 42 || !strings.Contains(out, "Both are over 5 entries") {
		t.Errorf("exit %d: %s", code, out)
	}
	for name, says := range map[string]string{"fits_fail": "the two heads fit", "path_changed_fail": "does not lead", "trailing_fail": "not an evidence file"} {
		file, policy = load(name)
		if code, out, errOut := chancery(t, "verify", file, "--policy", policy); code != 2 || out != "" || !strings.Contains(errOut, says) || !strings.Contains(errOut, "does not hold") {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errOut)
		}
	}
	if code, _, errOut := chancery(t, "verify", file, "--policy", policy, "--text", "en="+policy); code != 2 || !strings.Contains(errOut, "has no text") {
		t.Errorf("with a text: exit %d: %s", code, errOut)
	}
}
