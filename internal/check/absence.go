package check

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// An Absence is the proof that goes with "not on record": that the register's own
// map has nothing under the reference that the exhibit cites, for its file and for
// its whole words (lookup.md). It is about these words, not about a paraphrase.
type Absence struct {
	Proved bool            `json:"proved"`
	AsOf   *register.Index `json:"as_of"` // the index-head in this entry; nil when nothing is proved
	Names  []AbsentName    `json:"names"`
	Proof  []byte          `json:"proof,omitempty"` // a .chancery-proof, in base64
	Text   Words           `json:"text"`
}

// An AbsentName is one thing that is proved to be absent.
type AbsentName struct {
	Kind      lookup.Kind     `json:"kind"` // reference, file or text
	Office    register.Office `json:"office,omitempty"`
	Reference letter.Ref      `json:"reference,omitempty"`
	Digest    string          `json:"digest,omitempty"`
}

// Prover proves that nothing is on record under those of the names under which
// there is nothing, and says which and as of which entry; no names when the
// register's map cannot be looked up.
type Prover func(names []lookup.Name, texts []letter.LangText) (proof []byte, absent []lookup.Name, asOf register.Index)

// WithProver returns the snapshot proving what it says is absent.
func (s *Snapshot) WithProver(p Prover) *Snapshot {
	with := *s
	with.prover = p
	return &with
}

// cited finds what looks like the reference of a letter: capitals, then parts
// with a figure.
var cited = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:[-/][A-Z0-9]+)*[-/][0-9]+(?:[-/][A-Z0-9]+)*\b`)

// mostCited bounds how many references of an exhibit are looked up.
const mostCited = 8

// prove adds the proof of absence to an answer that there is nothing.
func (s *Snapshot) prove(f Finding, e Exhibit) Finding {
	if s.prover == nil || f.Standing == nil || *f.Standing != register.NotOnRecord || f.Match == nil || *f.Match != None && *f.Match != Resembles {
		return f
	}
	names := []lookup.Name{lookup.OfFile(sha256.Sum256(e.Data))}
	var texts []letter.LangText
	if t, err := letter.Canonicalize([]byte(f.Text)); err == nil {
		names = append(names, lookup.OfText(t))
		texts = append(texts, letter.LangText{Lang: "und", Text: t})
	}
	refs := cited.FindAllString(f.Text, mostCited)
	slices.Sort(refs)
	for _, s2 := range slices.Compact(refs) {
		ref, err := letter.ParseRef(s2)
		if err != nil {
			continue
		}
		for _, o := range s.state.Offices() {
			if len(names) < 2+2*mostCited {
				names = append(names, lookup.OfLetter(o.Office, ref))
			}
		}
	}
	proof, absent, asOf := s.prover(names, texts)
	f.Absence = &Absence{Proved: len(absent) > 0, Names: []AbsentName{}, Proof: proof, Text: notProved}
	if len(absent) == 0 {
		return f
	}
	f.Absence.AsOf = &asOf
	for _, n := range absent {
		x := AbsentName{Kind: n.Kind}
		if o, ref, ok := n.Letter(); ok {
			x.Office, x.Reference = o, ref
		} else if d, ok := n.Digest(); ok {
			x.Digest = d.String()
		}
		f.Absence.Names = append(f.Absence.Names, x)
	}
	f.Absence.Text = Words{
		fmt.Sprintf("It is proved, as of entry %d of the log, that these words are not on record: these words, letter for letter, not a paraphrase.", asOf),
		fmt.Sprintf("ثبت، حتى القيد %d من السجل، أن هذه الكلمات غير مسجَّلة: هذه الكلمات حرفياً، لا إعادة صياغة لها.", asOf),
	}
	return f
}

var notProved = Words{
	"The register has no index head yet that covers this, so that the absence is not proved; it was looked for in all that the register shows.",
	"ليس في السجل بعدُ رأس فهرس يغطي هذا، فالغياب غير مُثبَت؛ وقد جرى البحث في كل ما يُظهره السجل.",
}

// Digest returns the digest of the words that are proved to be absent, "" when
// they are not.
func (a *Absence) Digest() string {
	if a == nil {
		return ""
	}
	for _, n := range a.Names {
		if n.Kind == lookup.Text {
			return n.Digest
		}
	}
	return ""
}
