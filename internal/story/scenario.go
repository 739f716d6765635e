package story

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed embedded
var embedded embed.FS

// Limits on a scenario folder, which may come from anybody (MUST-1).
const (
	maxScenario = 1 << 20 // bytes of scenario.json
	maxFile     = 8 << 20 // bytes of any file it names
	maxActs     = 10_000
)

// A Scenario is one story: offices, their people, what they did at which hour,
// and what a check of a report about it must find. docs/formats/scenario.md
// describes the file.
type Scenario struct {
	Title  string `json:"title"`
	Note   string `json:"note"`
	Origin string `json:"origin,omitempty"`
	// Report names the text or HTML file to be checked at the end;
	// "news-report.txt" when empty.
	Report string `json:"report,omitempty"`
	// Letter is the reference that the moments speak of; the first drafted
	// letter when empty.
	Letter       string        `json:"letter_in_question,omitempty"`
	Offices      []Office      `json:"offices"`
	Acts         []Act         `json:"acts"`
	Expectations []Expectation `json:"expect_for_news_report,omitempty"`
	Moments      []Moment      `json:"moments,omitempty"`
	Held         []Exhibit     `json:"exhibits,omitempty"`

	files fs.FS
}

// An Office takes part in a story.
type Office struct {
	ID                       string            `json:"id"`
	Name                     map[string]string `json:"name"`
	Domain                   string            `json:"domain"`
	ApprovalsNeeded          int               `json:"approvals_needed"`
	StatementApprovalsNeeded int               `json:"statement_approvals_needed"`
	Officers                 []Officer         `json:"officers"`
	Speakers                 []string          `json:"speakers"`
}

// An Officer is one person of an office.
type Officer struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// A Copy is one numbered copy of a draft.
type Copy struct {
	Holder  string `json:"holder"`
	Purpose string `json:"purpose"`
}

// An Act is one thing somebody does. Which fields it needs depends on Name.
type Act struct {
	At         time.Time         `json:"at"`
	Name       string            `json:"act"`
	Office     string            `json:"office,omitempty"`
	Reference  string            `json:"reference,omitempty"`
	Type       string            `json:"type,omitempty"`
	Texts      map[string]string `json:"texts,omitempty"`
	Files      []string          `json:"files,omitempty"`
	Addressees []string          `json:"addressees,omitempty"`
	Prevails   string            `json:"prevails,omitempty"`
	Copies     []Copy            `json:"copies,omitempty"`
	Of         map[string]string `json:"of,omitempty"`
	Text       map[string]string `json:"text,omitempty"`
	Why        string            `json:"why,omitempty"`
	Reason     map[string]string `json:"reason,omitempty"`
	Source     string            `json:"source,omitempty"`
	Regarding  string            `json:"regarding,omitempty"`
	Supersedes []string          `json:"supersedes,omitempty"`
	NextWordBy *time.Time        `json:"next_word_by,omitempty"`
	By         string            `json:"by,omitempty"`
	ApprovedBy []string          `json:"approved_by,omitempty"`
	Revisions  string            `json:"revisions,omitempty"`
}

// A Moment says what the quotations of the letter in question answer at a
// time, and how many statements about it stand beside the answer.
type Moment struct {
	At         time.Time `json:"at"`
	Quotations string    `json:"letter_quotations"`
	Statements *int      `json:"statements,omitempty"`
	Why        string    `json:"why,omitempty"`
}

// An Expectation is one quotation of the report and its right answer.
type Expectation struct {
	Quotation string          `json:"quotation"`
	Record    *ExpectedRecord `json:"record"`
	Match     string          `json:"match"`
	Standing  *string         `json:"standing"`
	Note      string          `json:"note,omitempty"`
	Why       string          `json:"why,omitempty"`
}

