package shared

import (
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Records is what pages need of a register at one moment; [check.Snapshot] has
// it.
type Records interface {
	State() *register.State
	Checkpoint() *check.CheckpointView
	TextOf(leaf letter.Hash) (letter.Text, bool)
}

// NameOf returns an office's view, or, for one that is not enrolled, its URI as
// its name.
func NameOf(s *register.State, u register.Office) register.OfficeView {
	if o, ok := s.OfficeOf(u); ok {
		return o
	}
	return register.OfficeView{Office: u, Name: register.Words{"en": string(u)}}
}

// SignerOf returns who signed an entry: an office, or the operator of the
// register, who is no office.
func SignerOf(s *register.State, e register.Entry) register.OfficeView {
	if o, ok := s.OfficeOf(e.Claims.Issuer); ok {
		return o
	}
	name := register.Words{"en": string(e.Claims.Issuer)}
	if e.KeyID == s.Genesis().Operator.Thumbprint() {
		name = register.Words{"en": "Operator of the register", "ar": "مشغّل السجل"}
	}
	return register.OfficeView{Office: e.Claims.Issuer, Name: name}
}

// Bodies returns the texts among the disclosed fields of a revision or
// statement, in their order, with those whose words are not there named.
func Bodies(r Records, fields []letter.Disclosure, absent string) []Body {
	var out []Body
	for _, f := range fields {
		lang, ok := f.Field.Lang()
		if !ok {
			continue
		}
		text, there := r.TextOf(f.Hash)
		if f.Salt == nil || !there {
			out = append(out, Body{Lang: lang, Absent: absent})
			continue
		}
		out = append(out, NewBody(lang, text))
	}
	return out
}

// HeadOf returns the checkpoint that a page rests on.
func HeadOf(r Records) Head {
	c := r.Checkpoint()
	if c == nil {
		return Head{Origin: r.State().Origin(), Size: r.State().Size()}
	}
	return HeadFrom(c)
}

// HeadFrom is a checkpoint as pages show it.
func HeadFrom(c *check.CheckpointView) Head {
	return Head{
		Origin: c.Origin, Size: c.Size, Root: c.Root, Time: c.Time, Witnesses: c.Witnesses, Needed: c.Needed, OwnKeys: c.OwnKeys,
		WitnessedSize: c.WitnessedSize, WitnessedAt: c.WitnessedAt, Forked: c.Fork != nil,
	}
}

// StatusOf is where a letter stands as a whole, as far as the head that the
// page rests on can carry it.
func StatusOf(r Records, l *register.Letter, at time.Time) register.Status {
	st := r.State().LetterStatus(l, at)
	st.Standing = r.Checkpoint().Rests(st.Standing, at, r.State().Exercise())
	return st
}

// HeadTrouble says in a page's language why the head does not carry an answer; ""
// when it does.
func HeadTrouble(r Records, lang letter.Lang, at time.Time) string {
	c := r.Checkpoint()
	return c.Why(c.Trouble(at, r.State().Exercise())).In(lang)
}

// WordBodies returns words in all their languages, in order of the tags.
func WordBodies(w register.Words) []Body {
	var out []Body
	for _, lang := range slices.Sorted(maps.Keys(w)) {
		out = append(out, Body{Lang: lang, Paras: []template.HTML{Show(w[lang])}})
	}
	return out
}

// ProofName returns the name of the file in which a letter's proof is saved.
func ProofName(ref letter.Ref) string {
	return strings.ReplaceAll(string(ref), "/", "-") + proof.Extension
}
