package story

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"chancery.example/internal/photo/photosim"
)

// An Exhibit is a paper that somebody in the story holds: the PDF that a letter was
// issued as, or a numbered copy of a draft; as a file, or as a photo of one page; with
// words that somebody changed, or without.
type Exhibit struct {
	Name  string            `json:"name"`  // of its file, without an ending
	Title map[string]string `json:"title"` // what it is, by language
	Of    string            `json:"of"`    // reference of the letter
	// Copy is the number of the draft's copy; 0: what the letter was issued as.
	Copy  uint32 `json:"copy,omitempty"`
	Photo string `json:"photo,omitempty"` // quality of the camera; "": the PDF itself
	Page  int    `json:"page,omitempty"`  // that the photo shows; the first when 0
	// Changed are words that somebody changed and set anew, by language.
	Changed map[string]Change `json:"changed,omitempty"`
	// Offered: it is made for people to try, and the demo does not check it itself.
	Offered bool `json:"only_offered,omitempty"`
}

// A Change is of the first words of a text that are Was.
type Change struct {
	Was string `json:"was"`
	Is  string `json:"is"`
}

// Limits on exhibits.
const maxExhibits = 20

var exhibitName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Exhibits returns the papers that people of the story hold. A scenario that names none
// has the copy of its draft that left the house last, as a PDF and photographed.
func (s *Scenario) Exhibits() []Exhibit {
	if len(s.Held) > 0 {
		return s.Held
	}
	for _, a := range s.Acts {
		if a.Name != "circulate" || len(a.Copies) == 0 {
			continue
		}
		n := len(a.Copies)
		for i, c := range a.Copies {
			if strings.Contains(c.Purpose, "outside") {
				n = i + 1
			}
		}
		e := Exhibit{Name: "draft-copy", Of: cmp.Or(a.Reference, s.LetterInQuestion()), Copy: uint32(n), Title: map[string]string{ //nolint:gosec // at most maxActs
			"en": fmt.Sprintf("Copy %d of the draft, as it was given out", n), "ar": fmt.Sprintf("النسخة %d من المسودة كما سُلّمت", n)}}
		photo := e
		e.Offered = true
		photo.Name, photo.Photo, photo.Title = "leaked-photo", photosim.Passed.Name, map[string]string{
			"en": "A phone photo of that copy, passed on by a messenger", "ar": "صورة بالهاتف لتلك النسخة، مرّت عبر تطبيق مراسلة"}
		return []Exhibit{e, photo}
	}
	return nil
}

// checkExhibits holds what is held to the rules of scenario.md.
func (s *Scenario) checkExhibits() error {
	if len(s.Held) > maxExhibits {
		return fmt.Errorf("%d exhibits; at most %d can be made", len(s.Held), maxExhibits)
	}
	seen := map[string]bool{}
	for _, e := range s.Held {
		if err := e.check(); err != nil {
			return fmt.Errorf("exhibit %q: %w", e.Name, err)
		}
		if seen[e.Name] {
			return fmt.Errorf("exhibit %q stands twice", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

// check validates one exhibit (MUST-5).
func (e Exhibit) check() error {
	switch {
	case len(e.Name) > 40 || !exhibitName.MatchString(e.Name):
		return errors.New("want a name of at most 40 lower-case letters, digits and single hyphens: it becomes the name of a file")
	case e.Title["en"] == "":
		return errors.New("want a title in English that says what it is")
	case e.Of == "":
		return errors.New("\"of\" names no letter")
	case e.Page < 0 || e.Page > 0 && e.Photo == "":
		return errors.New("\"page\" is the page that a photo shows, from 1")
	}
	if _, ok := camera(e.Photo); e.Photo != "" && !ok {
		return fmt.Errorf("no camera takes photos of the quality %q; known are %s", e.Photo, strings.Join(cameras(), ", "))
	}
	for lang, c := range e.Changed {
		if c.Was == "" || c.Was == c.Is {
			return fmt.Errorf("changed words in %q: want what they were and what they are", lang)
		}
	}
	return nil
}

// all are the cameras that a story may name.
func all() []photosim.Quality {
	return append(photosim.Qualities(), photosim.Curled, photosim.Moved, photosim.Passed)
}

func cameras() (out []string) {
	for _, q := range all() {
		out = append(out, q.Name)
	}
	return out
}

func camera(name string) (photosim.Quality, bool) {
	i := slices.IndexFunc(all(), func(q photosim.Quality) bool { return q.Name == name })
	if i < 0 {
		return photosim.Quality{}, false
	}
	return all()[i], true
}
