package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/papercode"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// A PaperCode is a code that was read in a picture, with what it is. It helps to
// find a record and answers for no words (papercode.md MUST-8).
type PaperCode struct {
	Verdict    papercode.Verdict `json:"verdict"`
	Office     string            `json:"office,omitempty"` // what it names, or opens
	Reference  letter.Ref        `json:"reference,omitempty"`
	Revision   uint32            `json:"revision,omitempty"`
	Public     bool              `json:"public,omitempty"`  // a letter of that reference is on record for everybody
	MadeUp     bool              `json:"made_up,omitempty"` // it is not the code of that letter
	Opens      bool              `json:"opens,omitempty"`   // a draft-opening code that opens a commitment of this register
	Shown      string            `json:"shown,omitempty"`   // an address that is no office's, in harmless letters
	Registered []string          `json:"registered,omitempty"`
	Says       Words             `json:"says"`
	Draft      *OpenedDraft      `json:"draft,omitempty"` // what it opens, when that is a draft still
}

// An OpenedDraft is what a draft-opening code on a paper opens, verified here
// against the log, with nobody asked. It is an answer beside the one to the paper's
// words, and never about them (papercode.md MUST-13).
type OpenedDraft struct {
	Standing register.Standing `json:"standing"`
	Headline Words             `json:"headline"`
	Details  Words             `json:"details"`
	NotMean  Words             `json:"does_not_mean"`
	Entry    register.Index    `json:"entry"` // the commitment that it opens
	At       time.Time         `json:"at"`    // when that was logged
}

// paperCodes judges the codes of a picture. What a code names is looked up under
// its name; the words of the paper were answered before and without it.
func (s *Snapshot) paperCodes(f Finding) (out []PaperCode) {
	if s.state == nil {
		return nil
	}
	var offices []papercode.Office
	for _, o := range s.state.Offices() {
		offices = append(offices, papercode.Office{ID: o.ID, Domain: o.Domain})
	}
	for _, c := range f.codes {
		j := papercode.Judge(c.Text, offices)
		if j.Verdict == papercode.Other {
			continue // a label, a telephone number: no concern of a register
		}
		claim := papercode.Claim{Judged: j}
		p := PaperCode{Verdict: j.Verdict, Shown: j.Shown, Registered: j.Registered}
		switch j.Verdict {
		case papercode.Genuine:
			o, _ := s.state.OfficeByID(j.Code.Office)
			p.Office, p.Reference, p.Revision = o.ID, j.Code.Reference, j.Code.Revision
			l := s.letterOf(o.Office, p.Reference)
			p.Public, p.MadeUp = l != nil, madeUp(l, j.Code)
			s.claims(&claim, o, l, f)
			claim.Elsewhere = f.Record != nil && (f.Record.OfficeURI != o.Office || f.Record.Reference != p.Reference)
		case papercode.Opening:
			s.opens(&claim, &p, j.Text, f)
		case papercode.Foreign, papercode.Unknown, papercode.Other:
		}
		claim.Public, claim.MadeUp, claim.Opens = p.Public, p.MadeUp, p.Opens
		claim.Reference, claim.Revision = string(p.Reference), p.Revision
		p.Says.EN, p.Says.AR = claim.Says()
		out = append(out, p)
	}
	return out
}

// claims fills in the office's name and what became of the letter that is named.
func (s *Snapshot) claims(c *papercode.Claim, o register.OfficeView, l *register.Letter, f Finding) {
	name := bothNames(o.Name)
	c.Office = [2]string{name.EN, name.AR}
	if l == nil {
		return
	}
	st := s.state.LetterStatus(l, f.CheckedAt)
	if st.Standing = s.rests(st.Standing, f.CheckedAt); st.Standing != register.InForce {
		w := s.filler(f, &st).words(standings[st.Standing].noun)
		c.Ended = [2]string{w.EN, w.AR}
	}
}

// opens looks up what a draft-opening code opens (papercode.md MUST-12, MUST-13).
func (s *Snapshot) opens(c *papercode.Claim, p *PaperCode, text string, f Finding) {
	o, h, st, err := s.opened(text, f.CheckedAt)
	if err != nil {
		return
	}
	view, _ := s.state.OfficeOf(o)
	p.Opens, p.Office, p.Reference, p.Revision = true, view.ID, st.Record.Reference, st.Revision
	l := s.letterOf(o, p.Reference)
	p.Public = l != nil
	s.claims(c, view, l, f)
	c.Held = f.Record != nil && f.Record.OfficeURI == o && f.Record.Reference == p.Reference
	on := day(st.SealedAt)
	c.On = [2]string{on.EN, on.AR}
	switch st.Standing {
	case register.DraftOpened, register.DraftClosed, register.DraftReplaced:
		p.Draft = s.openedDraft(f, h, st, c.Held)
		c.Told = true
	default: // it was issued, or worse: what became of the letter is said, and its words tell
	}
}

