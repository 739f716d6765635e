package check

import "chancery.example/register"

// Exit codes of "chancery check". Only ExitInForce is 0: the same words as a
// letter in force.
const (
	ExitInForce     = 0
	ExitError       = 2
	ExitSuperseded  = 10
	ExitWithdrawn   = 11
	ExitExpired     = 12
	ExitEmbargoed   = 13
	ExitPart        = 14
	ExitDraft       = 20
	ExitAltered     = 30
	ExitDisavowed   = 40
	ExitLookalike   = 41
	ExitConflict    = 42
	ExitNotOnRecord = 50
	ExitUnreadable  = 51
	ExitCannotCheck = 52
	ExitNoRegister  = 53
	ExitReport      = 60
)

// An Intent is the colour family and icon of a verdict; pages map it to tokens.
type Intent string

// The intents, each with its own colour, icon shape and words.
const (
	IntentInForce    Intent = "in-force"
	IntentSuperseded Intent = "superseded"
	IntentWithdrawn  Intent = "withdrawn"
	IntentDraft      Intent = "draft"
	IntentAltered    Intent = "altered"
	IntentDisavowed  Intent = "disavowed"
	IntentUnknown    Intent = "unknown" // not on record, could not check, no register
	IntentStated     Intent = "stated"
)

// A Verdict is one cell of the table match x standing. Words hold placeholders
// such as {office}; [Finding].Details and NotMean have them filled in.
type Verdict struct {
	Code        string // "match/standing"
	Headline    Words  // two clauses: the match and the standing
	Explanation Words
	NotMean     Words
	Intent      Intent
	Icon        string // name of the icon's shape: check, arrow, cross, pen, differ, shield, question, quote
	Exit        int
}

var _ = register.InForce
