package shared

import (
	"html/template"
	"time"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Band is the coloured headline of an answer: words, icon and colour say the
// same thing three times.
type Band struct {
	Kick   template.HTML // the line above the headline
	Title  template.HTML // the h1
	Lead   template.HTML
	Intent string
	Icon   string
	Chips  []string
}

// A Body is a text with its language, in paragraphs.
type Body struct {
	Lang  letter.Lang
	Note  string          // such as which language prevails
	Paras []template.HTML // escaped
	// Absent says why there are no words, when there are none.
	Absent string
}

// NewBody makes the body of a text.
func NewBody(lang letter.Lang, text letter.Text) Body {
	b := Body{Lang: lang}
	for _, p := range text.Paragraphs() {
		b.Paras = append(b.Paras, Show(p))
	}
	return b
}

// A Said is a statement as it stands beside an answer, every office's in the
// same size.
type Said struct {
	Kind       string // key of a message under "statement."
	Office     register.Words
	OfficeID   string
	Domain     string
	At         time.Time
	Entry      register.Index
	Bodies     []Body
	Source     string
	NextWordBy register.Stamp
	Approved   int
	Retracted  *register.Retraction
}

// An Event is one row of a history, from one signed entry.
type Event struct {
	At     time.Time
	What   string // key of a message under "event."
	Detail template.HTML
	Office register.Words // who signed it
	Entry  register.Index
	Key    bool // changes the standing
	Other  bool // signed by another office than the letter's
}

// An Approval is one officer's name.
type Approval struct{ Officer, Name, Key, Passkey string } // Passkey: at which origin; "" for an SSH key

// A Head is the checkpoint that a page rests on.
type Head struct {
	Origin    string
	Size      uint64
	Root      string
	Time      *time.Time
	Witnesses int
	Needed    int
	OwnKeys   bool
	// WitnessedSize is how many entries the quorum has seen, and WitnessedAt when.
	WitnessedSize uint64
	WitnessedAt   *time.Time
	Forked        bool
}
