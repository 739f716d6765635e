package check

import (
	"strings"
	"time"

	"chancery.example/internal/facing"
	"chancery.example/internal/photo"
	"chancery.example/internal/report"
	"chancery.example/letter"
	"chancery.example/register"
)

// An ExhibitKind says what a reader submitted.
type ExhibitKind string

// The kinds of exhibits.
const (
	KindText      ExhibitKind = "text"      // the words of a paper
	KindQuotation ExhibitKind = "quotation" // a sentence or two
	KindReport    ExhibitKind = "report"    // somebody's article that quotes
	KindFile      ExhibitKind = "file"      // a file that is known, or not, by its digest
	KindPhoto     ExhibitKind = "photo"     // a picture whose words were read
	KindProof     ExhibitKind = "proof"     // a proof file, of a record, a sealed draft or an absence
)

// A Match says how far a reader's words agree with a registered text.
type Match string

// The matches. No value but ExactFile and SameText says that all words agree.
const (
	ExactFile          Match = "exact_file"
	SameText           Match = "same_text"
	Part               Match = "part"
	Altered            Match = "altered"
	Most               Match = "most" // of the words of a sealed draft; no more is said
	OtherLanguage      Match = "other_language"
	TranslationDiffers Match = "translation_differs"
	Resembles          Match = "resembles" // not a match
	None               Match = "none"
	Unreadable         Match = "unreadable"
)

// Matches lists all matches.
func Matches() []Match {
	return []Match{ExactFile, SameText, Part, Altered, Most, OtherLanguage, TranslationDiffers, Resembles, None, Unreadable}
}

// A Note says why a quotation was not judged like others, or flags it.
type Note string

// The notes. An empty Note says nothing.
const (
	TooShort      Note = "too_short"
	CommonWording Note = "common_wording"
	OtherSpeaker  Note = "other_speaker" // credited to somebody else than the record's office
	NotMarked     Note = "not_marked"    // stands in the report without quotation marks
	NotAllRead    Note = "not_all_read"  // the exhibit may show other words than were compared
	Ambiguous     Note = "ambiguous"     // two revisions of the letter are as near; the graver standing is given
	CheckWords    Note = "check_words"   // words of a picture that could not be read for sure
)

// A Record names the record that words come from.
type Record struct {
	Kind       register.RecordKind `json:"kind"`
	Office     string              `json:"office"` // its short name in the register
	OfficeURI  register.Office     `json:"office_uri"`
	OfficeName register.Words      `json:"office_name"`
	Reference  letter.Ref          `json:"reference,omitempty"`
	Entry      register.Index      `json:"entry"`
	Language   letter.Lang         `json:"language"`
	Revision   uint32              `json:"revision,omitempty"`
}

// A Coverage is how much of each side the agreement covers, from 0 to 1. They
// are two numbers and never made into one.
type Coverage struct {
	Copy   float64 `json:"copy"`
	Record float64 `json:"record"`
}

// A DifferenceKind says what a difference consists of.
type DifferenceKind string

// The kinds of differences.
const (
	OnlyInCopy   DifferenceKind = "only_in_copy"
	OnlyOnRecord DifferenceKind = "only_on_record"
	Replaced     DifferenceKind = "replaced"
	Moved        DifferenceKind = "moved" // both have the words, in another order
	Disagree     DifferenceKind = "languages_disagree"
	EditorsWords DifferenceKind = "editors_words" // of a Piece alone: marked by the report as its own
	LeftOut      DifferenceKind = "left_out"      // of a Piece alone: an ellipsis; With is what it leaves out
	// Within: this passage of the copy is not word for word the sealed draft's.
	// Record is empty.
	Within DifferenceKind = "within"
)

// A Difference is one place where the copy and the record do not agree, with the
// words of both sides. Places count code points: Offset and Length those of the
// reader's text, RecordOffset and RecordLength those of the text on record. A
// side without words has no length, and its offset is where they would stand.
type Difference struct {
	Kind         DifferenceKind `json:"kind"`
	Copy         string         `json:"copy"`
	Record       string         `json:"record"`
	Offset       int            `json:"offset"`
	Length       int            `json:"length"`
	RecordOffset int            `json:"record_offset"`
	RecordLength int            `json:"record_length"`
	Critical     bool           `json:"critical"` // a number, date, name, negation or modal verb
	// Check: it was read from a picture and may have been misread; somebody should
	// look.
	Check bool `json:"check,omitempty"`
	// Unread: something else was seen in the picture than Copy, and not read.
	Unread bool `json:"unread,omitempty"`
	// Where it stands in the reader's picture: the line of what was read there,
	// from 1, and the place. Where the copy lacks words, those around them.
	Page int  `json:"page,omitempty"` // of a PDF, from 1
	Line int  `json:"line,omitempty"`
	Box  *Box `json:"box,omitempty"`
	// Parts are the places that Box is around, where it is not of one line: one of each
	// line; where the copy lacks words, those of the words before and after.
	Parts []Box `json:"parts,omitempty"`
}

