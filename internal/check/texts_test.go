package check

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/fold"
	"chancery.example/internal/testkit"
	"chancery.example/register"
)

var updateTexts = flag.Bool("update-texts", false, "write testdata/texts.golden anew, with the reasons that it has; look at the difference")

// A textCase is one of the attacks on a letter's text.
type textCase struct {
	ID, Input, Kind, Attack string
	Expect                  json.RawMessage
}

// The answers that a case may get, from the least careful to the most: a green
// or part answer takes words for the record's, altered does not, and none takes
// them for nobody's.
var careful = map[string]int{"same_text": 0, "part": 0, "altered": 1, "resembles": 2, "none": 2, "too_short": 2, "unreadable": 2, "report": 2}

// asExpected says which of our answers is what a case expects.
var asExpected = map[string][]string{
	"matches_record": {"same_text", "part"}, "partial_quote": {"part"}, "altered": {"altered"}, "padded": {"altered"},
	"too_short": {"too_short", "unreadable"}, "not_on_record": {"none"},
}

// TestTextCases: every answer to the 160 cases is at least as careful as
// expected, and where it is another one the golden file says why.
func TestTextCases(t *testing.T) {
	cases := textCases(t)
	w := newTown(t, "letters.harbour.example/cases/1", epoch)
	w.enrol("harbour", register.Words{"en": "Harbour Commissioner"}, nil, epoch.Add(time.Minute))
	w.issue(w.seal("harbour", "HC-2031-0417", map[string]string{"en": caseLetter(t)}, epoch.Add(time.Hour)), epoch.Add(time.Hour), nil)
	s := w.snapshot(w.end())
	golden := filepath.Join("testdata", "texts.golden")
	reasons, want := readGolden(t, golden)
	var out strings.Builder
	for _, c := range cases {
		for _, a := range answersTo(t, s, c, w.end()) {
			line := a.id + "\t" + a.got
			fmt.Fprintf(&out, "%s\t%s\n", line, reasons[line])
			ok := slices.Contains(asExpected[a.expect], a.got)
			switch {
			case careful[a.got] < careful[asExpected[a.expect][0]] && !(a.got == "part" && inOnePiece(t, c.Input)):
				t.Errorf("%s (%s): %s is less careful than %s: %.120q", a.id, c.Attack, a.got, a.expect, c.Input)
			case !ok && reasons[line] == "" && !*updateTexts:
				t.Errorf("%s (%s): %s, not %s, and %s gives no reason: %.120q", a.id, c.Attack, a.got, a.expect, golden, c.Input)
			}
		}
	}
	if *updateTexts {
		if err := os.WriteFile(golden, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if out.String() != want {
		t.Errorf("the answers are not those of %s; run with -update-texts and look at the difference", golden)
	}
}

// inOnePiece reports whether all of a text stands in the letter in one piece: a
// sentence whose first word was left out is a part of it, whoever says otherwise.
func inOnePiece(t *testing.T, text string) bool {
	t.Helper()
	return strings.Contains(fold.Record(caseLetter(t)).Stream, fold.Copy(text).Stream)
}

// An answerTo is what a case, or one quotation of it, gets.
type answerTo struct{ id, expect, got string }

func answersTo(t *testing.T, s *Snapshot, c textCase, at time.Time) []answerTo {
	t.Helper()
	f, err := s.Examine(t.Context(), Exhibit{Data: []byte(c.Input)}, at)
	var unread *ReadError
	if errors.As(err, &unread) {
		var expect string
		if json.Unmarshal(c.Expect, &expect) != nil {
			t.Fatalf("%s could not be read", c.ID)
		}
		return []answerTo{{c.ID, expect, "unreadable"}}
	}
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	var expect string
	if json.Unmarshal(c.Expect, &expect) == nil {
		return []answerTo{{c.ID, expect, matchOf(f)}}
	}
	var quotes []struct{ Quote, Expect string }
	if err := json.Unmarshal(c.Expect, &quotes); err != nil {
		t.Fatal(err)
	}
	var out []answerTo
	for i, q := range quotes {
		got := "none"
		for _, x := range f.Quotations {
			if x.Quotation == q.Quote {
				got = string(x.Match)
				if x.Note == TooShort {
					got = "too_short"
				}
			}
		}
		out = append(out, answerTo{fmt.Sprintf("%s.%d", c.ID, i+1), q.Expect, got})
	}
	return out
}

func matchOf(f Finding) string {
	switch {
	case f.Note == TooShort:
		return "too_short"
	case f.Match == nil:
		return "report"
	}
	return string(*f.Match)
}

func textCases(t *testing.T) []textCase {
	t.Helper()
	var out []textCase
	sc := bufio.NewScanner(bytes.NewReader(testkit.Read(t, "attack-generated/texts.jsonl")))
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var c textCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func caseLetter(t *testing.T) string {
	t.Helper()
	var l struct{ Letter []string }
	if err := json.Unmarshal(testkit.Read(t, "attack-generated/letter.json"), &l); err != nil {
		t.Fatal(err)
	}
	return strings.Join(l.Letter, "\n") + "\n"
}

// readGolden returns the reasons by case and answer, and the file.
func readGolden(t *testing.T, name string) (map[string]string, string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Clean(name))
	if err != nil && !*updateTexts {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if parts := strings.Split(line, "\t"); len(parts) == 3 {
			reasons[parts[0]+"\t"+parts[1]] = parts[2]
		}
	}
	return reasons, string(raw)
}
