package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/settings"
)

// TestSettingsManual: docs/operate/settings.md says what the program takes; with
// -update its table is written anew.
func TestSettingsManual(t *testing.T) {
	t.Parallel()
	name := filepath.Join("..", "..", "docs", "operate", "settings.md")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(raw), "| key, flag |")
	if !found {
		t.Fatal("settings.md has no table")
	}
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	serveCommand().setup(fs)
	want := before + settings.Manual(fs, envName, configName)
	if *update {
		write(t, name, []byte(want))
		return
	}
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("the manual of settings is not the program's; run the test with -update (-want +got):\n%s", diff)
	}
}