// Untold reports whether the picture does not show whether it has the record's words
// in a place: both sides have the same, and nobody knows.
func (d Difference) Untold() bool {
	return d.Check && !d.Unread && strings.Join(strings.Fields(d.Copy), " ") == strings.Join(strings.Fields(d.Record), " ")
}

// A Sentence is a stretch of a text on record, in full sentences, that holds
// words of a copy. Offset and Length count code points of the text on record.
type Sentence struct {
	Text   string         `json:"text"`
	Offset int            `json:"offset"`
	Length int            `json:"length"`
	Pieces []facing.Piece `json:"-"` // the same, with the copy's words told from those around them
}

// A Piece is a stretch of a quotation as it stands in a report, in reading order.
type Piece struct {
	Kind DifferenceKind `json:"kind,omitempty"` // empty: both agree
	Text string         `json:"text"`
	// With is, for a replaced stretch, the words on record; Text is the copy's.
	With string `json:"with,omitempty"`
	// Same: of editor's words, the record has them too, without the brackets.
	Same bool `json:"same,omitempty"`
}

// A Quotation is one quotation of a report with its answer. Offset and Length
// count code points of the text that was extracted from the report; those of a
// quotation in several parts reach from the first to the last.
type Quotation struct {
	Anchor      string             `json:"anchor"`    // names it within its sheet, as q1; a fragment of a page's address
	Quotation   string             `json:"quotation"` // parts are joined by a space
	Offset      int                `json:"offset"`
	Length      int                `json:"length"`
	Paragraph   int                `json:"paragraph"`       // of the report, from 1
	Parts       []QuotedPart       `json:"parts,omitempty"` // of a quotation that was split
	Speaker     string             `json:"speaker"`         // as named right beside it; "" when none is
	Match       Match              `json:"match"`
	Standing    *register.Standing `json:"standing"`
	Record      *Record            `json:"record"`
	Differences []Difference       `json:"differences"`
	Edits       []Edit             `json:"edits,omitempty"`   // what the report marks as its own in it
	Closest     string             `json:"closest,omitempty"` // of words that resemble a record, the passage that is nearest
	Note        Note               `json:"note,omitempty"`
	Headline    Words              `json:"headline"`
	Comparison  []Piece            `json:"-"`
	Sentences   []Sentence         `json:"sentences,omitempty"` // of record, in which the words stand
	Also        []Other            `json:"also,omitempty"`      // further records that hold the same words
	AlsoIn      int                `json:"also_in,omitempty"`   // how many there are, listed or not
	Status      register.Status    `json:"-"`                   // zero when Record is nil
	Marked      bool               `json:"marked"`              // false: borrowed words without marks
	Verdict     *Verdict           `json:"-"`                   // nil when Standing is nil
	Company     bool               `json:"company,omitempty"`   // short, counted because longer quotations come from the same record

	spans []report.Span // of its parts in Finding.Text
	notes []inText      // what is to be shown in them
}

// A QuotedPart is one part of a quotation that the report splits, between
// paragraphs or to name the speaker.
type QuotedPart struct {
	Anchor    string `json:"anchor"` // of the place in the report, as q1-2
	Quotation string `json:"quotation"`
	Offset    int    `json:"offset"`
	Length    int    `json:"length"`
	Paragraph int    `json:"paragraph"`
}

// An Edit is one place of a quotation that the report itself marks as changed:
// an ellipsis or editor's brackets. It is no difference, but it is shown with
// what it stands for.
type Edit struct {
	Kind     report.EditKind `json:"kind"`
	Text     string          `json:"text"` // as it stands in the report
	Offset   int             `json:"offset"`
	Length   int             `json:"length"`
	Record   string          `json:"record"`         // the words on record in its place
	Critical bool            `json:"critical"`       // a number, date, name, negation or modal verb is put in or left out
	Long     bool            `json:"long,omitempty"` // more than a sentence is left out
}

// An Other is a further record that matched, nearest first.
type Other struct {
	Record   Record            `json:"record"`
	Match    Match             `json:"match"`
	Standing register.Standing `json:"standing"`
	// Passage is what of the copy stands here and not in the nearest record; empty
	// when the record is as good a match for all of it.
	Passage string `json:"passage,omitempty"`
}

// Words are one message in the languages in which people read it.
type Words struct {
	EN string `json:"en"`
	AR string `json:"ar"`
}