// openedDraft is the answer of a draft-opening code.
func (s *Snapshot) openedDraft(f Finding, h register.HeldDraft, st register.Status, compared bool) *OpenedDraft {
	if st.Standing = s.rests(st.Standing, f.CheckedAt); st.Standing == register.CannotCheck {
		st.Standing = register.DraftOpened // on record it is; the sentence says as of when
	}
	w, fill := standings[st.Standing], s.filler(f, &st)
	for name, v := range map[string]string{"reference": string(st.Record.Reference), "revision": fmt.Sprint(st.Revision), "entry": fmt.Sprint(h.Link.Index)} {
		fill.set(name, Words{v, v})
	}
	out := &OpenedDraft{Standing: st.Standing, Entry: h.Link.Index, At: st.SealedAt.Time()}
	out.Headline = fill.words(Words{"The code on this paper opens " + w.noun.EN, "يفتح الرمز الذي على هذه الورقة: " + w.noun.AR})
	out.Details = join(fill.words(w.says), fill.words(Words{
		"It is revision {revision} of {reference}, and was verified here with the code alone against entry {entry} of the log; nobody was asked.",
		"وهي المراجعة {revision} من {reference}، وجرى التحقق منها هنا بالرمز وحده إزاء القيد {entry} في السجل؛ ولم يُسأل أحد.",
	}))
	out.NotMean = Words{
		"It does not mean that the words on this paper are those of that draft: a code can be copied. The text file or the .chancery-draft that came with the copy shows it.",
		"ولا يعني أن كلمات هذه الورقة هي كلمات تلك المسودة: فالرمز يمكن نسخه. ويُظهر ذلك ملف النص أو ملف chancery-draft الذي جاء مع النسخة.",
	}
	if compared {
		out.NotMean = Words{
			"It is the answer above that is about the words on this paper; a code can be copied.",
			"والجواب أعلاه هو ما يخص كلمات هذه الورقة؛ فالرمز يمكن نسخه.",
		}
	}
	return out
}

// opened verifies a draft-opening code against this register.
func (s *Snapshot) opened(text string, at time.Time) (o register.Office, h register.HeldDraft, st register.Status, err error) {
	code, err := papercode.ParseOpening(text)
	if err != nil {
		return o, h, st, err //nolint:wrapcheck // it says what it is about
	}
	if o, err = s.state.Sealer(code.Index); err != nil {
		return o, h, st, err //nolint:wrapcheck // likewise
	}
	if h, err = code.Held(s.state.Origin(), o); err != nil {
		return o, h, st, err //nolint:wrapcheck // likewise
	}
	st, err = s.state.HeldDraftStatus(o, h, at)
	return o, h, st, err //nolint:wrapcheck // likewise
}

// letterOf finds a public letter by its name; nil when there is none.
func (s *Snapshot) letterOf(o register.Office, ref letter.Ref) *register.Letter {
	for _, l := range s.state.Letters() {
		if l.Office == o && l.Reference == ref {
			return l
		}
	}
	return nil
}

// madeUp reports whether the log shows the opening of the revision that a code
// names, and the code is not its (papercode.md MUST-3).
func madeUp(l *register.Letter, c papercode.Code) bool {
	return l != nil && slices.ContainsFunc(l.Issues, func(i register.Issuance) bool {
		op := i.Issue.Seal.Opening
		return op.Revision == c.Revision && !c.Fits(op)
	})
}

// codeChips says what the codes of the picture are, one chip each.
func (s *Snapshot) codeChips(f Finding, add func(k ChipKind, en, ar string)) []PaperCode {
	codes := s.paperCodes(f)
	for _, c := range codes {
		k := ChipPaperCode
		if c.Verdict == papercode.Foreign || c.MadeUp {
			k = ChipForeignCode
		}
		add(k, c.Says.EN, c.Says.AR)
	}
	if len(codes) > 1 && slices.ContainsFunc(codes, func(c PaperCode) bool {
		return c.Office != codes[0].Office || c.Reference != codes[0].Reference
	}) {
		add(ChipForeignCode, "There are several codes on the paper, and they do not name the same letter", "على الورقة عدة رموز، ولا تسمي الرسالة نفسها")
	}
	return codes
}

// byCode answers a picture whose words could not be read but on which a code
// names a letter: what it claims to be, and that its words are to be compared.
func (s *Snapshot) byCode(f Finding, err *ReadError) (Finding, bool) {
	f.codes = err.codes
	if len(s.paperCodes(f)) == 0 {
		return f, false
	}
	out := s.unread(f, err)
	for _, c := range out.Codes {
		if c.Draft == nil { // that is an answer by itself
			out.Details = join(out.Details, c.Says)
		}
	}
	return out, true
}

// codesOf returns the codes of a reading that may be one of a failure.
func codesOf(r photo.Reading) []photo.Code {
	if photo.CheckCodes(r.Codes) != nil {
		return nil
	}
	return r.Codes
}

// HoldCode is Hold for who has a paper's draft-opening code instead of the
// .chancery-draft: it makes the draft searchable when data, without what stands on
// every page, is one of its texts to the byte (papercode.md MUST-13), and reports
// whether it is.
func (s *Snapshot) HoldCode(code string, data []byte) (bool, error) {
	office, h, _, err := s.opened(code, time.Time{})
	if err != nil {
		return false, fmt.Errorf("the draft-opening code does not belong to this register: %w", err)
	}
	var bare strings.Builder
	at, all := 0, string(data)
	for _, span := range letter.RunningMatter(all) {
		bare.WriteString(all[at:span.Start])
		at = span.End
	}
	bare.WriteString(all[at:])
	text, err := letter.Canonicalize([]byte(bare.String()))
	if err != nil {
		return false, nil //nolint:nilerr // what is no text is no text of the draft
	}
	for _, d := range h.Fields {
		lang, isText := d.Field.Lang()
		if t := (letter.LangText{Lang: lang, Text: text}); isText && h.Holds(t) {
			return true, s.Hold(office, h, []letter.LangText{t})
		}
	}
	return false, nil
}
