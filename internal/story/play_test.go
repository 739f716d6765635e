package story_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit"
	"chancery.example/internal/testkit/children"
	"chancery.example/proof"
)

func TestStoriesPlay(t *testing.T) {
	for name, load := range map[string]func(*testing.T) (*story.Scenario, error){
		"embedded":     func(*testing.T) (*story.Scenario, error) { return story.Embedded() },
		"january 2020": func(t *testing.T) (*story.Scenario, error) { return story.Load(testkit.Data(t, "january-2020")) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := load(t)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "r")
			began := time.Now()
			if _, err := s.Play(t.Context(), dir, children.Forms(t), func(e story.Event) { t.Logf("%s %s %s", e.At.Format("15:04"), e.Office, e.Text) }); err != nil {
				t.Fatal(err)
			}
			t.Logf("played in %v", time.Since(began))
			f, err := folder.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Read(t.Context(), proof.Policy{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.State.Problems() {
				t.Error(p)
			}
			for _, l := range r.State.Letters() {
				t.Logf("%s %s", l.Reference, r.State.LetterStatus(l, s.Acts[len(s.Acts)-1].At).Standing)
			}
		})
	}
}

// TestPlaysDifferences: a story plays what happened, so that a letter whose languages
// differ is issued in it, and the event says so.
func TestPlaysDifferences(t *testing.T) {
	dir := t.TempDir()
	played := strings.Replace(small, `"officers": [{"id": "o"`, `"officers": [{"id": "d", "name": "D", "roles": ["drafter"]}, {"id": "o"`, 1)
	played = strings.Replace(played, `"act": "draft", "office": "port", "reference": "P-1", "texts": {"en": "a.txt"}`,
		`"act": "issue", "office": "port", "reference": "P-1", "texts": {"en": "en.txt", "ar": "ar.txt"}, "approved_by": ["o"]`, 1)
	for name, s := range map[string]string{"scenario.json": played, "en.txt": "It takes 30 days.\n", "ar.txt": "يستغرق ٣ أيام.\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := story.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	if _, err := s.Play(t.Context(), filepath.Join(t.TempDir(), "r"), children.Forms(t), func(e story.Event) { told = append(told, e.Text) }); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || !strings.Contains(told[len(told)-1], "differ in 1 places that are accepted") {
		t.Errorf("told %q", told)
	}
}