// In returns the words in a language, English for all but Arabic.
func (w Words) In(l letter.Lang) string {
	if l == "ar" {
		return w.AR
	}
	return w.EN
}

// A Headline says both axes at once. Code is "match/standing".
type Headline struct {
	Code string `json:"code"`
	Text Words  `json:"text"`
}

// A StatementView is a statement that stands beside an answer.
type StatementView struct {
	Office     string                 `json:"office"`
	OfficeName register.Words         `json:"office_name"`
	Type       register.StatementType `json:"type"`
	Entry      register.Index         `json:"entry"`
	At         time.Time              `json:"at"`
	Text       register.Words         `json:"text"`
	NextWordBy *time.Time             `json:"next_word_by,omitempty"`
	Source     string                 `json:"source,omitempty"`
	SeenAt     *time.Time             `json:"seen_at,omitempty"` // of a sighting or a collected text
	Retracted  bool                   `json:"retracted,omitempty"`
	Disavowal  bool                   `json:"disavowal,omitempty"` // of another office than the record's
	Holds      bool                   `json:"holds,omitempty"`     // says that its office holds this very text
}

// A CheckpointView is the head that an answer rests on.
type CheckpointView struct {
	Origin    string     `json:"origin"`
	Size      uint64     `json:"size"`
	Root      string     `json:"root"`
	Time      *time.Time `json:"time,omitempty"` // by the register's own clock
	Witnesses int        `json:"witnesses"`
	Needed    int        `json:"needed"`
	OwnKeys   bool       `json:"own_keys,omitempty"` // trusted on the folder's own word
	// WitnessedSize is how many of the entries the reader's quorum of witnesses has
	// seen, WitnessedAt until when it knew of no later head; 0 and nil when the
	// quorum is not met, or asks for nobody.
	WitnessedSize uint64     `json:"witnessed_size"`
	WitnessedAt   *time.Time `json:"witnessed_at,omitempty"`
	// FreshFor is how many seconds old the newest proof may be; 0: its age is not
	// asked for.
	FreshFor int64 `json:"fresh_for,omitempty"`
	// Fork: the newest head and the witnessed one do not fit together.
	Fork *Fork `json:"fork,omitempty"`
}

// A Fork is two heads that the log signed and that do not fit together.
type Fork struct {
	Size          uint64 `json:"size"`
	Root          string `json:"root"`
	WitnessedSize uint64 `json:"witnessed_size"`
	WitnessedRoot string `json:"witnessed_root"`
}

// A ChipKind names a qualifier of an answer.
type ChipKind string

// The qualifiers.
const (
	ChipAsOf         ChipKind = "as_of"
	ChipUnwitnessed  ChipKind = "unwitnessed"
	ChipWitnessed    ChipKind = "witnessed"
	ChipNotYet       ChipKind = "not_yet_witnessed" // the record is newer than what witnesses have seen
	ChipStale        ChipKind = "stale"             // the newest proof is older than the reader's bound, or shows no time
	ChipFork         ChipKind = "fork"
	ChipOwnKeys      ChipKind = "own_keys"
	ChipFirstUse     ChipKind = "first_use" // the keys are those that the register named when it was first met
	ChipExercise     ChipKind = "exercise"
	ChipReceived     ChipKind = "received"
	ChipStatements   ChipKind = "statements"
	ChipNotOriginal  ChipKind = "not_original_file"
	ChipSealed       ChipKind = "sealed_revisions"
	ChipCharacters   ChipKind = "hidden_characters" // some are not what they seem: see Finding.Characters
	ChipHeld         ChipKind = "held_draft"        // known from the proof in the reader's hand alone
	ChipPresented    ChipKind = "sealed_draft"      // known to the office's own server alone
	ChipRecordedLate ChipKind = "recorded_late"     // issued before it was recorded here
	ChipErased       ChipKind = "erased_texts"      // words that could not be searched
	ChipUnread       ChipKind = "not_all_read"      // the exhibit may show other words than were compared
	ChipAlso         ChipKind = "also_in"           // further records hold the words as exactly
	ChipCorrected    ChipKind = "corrected"         // see Finding.Corrections
	ChipRatified     ChipKind = "ratified"          // a withdrawal in an emergency
	ChipUnratified   ChipKind = "not_ratified"      // likewise, and nobody confirmed it
	ChipKeyRevoked   ChipKind = "key_revoked"       // after it had signed what the answer rests on
	ChipDamaged      ChipKind = "damaged_texts"     // likewise, because they are not those of the log
	ChipPaperCode    ChipKind = "paper_code"        // what a code in the picture says; see Finding.Codes
	ChipForeignCode  ChipKind = "foreign_code"      // a code that leads elsewhere, was made up, or is not alone
	ChipShape        ChipKind = "by_shape"          // see Finding.Shape
	ChipPDF          ChipKind = "pdf_remark"        // see Finding.PDF
	ChipAdditions    ChipKind = "later_additions"   // to a file on record
)

