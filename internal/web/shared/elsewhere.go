package shared

import (
	"cmp"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/register"
)

// An Elsewhere is what another register says of the same words, as it stands beside
// an answer.
type Elsewhere struct {
	Register   string // by which this server's keeper knows it
	Origin     string
	Address    string
	Voices     []Voice
	Chips      []string // of its head
	Since      *time.Time
	Never      bool // it was never read
	TwoStories bool
	Partly     bool
}

// A Voice is one statement of another register.
type Voice struct {
	Said
	SeenAt *time.Time
	Gone   bool   // taken back in that register
	There  string // address of its entry in that register; "" when it is read from a folder
}

// ElsewhereOf turns what other registers say into what pages show.
func ElsewhereOf(p *i18n.Printer, all []check.Elsewhere) []Elsewhere {
	out := make([]Elsewhere, 0, len(all))
	for _, e := range all {
		v := Elsewhere{Register: e.Register, Origin: cmp.Or(e.Origin, e.Address), Address: e.Address, Since: e.NotAskedSince, Never: e.Checkpoint == nil, TwoStories: e.TwoStories, Partly: e.Partly}
		for _, c := range e.Evidence {
			v.Chips = append(v.Chips, c.Text.In(p.Lang()))
		}
		for _, x := range e.Voices {
			v.Voices = append(v.Voices, voiceOf(e, x))
		}
		out = append(out, v)
	}
	return out
}

func voiceOf(e check.Elsewhere, x check.Voice) Voice {
	st := x.Statement
	v := Voice{SeenAt: st.SeenAt, Gone: st.Retracted, Said: Said{
		Kind: string(st.Type), Office: st.OfficeName, OfficeID: st.Office, Domain: x.Domain, At: st.At, Entry: st.Entry, Bodies: WordBodies(st.Text), Source: st.Source,
	}}
	if st.NextWordBy != nil {
		v.NextWordBy = register.StampOf(*st.NextWordBy)
	}
	if e.Address != "" {
		v.There = strings.TrimSuffix(e.Address, "/") + EntryPath(st.Entry)
	}
	return v
}
