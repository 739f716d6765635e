package verifier_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vectorOf returns the question of one vector of proofs.
func vectorOf(t *testing.T, name string) question {
	t.Helper()
	var v struct{ Input question }
	raw, err := os.ReadFile(filepath.Join(vectorFolder, "proof", name))
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v.Input
}

// TestCommand: what the command of the second verifier says of a proof, where it
// says it, and what it exits with, of good proofs, bad ones and bad calls.
func TestCommand(t *testing.T) {
	path := node(t)
	issued, absent := vectorOf(t, "bundle/issued.json"), vectorOf(t, "lookups/absence.json")
	at := "--at " + issued.At.Format(time.RFC3339)
	tests := []struct {
		name     string
		q        question
		text     string // in a file "text"
		args     string
		code     int
		out, err []string // what must stand in its output
	}{
		{"in force", issued, "", "proof --policy policy " + at, 0, []string{"in_force  the letter ", "as of ", " witnesses, ", "it cannot show"}, nil},
		{"flags first", issued, "", "--policy policy " + at + " proof", 0, []string{"in_force  the letter "}, nil},
		{"withdrawn", vectorOf(t, "bundle/withdrawn.json"), "", "proof --policy policy " + at, 11, []string{"withdrawn  the letter "}, nil},
		{"a draft", vectorOf(t, "bundle/sealed_draft.json"), "", "proof --policy policy " + at, 20, []string{"draft_open  the letter ", "draft_open  its en text"}, nil},
		{"absent", absent, "", "proof --policy policy", 50, []string{"nothing is on record under ", ", as of entry "}, nil},
		{"own words", issued, ownWords(t), "proof --policy policy --text en=text " + at, 0, []string{"in_force  its en text"}, nil},
		{"own words, en by default", issued, ownWords(t), "proof --policy policy --text text " + at, 0, []string{"in_force  its en text"}, nil},
		{"other words", issued, "Sir,\n\nnothing of the kind.\n", "proof --policy policy --text en=text " + at, 30, nil, []string{"refused (text_differs): your text is not"}},
		{"no text", issued, "%PDF-1.7", "proof --policy policy --text en=text", 2, nil, []string{"refused (pdf): "}},
		{"forged", vectorOf(t, "bundle/forged_cosignature_fail.json"), "", "proof --policy policy " + at, 2, nil, []string{"refused (bad_cosignature): "}},
		{"cut off", vectorOf(t, "bundle/cut_fail.json"), "", "proof --policy policy " + at, 2, nil, []string{"refused (bad_format): "}},
		{"no policy", issued, "", "proof", 2, nil, []string{"say whom you trust", "usage: "}},
		{"a proof as the policy", issued, "", "proof --policy proof", 2, nil, []string{"refused (bad_policy): "}},
		{"no file", issued, "", "--policy policy", 2, nil, []string{"name a proof file", "usage: "}},
		{"nothing at all", issued, "", "", 2, nil, []string{"usage: "}},
		{"a file that is not there", issued, "", "nowhere --policy policy", 2, nil, []string{"cannot read nowhere: "}},
		{"a policy that is not there", issued, "", "proof --policy nowhere", 2, nil, []string{"cannot read nowhere: "}},
		{"a time that is none", issued, "", "proof --policy policy --at yesterday", 2, nil, []string{"--at yesterday is no time"}},
		{"a day that is none", issued, "", "proof --policy policy --at 2026-02-31T99:00:00Z", 2, nil, []string{"is no time"}},
		{"a flag without its value", issued, "", "proof --policy", 2, nil, []string{"--policy wants a value", "usage: "}},
		{"an unknown flag", issued, "", "proof --policy policy --trust me", 2, nil, []string{"--trust is not known here"}},
		{"two files", issued, "", "proof proof --policy policy", 2, nil, []string{"proof is not known here"}},
	}
	script, err := filepath.Abs("command.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, b := range map[string]string{"proof": string(c.q.Proof), "policy": c.q.Policy, "text": c.text} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(b), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, complaints strings.Builder
			cmd := exec.Command(path, append([]string{script}, strings.Fields(c.args)...)...)
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &complaints
			if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("it exits with %d: want %d\n%s%s", got, c.code, out.String(), complaints.String())
			}
			for _, w := range c.out {
				if !strings.Contains(out.String(), w) {
					t.Errorf("it says %q: want %q", out.String(), w)
				}
			}
			for _, w := range c.err {
				if !strings.Contains(complaints.String(), w) {
					t.Errorf("it complains %q: want %q", complaints.String(), w)
				}
			}
			if (c.out == nil) != (out.Len() == 0) || (c.err == nil) != (complaints.Len() == 0) || strings.Contains(complaints.String(), "    at ") {
				t.Errorf("said %q, complained %q: an answer goes to one of the two, without a trace of the program", out.String(), complaints.String())
			}
		})
	}
}

// ownWords are the words of the letter that the vector issued_readers_words is
// about, as somebody pastes them.
func ownWords(t *testing.T) string {
	t.Helper()
	q := vectorOf(t, "bundle/issued_readers_words.json")
	return "\ufeff" + strings.ReplaceAll(q.Texts[0].Text, "\n", "\r\n") + "\r\n\r\n"
}
