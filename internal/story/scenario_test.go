package story_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/story"
)

const small = `{"title": "t", "note": "n",
 "offices": [{"id": "port", "name": {"en": "Port"}, "domain": "port.example", "approvals_needed": 1, "statement_approvals_needed": 1,
  "officers": [{"id": "o", "name": "O", "roles": ["drafter", "approver", "issuing clerk", "press officer"]}], "speakers": []}],
 "acts": [{"at": "2026-01-02T10:00:00Z", "act": "draft", "office": "port", "reference": "P-1", "texts": {"en": "a.txt"}}]}`

// scenarioIn writes scenario.json and a.txt, the first changed.
func scenarioIn(t *testing.T, old, changed string) string {
	t.Helper()
	dir := t.TempDir()
	if !strings.Contains(small, old) {
		t.Fatalf("%q is not in the scenario", old)
	}
	for name, content := range map[string]string{"scenario.json": strings.Replace(small, old, changed, 1), "a.txt": "Sir,\n\nhello.\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadRefuses(t *testing.T) {
	if _, err := story.Load(scenarioIn(t, "Port", "Port")); err != nil {
		t.Fatalf("the unchanged scenario: %v", err)
	}
	outside := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, changed, want string }{
		"MUST-1, a member nobody knows": {`"title": "t"`, `"title": "t", "tilte": "t"`, "tilte"},
		"MUST-1, no JSON":               {`{"title"`, `"title"`, "not a scenario"},
		"MUST-1, too large":             {`"n"`, `"` + strings.Repeat("n", 1<<20) + `"`, "at most"},
		"MUST-2, out of the folder":     {"a.txt", "../" + filepath.Base(filepath.Dir(outside)) + "/secret.txt", "secret.txt"},
		"MUST-2, an absolute path":      {"a.txt", outside, "secret.txt"},
		"MUST-3, an unknown act":        {`"draft"`, `"burn"`, "unknown act"},
		"MUST-3, an unknown office":     {`"act": "draft", "office": "port"`, `"act": "draft", "office": "moon"`, "no office"},
		"MUST-3, a missing file":        {"a.txt", "b.txt", "b.txt"},
		"MUST-5, a name with a folder":  {`"note": "n",`, `"note": "n", "exhibits": [{"name": "../x", "title": {"en": "X"}, "of": "P-1"}],`, "name of a file"},
		"MUST-5, a name twice":          {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"en": "X"}, "of": "P-1"}, {"name": "x", "title": {"en": "X"}, "of": "P-1"}],`, "twice"},
		"MUST-5, too many":              {`"note": "n",`, `"note": "n", "exhibits": [` + strings.Repeat(`{"name": "x", "title": {"en": "X"}, "of": "P-1"},`, 20) + `{"name": "y", "title": {"en": "X"}, "of": "P-1"}],`, "at most 20"},
		"an exhibit without words":      {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"ar": "X"}, "of": "P-1"}],`, "title in English"},
		"an exhibit of nothing":         {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"en": "X"}, "of": ""}],`, "names no letter"},
		"a camera nobody has":           {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"en": "X"}, "of": "P-1", "photo": "sharp"}],`, "known are clean"},
		"a page of no photo":            {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"en": "X"}, "of": "P-1", "page": 2}],`, "page"},
		"a change of nothing":           {`"note": "n",`, `"note": "n", "exhibits": [{"name": "x", "title": {"en": "X"}, "of": "P-1", "changed": {"en": {"was": "a", "is": "a"}}}],`, "changed words"},
		"no acts":                       {`"acts": [`, `"acts": [], "moments": [], "x": [`, ""},
		"no officers":                   {`"officers": [{"id": "o", "name": "O", "roles": ["drafter", "approver", "issuing clerk", "press officer"]}]`, `"officers": []`, "no officers"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := story.Load(scenarioIn(t, c.old, c.changed))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want an error that says %q", err, c.want)
			}
		})
	}
}

// MUST-3: acts that go back in time are refused before anything is played.
func TestActsInOrder(t *testing.T) {
	dir := scenarioIn(t, `"texts": {"en": "a.txt"}}]`, `"texts": {"en": "a.txt"}}, {"at": "2026-01-01T10:00:00Z", "act": "seal"}]`)
	if _, err := story.Load(dir); err == nil || !strings.Contains(err.Error(), "before the act above it") {
		t.Errorf("%v", err)
	}
}

// A link that leads out of the folder is not followed (MUST-2).
func TestLinkOutOfTheFolder(t *testing.T) {
	dir := scenarioIn(t, "Port", "Port")
	if err := os.Remove(filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "a.txt")); err != nil {
		t.Skip("no symbolic links here")
	}
	s, err := story.Load(dir)
	if err == nil {
		_, err = s.Play(t.Context(), filepath.Join(t.TempDir(), "r"), nil, nil)
	}
	if err == nil {
		t.Error("a link out of the folder was followed")
	}
}
