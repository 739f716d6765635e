package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every command's help is as the golden file has it, and names all its flags.
func TestHelp(t *testing.T) {
	_, whole, _ := chancery(t, "help")
	var all strings.Builder
	all.WriteString(whole)
	for _, c := range commands() {
		code, out, errOut := chancery(t, "help", c.name)
		if code != 0 || errOut != "" {
			t.Errorf("help %s: exit %d, %s", c.name, code, errOut)
		}
		fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.setup(fs)
		fs.VisitAll(func(f *flag.Flag) {
			if !strings.Contains(out, "\n  --"+f.Name) {
				t.Errorf("help %s does not name --%s", c.name, f.Name)
			}
			if value, text := flag.UnquoteUsage(f); text == "" || value == "value" || value == "string" {
				t.Errorf("%s --%s: its help is %q of %q: say what it takes", c.name, f.Name, text, value)
			}
		})
		for _, ask := range [][]string{{c.name, "--help"}, {c.name, "-h"}} {
			if code, same, _ := chancery(t, ask...); code != 0 || same != out {
				t.Errorf("%q prints other help than \"help %s\"", ask, c.name)
			}
		}
		all.WriteString("\n==== " + c.name + "\n" + out)
	}
	golden := filepath.Join("testdata", "help.golden")
	if *update {
		write(t, golden, []byte(all.String()))
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("help changed; look at it, and run the test with -update (-want +got):\n%s", diff)
	}
}

// The list of commands leaves none out, and each is written for a reader.
func TestEveryCommandIsListed(t *testing.T) {
	_, whole, _ := chancery(t, "help")
	var names []string
	for _, c := range commands() {
		if n := strings.Count(whole, "\n  "+c.name+" "); n != 1 {
			t.Errorf("help lists %s %d times: is its group one of the list's?", c.name, n)
		}
		if c.short == "" || strings.HasSuffix(c.short, ".") || c.setup == nil {
			t.Errorf("%s: its one line is %q: want a line without a full stop", c.name, c.short)
		}
		for line := range strings.Lines(c.detail) {
			if len([]rune(line)) > 125 {
				t.Errorf("help %s: a line of %d columns: %s", c.name, len([]rune(line)), line)
			}
		}
		names = append(names, c.name)
	}
	slices.Sort(names)
	if same := slices.Compact(slices.Clone(names)); len(same) != len(names) {
		t.Errorf("a command stands twice among %q", names)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"check", "issue", "compare", "close", "say"}
	for typed, want := range map[string]string{
		"isue": "issue", "chekc": "check", "compar": "compare", "frobnicate": "", "": "", "issued": "issue", "x": "", "CHECK": "",
	} {
		if got := nearest(typed, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", typed, got, want)
		}
	}
}
