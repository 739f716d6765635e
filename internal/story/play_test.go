package story_test

import (
	"path/filepath"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit"
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
			if err := s.Play(t.Context(), dir, func(e story.Event) { t.Logf("%s %s %s", e.At.Format("15:04"), e.Office, e.Text) }); err != nil {
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
