// Package paper is the desk's page of one letter: where it stands, its texts side
// by side, what others say of it, who holds copies, what is missing before it can
// be issued, who has approved, and what was done with it.
package paper

import (
	_ "embed"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

//go:embed parts.tmpl
var parts string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("paper", source+parts)

// A View is what the page shows.
type View struct {
	UI          letter.Lang // of the page
	Reference   letter.Ref
	Title       string
	TitleLang   letter.Lang
	Type        letter.Type
	Langs       []letter.Lang
	Addressees  []string
	Copied      []string // the distribution
	Enclosures  []letter.Enclosure
	Signature   []string
	Drafter     string
	Stage       string
	Standing    register.Standing // "" while nothing of it is public
	Public      string            // path of its public page, when there is one
	Revision    uint32            // the newest sealed one; 0: none
	Changed     bool              // the draft is not what was sealed last
	TitleOnly   bool              // the reader's roles show them no more
	Steps       []Step
	Acts        []Act
	Texts       Texts
	Findings    []Finding
	Open        int // findings that hold the letter up
	Compared    bool
	Clearances  []Clearance
	Ask         *Ask // what the form to ask for a clearance holds; nil: the reader may not ask
	Copies      []Copy
	Circulates  bool
	Before      []Condition
	Request     int64 // that waits for approval; 0: none
	SixWords    string
	Approvals   []Approval
	Approved    int
	Needed      int
	Revisions   []Revision
	Journal     []Note
	SetsAnswers bool
	Recalls     bool // the reader may take the letter back from its approvers
	Seals       bool // the reader may seal the draft as it is
}

// A Step is one stage of the bar. State is "done", "now" or "todo".
type Step struct {
	Key, State string
	At         time.Time // zero: not said
}

// An Act is what the reader can do with the letter now: a page to go to. Key is
// that of a message under "desk.do".
type Act struct {
	Key, Path string
	First     bool // the next step, as it seems
	Grave     bool // cannot be undone
}

// A Clearance is a row of the table of clearances.
type Clearance struct {
	office.Clearance
	Answers  bool // the reader may answer it
	Settles  bool // the reader may overrule it
	Resolves bool // the reader may say that it is met
}

// Intent is the colour of what a clearance is worth.
func (c Clearance) Intent() string {
	switch {
	case c.AskedAgain, c.State == office.ClearanceVoid, c.State == office.ClearanceWaiting, c.State == office.ClearanceLapsed:
		return "i-unknown"
	case c.Blocks:
		return "i-altered"
	case c.State == office.ClearanceClear, c.State == office.ClearanceNilReturn:
		return "i-in-force"
	}
	return "i-superseded"
}

// An Ask is the form with which somebody is asked for a clearance, as it was
// filled in.
type Ask struct {
	Of, Note, Due string
	Outside       bool
	MayOutside    bool
	People        []Person // of the office, who can be chosen
	Wrong         string   // key of a message, "" for none
	Why           string   // in the words of the act, in English
}

// A Person is somebody who can be asked.
type Person struct{ ID, Name string }

// A Copy is a numbered copy that was given out.
type Copy struct {
	office.GivenCopy
	Receipts bool // the reader may note that it was received
}

// A Condition is a line of what has to happen before the letter can be issued.
type Condition struct {
	Words string
	State office.ConditionState
	Holds bool // comes before the letter can be submitted
}

// Intent is the colour of a condition.
func (c Condition) Intent() string {
	switch c.State {
	case office.ConditionDone:
		return "i-in-force"
	case office.ConditionOpen:
		return "i-altered"
	case office.ConditionWaiting:
	}
	return "i-unknown"
}

// An Approval is an officer who can approve, and what they said.
type Approval struct {
	ID, Name string
	Roles    []register.Role
	State    string // "approved", "refused" or "waiting"
	Drafter  bool   // whose word alone is not enough
}

// Intent is the colour of what an officer said.
func (a Approval) Intent() string {
	switch a.State {
	case "approved":
		return "i-in-force"
	case "refused":
		return "i-altered"
	}
	return "i-unknown"
}

// A Revision is a sealed revision in the list.
type Revision struct {
	Number   uint32
	Entry    register.Index
	Logged   bool
	Why      string
	Answers  office.Answers
	SixWords string
	Previous uint32 // to compare with; 0: the first
}

// A Note is a line of the journal. What is a message's key, or "" when there is
// none for it and Act says it.
type Note struct {
	At         time.Time
	Actor, Act string
	What, Text string
}

// Steps makes the bar of a stage.
func Steps(stage string) []Step {
	keys := []string{"drafting", "coordination", "approval", "approved", "issued"}
	at := map[string]int{"drafting": 0, "coordination": 1, "approval": 2, "approved": 3, "embargoed": 3, "issued": 4, "closed": 5}[stage]
	var out []Step
	for i, k := range keys {
		s := Step{Key: k, State: "todo"}
		switch {
		case stage == "closed":
		case i < at || i == at && stage == "issued":
			s.State = "done"
		case i == at:
			s.State = "now"
		}
		if k == "approved" && stage == "embargoed" {
			s.Key = stage
		}
		out = append(out, s)
	}
	if stage == "closed" {
		out = []Step{{Key: "drafting", State: "done"}, {Key: "closed", State: "now"}}
	}
	return out
}
