package shared

import (
	"html/template"
	"maps"
	"slices"
	"strings"

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
	return Head{c.Origin, c.Size, c.Root, c.Time, c.Witnesses, c.Needed, c.OwnKeys}
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