// A Chip is one qualifier with its words.
type Chip struct {
	Kind ChipKind `json:"kind"`
	Text Words    `json:"text"`
}

// A Counts sums up a reading sheet.
type Counts struct {
	Quotations int `json:"quotations"`
	OnRecord   int `json:"on_record"`
	OfDrafts   int `json:"of_drafts"`
	Altered    int `json:"altered"`
	NoRegister int `json:"no_register"`
	NotFound   int `json:"not_on_record"`
	TooShort   int `json:"too_short"`
	OtherVoice int `json:"other_speaker"`
	Unmarked   int `json:"unmarked"`
	Edited     int `json:"edited"` // by the report itself, so that the sense may change
}

// An Advisory points at a paragraph that shares nothing with the rest.
type Advisory struct {
	Paragraph int    `json:"paragraph"` // from 1
	Offset    int    `json:"offset"`
	Length    int    `json:"length"`
	Begins    string `json:"begins"`
	Text      Words  `json:"text"`
}

// A Finding is the answer to an exhibit. For a report Headline, Match and
// Standing are nil: a report gets a reading sheet, never a verdict.
type Finding struct {
	ExhibitKind ExhibitKind        `json:"exhibit_kind"`
	Headline    *Headline          `json:"headline"`
	Match       *Match             `json:"match"`
	Standing    *register.Standing `json:"standing"`
	Record      *Record            `json:"record"`
	Coverage    *Coverage          `json:"coverage"`
	Extent      *Words             `json:"extent,omitempty"`                  // the coverage of both sides in a sentence
	Foreign     int                `json:"sentences_not_in_record,omitempty"` // of the copy
	Sentences   []Sentence         `json:"sentences,omitempty"`               // of record, which the copy cuts short
	Differences []Difference       `json:"differences"`
	Others      []Other            `json:"others"`
	Also        int                `json:"also,omitempty"` // further records that hold the words as exactly, listed or not
	Quotations  []Quotation        `json:"quotations"`
	Counts      *Counts            `json:"counts,omitempty"`
	Summary     *Words             `json:"summary,omitempty"` // of a reading sheet, one sentence
	Advisories  []Advisory         `json:"advisories,omitempty"`
	Statements  []StatementView    `json:"statements"`
	Elsewhere   []Elsewhere        `json:"elsewhere,omitempty"`   // what other registers say, beside the answer
	Corrections []CorrectionView   `json:"corrections,omitempty"` // of the letter that matches, the oldest first
	Codes       []PaperCode        `json:"codes,omitempty"`       // that were read in the picture
	Evidence    []Chip             `json:"evidence"`
	Characters  []Character        `json:"characters,omitempty"` // that are not what they seem
	CheckedAt   time.Time          `json:"checked_at"`
	Checkpoint  *CheckpointView    `json:"checkpoint"`
	Note        Note               `json:"note,omitempty"`    // too_short, common_wording, ambiguous, check_words or not_all_read
	Problem     ReadProblem        `json:"problem,omitempty"` // what kept the exhibit from being read
	Absence     *Absence           `json:"absence,omitempty"` // of an answer that nothing is on record
	PDF         *PDFView           `json:"pdf,omitempty"`     // of an exhibit that is one
	Shape       *ShapeView         `json:"shape,omitempty"`   // of a picture that was held against a registered page

	// What pages and the command line show beside the JSON.
	Verdict    *Verdict        `json:"-"`
	Details    Words           `json:"-"` // the verdict's sentence with names and dates filled in
	NotMean    Words           `json:"-"` // likewise what it does not mean
	Comparison facing.Pages    `json:"-"`
	Status     register.Status `json:"-"`
	Text       string          `json:"-"` // the words that were read from the exhibit

	differing int         // words that differ
	doubtful  int         // words that were not read for sure
	otherLang letter.Lang // of the text that is not the one on record
	oddities  *Chip
	presented bool     // of a sealed draft, to who presents it
	unread    *Words   // why the exhibit may show other words than were compared
	picture   *picture // what the words were read from
	whole     string   // the text, when the words around a letter were left blank for comparing
	codes     []photo.Code
	pdf       *reading // likewise
}

// Exit returns the exit code of the command line for the finding.
func (f Finding) Exit() int {
	if f.ExhibitKind == KindReport {
		return ExitReport
	}
	if f.Verdict == nil {
		return ExitCannotCheck
	}
	return f.Verdict.Exit
}
