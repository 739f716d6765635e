package office

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Sighted is a text that somebody holds who was not given it: a page seen, or
// collected from a source.
type Sighted struct {
	Texts  []letter.LangText
	Source string    // where it was found; needed for what is collected
	SeenAt time.Time // zero: now
}

// ProposeSighting asks for an office's word that it saw or published a paper.
// The salts of its texts are published: who has the same words can match them.
func (r *Register) ProposeSighting(ctx context.Context, officeID, by string, s Say, seen Sighted) (Request, error) {
	return r.sighted(ctx, officeID, by, s, seen, register.Sighting)
}

// ProposeCollected asks for an office's word that it keeps a text from a source,
// as of a date: a newsroom's record of what was on a page before it changed.
func (r *Register) ProposeCollected(ctx context.Context, officeID, by string, s Say, seen Sighted) (Request, error) {
	if seen.Source == "" {
		return Request{}, kind.Invalid.Errorf("a collected text needs its source: an address, a channel, a person's office")
	}
	return r.sighted(ctx, officeID, by, s, seen, register.Collected)
}

func (r *Register) sighted(ctx context.Context, officeID, by string, s Say, seen Sighted, typ register.StatementType) (Request, error) {
	if len(seen.Texts) == 0 {
		return Request{}, kind.Invalid.Errorf("a %s names what was seen: give the text", typ)
	}
	at := seen.SeenAt
	if at.IsZero() {
		at = r.Now()
	}
	if at.After(r.Now()) {
		return Request{}, kind.Invalid.Errorf("seen at %s, which is yet to come", at.Format(time.RFC3339))
	}
	body := register.Statement{Type: typ, Source: seen.Source, SeenAt: register.StampOf(at)}
	for _, x := range sortedTexts(seen.Texts) {
		var salt letter.Salt
		if _, err := io.ReadFull(r.opts.Random, salt[:]); err != nil {
			return Request{}, kind.Unavailable.Errorf("drawing a salt: %w", err)
		}
		body.Of = append(body.Of, letter.SealText(x, salt))
	}
	return r.state(ctx, officeID, by, s, body)
}

func sortedTexts(ts []letter.LangText) []letter.LangText {
	out := slices.Clone(ts)
	slices.SortFunc(out, func(a, b letter.LangText) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
	return out
}

func sortLeaves(ds []letter.Disclosure) {
	slices.SortFunc(ds, func(a, b letter.Disclosure) int { return strings.Compare(string(a.Field), string(b.Field)) })
}