// An ExpectedRecord names the record a quotation comes from; an empty field
// expects nothing.
type ExpectedRecord struct {
	Kind      string `json:"kind"`
	Office    string `json:"office"`
	Reference string `json:"reference,omitempty"`
	Language  string `json:"language,omitempty"`
}

// Embedded returns the story that travels inside the program.
func Embedded() (*Scenario, error) {
	sub, err := fs.Sub(embedded, "embedded")
	if err != nil {
		return nil, fmt.Errorf("opening the embedded story: %w", err)
	}
	return load(sub)
}

// Load reads the scenario in folder dir (scenario.json and the files it
// names). Nothing outside the folder is read (MUST-2).
func Load(dir string) (*Scenario, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening scenario folder %s: %w", dir, err)
	}
	s, err := load(root.FS())
	if err != nil {
		return nil, fmt.Errorf("scenario folder %s: %w", dir, err)
	}
	return s, nil
}

func load(files fs.FS) (*Scenario, error) {
	raw, err := readLimited(files, "scenario.json", maxScenario)
	if err != nil {
		return nil, err
	}
	s := &Scenario{files: files}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(s); err != nil {
		return nil, fmt.Errorf("scenario.json is not a scenario: %w", err)
	}
	if s.Report == "" {
		s.Report = "news-report.txt"
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("scenario.json: %w", err)
	}
	return s, nil
}

// ReportText returns the report that the story is about.
func (s *Scenario) ReportText() ([]byte, error) {
	return readLimited(s.files, s.Report, maxFile)
}

// file returns the content of a file that the scenario names.
func (s *Scenario) file(name string) ([]byte, error) {
	return readLimited(s.files, name, maxFile)
}

// offices by id, and whether the acts are in order, are checked before the
// first act is played: a story with a slip in its last act leaves no register
// (MUST-3).
func (s *Scenario) validate() error {
	if len(s.Offices) == 0 || len(s.Acts) == 0 {
		return errors.New("a story needs at least one office and one act")
	}
	if len(s.Acts) > maxActs {
		return fmt.Errorf("%d acts; at most %d can be played", len(s.Acts), maxActs)
	}
	known := map[string]Office{}
	for _, o := range s.Offices {
		if _, twice := known[o.ID]; twice {
			return fmt.Errorf("office %q stands twice", o.ID)
		}
		if len(o.Officers) == 0 {
			return fmt.Errorf("office %q has no officers", o.ID)
		}
		known[o.ID] = o
	}
	var last time.Time
	for i, a := range s.Acts {
		where := fmt.Sprintf("act %d (%s at %s)", i+1, a.Name, a.At.Format(time.RFC3339))
		if _, ok := players[a.Name]; !ok {
			return fmt.Errorf("%s: unknown act; known are %s", where, strings.Join(actNames(), ", "))
		}
		if a.At.Before(last) {
			return fmt.Errorf("%s: dated before the act above it", where)
		}
		last = a.At
		if _, ok := known[a.Office]; a.Office != "" && !ok {
			return fmt.Errorf("%s: no office %q in this scenario", where, a.Office)
		}
		if err := s.filesThere(a); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
	}
	return s.checkExhibits()
}

func (s *Scenario) filesThere(a Act) error {
	names := slices.Clone(a.Files)
	for _, m := range []map[string]string{a.Texts, a.Of} {
		for _, name := range m {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if _, err := fs.Stat(s.files, path.Clean(name)); err != nil {
			return fmt.Errorf("file %q: %w", name, err)
		}
	}
	return nil
}

func readLimited(files fs.FS, name string, limit int64) ([]byte, error) {
	name = path.Clean(name)
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("reading %s: %d bytes; at most %d are read", name, info.Size(), limit)
	}
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return raw, nil
}

// LetterInQuestion is the reference that the moments speak of.
func (s *Scenario) LetterInQuestion() string {
	if s.Letter != "" {
		return s.Letter
	}
	for _, a := range s.Acts {
		if a.Name == "draft" {
			return a.Reference
		}
	}
	return ""
}
