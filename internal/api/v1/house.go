package v1

import (
	"net/http"
	"time"

	"chancery.example/internal/staff"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// What a house does with its drafts besides writing them: comparing languages,
// seeing who has to do what, giving out proofs, and reading back who did what.

// houseRoutes are the routes of this file.
func houseRoutes() []route {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	text := act(put, "/drafts/{ref}/texts/{lang}", "revise the text of one language, as a translator may", TextRevising{}, Draft{}, ok, about((*call).mine, (*call).reviseText), staff.EditText)
	text.match = true
	journal := act(get, "/journal", "who did what in the office, the newest first", nil, Journal{}, ok, (*call).officeJournal, staff.SeeAudit)
	journal.query = []string{"cursor", "limit"}
	held := act(get, "/drafts/{ref}/revisions/{number}/proof", "what goes with copies of a sealed revision: that it is a recorded draft", nil, nil, ok, about((*call).mine, (*call).draftProof), staff.GiveInside)
	held.media = proof.MediaType
	give := act(post, "/embargoes/{ref}/give", "what is given to the holder of a letter under embargo", Giving{}, nil, ok, aboutWith((*call).ref, (*call).giveEmbargoed), staff.GiveEmbargoed)
	give.media = proof.MediaType
	return []route{
		text, held, journal, give,
		act(post, "/finished", "seal a document that was written elsewhere, and ask for the approvals that issue it", Finished{}, Request{}, created, with((*call).finished), staff.Submit),
		act(get, "/drafts/{ref}/before", "what has to happen before it can be issued", nil, Conditions{}, ok, about((*call).mine, (*call).before), staff.SeeDrafts),
		act(get, "/drafts/{ref}/revisions", "its sealed revisions", nil, Revisions{}, ok, about((*call).mine, (*call).revisions), staff.SeeDrafts),
		act(get, "/drafts/{ref}/journal", "who did what with it, the oldest first", nil, Journal{}, ok, about((*call).mine, (*call).journal), staff.SeeDrafts),
		act(get, "/drafts/{ref}/parity", "what differs between its languages", nil, Parity{}, ok, about((*call).mine, (*call).parity), staff.SeeDrafts),
		act(post, "/drafts/{ref}/parity/{finding}/accept", "leave a difference as it is, with a reason", Recalling{}, nil, nothing, aboutWith((*call).mine, (*call).acceptParity), staff.Submit),
		act(get, "/drafts/{ref}/answers", "what its sealed revisions tell who presents their words", nil, AllAnswers{}, ok, about((*call).ref, (*call).answers), staff.SetAnswers),
		act(put, "/drafts/{ref}/answers", "set what its sealed revisions tell", AnswersSet{}, nil, nothing, aboutWith((*call).ref, (*call).setAnswers), staff.SetAnswers),
		act(post, "/drafts/{ref}/copies/{revision}/{number}/receipt", "note that a copy arrived", Noting{}, nil, nothing, aboutWith((*call).mine, (*call).copyReceived), staff.GiveInside, staff.GiveOutside),
		act(get, "/embargoes", "letters that are issued and not public yet", nil, Embargoes{}, ok, (*call).embargoes, staff.GiveEmbargoed),
		act(get, "/glossary", "names and terms that the office writes one way in each language", nil, Glossary{}, ok, (*call).glossary, staff.SeeDrafts),
		act(put, "/glossary", "replace the glossary", Glossary{}, nil, nothing, with((*call).setGlossary), staff.Submit),
	}
}

// A TextRevising is a new text in one language.
type TextRevising struct {
	Text string `json:"text"`
	Why  string `json:"why,omitempty"`
}

// Finished is a document that was written elsewhere.
type Finished struct {
	Content Content `json:"content"`
	Terms   Terms   `json:"terms"`
}

// A Condition is one line of what has to happen before a letter can be issued.
type Condition struct {
	Name  string            `json:"name"`
	State string            `json:"state" enum:"done,open,waiting"`
	Args  map[string]string `json:"args" doc:"what it is about"`
}

// Conditions are in order; none: the letter is issued, under embargo or closed.
type Conditions struct {
	Conditions []Condition `json:"conditions"`
}

// A Revision is content that was sealed.
type Revision struct {
	Revision uint32          `json:"revision"`
	Digest   letter.Hash     `json:"digest" doc:"the revision digest"`
	SixWords string          `json:"six_words"`
	Why      string          `json:"why,omitempty"`
	Entry    *register.Index `json:"entry,omitempty" doc:"of its commitment; absent while that is on its way"`
	Content  Content         `json:"content"`
}

// Revisions are those of a letter, the oldest first.
type Revisions struct {
	Revisions []Revision `json:"revisions"`
}

// A Line is one line of a journal.
type Line struct {
	At        time.Time  `json:"at"`
	Who       string     `json:"who"`
	Act       string     `json:"act"`
	Text      string     `json:"text,omitempty"`
	Reference letter.Ref `json:"reference,omitempty"`
}

// A Journal is part of who did what.
type Journal struct {
	Lines []Line `json:"lines"`
	Next  string `json:"next_cursor,omitempty"`
}

// A Place is where a difference stands.
type Place struct {
	Language letter.Lang `json:"language"`
	Offset   int         `json:"offset" doc:"in bytes of the text"`
	Length   int         `json:"length"`
	Text     string      `json:"text"`
	Missing  bool        `json:"missing,omitempty" doc:"the paragraph in which it was looked for"`
}

// An Acceptance is why a difference stays.
type Acceptance struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// A Difference is one between two languages.
type Difference struct {
	ID       string      `json:"id"`
	Kind     string      `json:"kind"`
	Blocks   bool        `json:"blocks" doc:"keeps the letter from being submitted"`
	First    letter.Lang `json:"first"`
	Second   letter.Lang `json:"second"`
	Places   []Place     `json:"places"`
	Detail   []string    `json:"detail,omitempty" doc:"of the first text and of the second, what cannot be shown in a place"`
	Accepted *Acceptance `json:"accepted,omitempty"`
}

// Parity is how the languages of a letter compare. No difference found does not mean
// that they say the same.
type Parity struct {
	Compared    bool         `json:"compared" doc:"there are two texts"`
	Open        int          `json:"open" doc:"differences that keep the letter from being submitted"`
	Differences []Difference `json:"differences"`
}

// Answers are what one sealed revision tells.
type Answers struct {
	Revision uint32 `json:"revision"`
	Answers  string `json:"answers" enum:"silent,by_code,on_copy"`
}

// AllAnswers are those of a letter's sealed revisions.
type AllAnswers struct {
	Answers []Answers `json:"answers"`
}

// AnswersSet sets what revisions tell.
type AnswersSet struct {
	Revision uint32 `json:"revision,omitempty" doc:"all, when not given"`
	Answers  string `json:"answers" enum:"silent,by_code,on_copy"`
}

// A Noting is a line for the house.
type Noting struct {
	Note string `json:"note,omitempty"`
}

// A Giving names to whom something is given.
type Giving struct {
	Holder string `json:"holder"`
}

// An Embargo is a letter that is issued and not public yet.
type Embargo struct {
	Reference letter.Ref     `json:"reference"`
	Revision  uint32         `json:"revision"`
	NotBefore time.Time      `json:"not_before"`
	Entry     register.Index `json:"entry" doc:"the commitment that holds its place"`
}

// Embargoes are those of an office, the next to be issued first.
type Embargoes struct {
	Embargoes []Embargo `json:"embargoes"`
}

// A Concept is a name or term, with the forms that will do in each language.
type Concept struct {
	Name  bool                     `json:"name,omitempty" doc:"of a person, a ship, a place; else a term"`
	Forms map[letter.Lang][]string `json:"forms"`
}

// A Glossary is what an office writes one way in each language.
type Glossary struct {
	Concepts []Concept `json:"concepts"`
}
