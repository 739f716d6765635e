package device

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Limits of what is asked: those of a server's form.
const (
	maxFile  = 25_000_000
	maxText  = 2_000_000
	megabyte = 1_000_000
)

// A Question is what a reader holds and asks about.
type Question struct {
	Exhibit check.Exhibit
	File    bool        // a file, and no words that were typed
	Lang    letter.Lang // of the answer; English when empty
	Style   string      // address of the style sheet of the page
	// Marked shows the answer on the picture that the exhibit is ([Marked]); nil: nothing does.
	Marked func(*i18n.Printer, check.Finding) *shared.Drawing
}

// An Answer is the page that a server would give, and the same for programs.
type Answer struct {
	Status int    `json:"status"`
	HTML   string `json:"html"`
	JSON   string `json:"json"` // "" for a page that has no such form
	// Verdict: it answers what the exhibit is, and where it says that nothing is on
	// record a sealed draft may still hold the words: only the office's own server
	// can say.
	Verdict bool `json:"verdict"`
}

// Answer examines an exhibit as of the device's time. It downloads nothing. The
// error says what failed in this program; what is wrong with an exhibit is an
// answer.
func (r *Register) Answer(ctx context.Context, q Question) (Answer, error) {
	lang := q.Lang
	if lang != i18n.Arabic {
		lang = i18n.English
	}
	p, err := i18n.Load(lang)
	if err != nil {
		return Answer{}, fmt.Errorf("answering: %w", err)
	}
	x, verdict := r.reply(ctx, p, q)
	var page bytes.Buffer
	if err := x.Render(&page, reply.Complete(x.Frame, lang, r.snapshot, q.Style)); err != nil {
		return Answer{}, fmt.Errorf("answering: %w", err)
	}
	out := Answer{Status: x.Status, HTML: page.String(), Verdict: verdict}
	if x.JSON == nil {
		return out, nil
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	if err := enc.Encode(x.JSON); err != nil {
		return Answer{}, fmt.Errorf("answering: %w", err)
	}
	out.JSON = text.String()
	return out, nil
}

// reply decides what sort of question it is, as a server's form does.
func (r *Register) reply(ctx context.Context, p *i18n.Printer, q Question) (_ reply.Reply, verdict bool) {
	e := q.Exhibit
	switch {
	case len(e.Data) == 0, !q.File && len(bytes.TrimSpace(e.Data)) == 0:
		return reply.Problem(p, "nothing_sent", 0), false
	case q.File && len(e.Data) > maxFile:
		return reply.Problem(p, "too_large", maxFile/megabyte), false
	case !q.File && len(e.Data) > maxText:
		return reply.Problem(p, "text_too_large", maxText/megabyte), false
	}
	if ref, ok := reply.Reference(e.Data); ok && !q.File {
		return r.reference(p, ref), false
	}
	if q.File && e.As != check.KindFile && proved.Is(e.Name, e.Data) && len(r.snapshot.State().ByFile(sha256.Sum256(e.Data))) == 0 {
		return reply.Proof(p, r.snapshot, r.Proof(e.Data)), false
	}
	f, err := r.snapshot.Examine(ctx, e, r.Now())
	if kind, limit, ok := reply.Unread(err); ok {
		return reply.Problem(p, kind, limit), false
	}
	if err != nil {
		return reply.Problem(p, "too_slow", 0), false
	}
	return reply.Finding(p, r.snapshot, f, func(v *result.View) {
		if q.Marked != nil {
			v.Show(q.Marked(p, f))
		}
	}), true
}

// reference answers a reference with the page of its letter, which is here.
func (r *Register) reference(p *i18n.Printer, ref letter.Ref) reply.Reply {
	page, one := reply.Found(r.snapshot, ref, r.Now())
	if one == nil {
		return page
	}
	l, ok := r.snapshot.State().Letter(one.Office.Office, ref)
	if !ok {
		return page
	}
	page, _ = reply.Letter(p, r.snapshot, l, r.Now())
	return page
}

// Proof answers a proof file.
func (r *Register) Proof(raw []byte) proved.Answer {
	return proved.Examine(proved.Register{
		Snapshot: r.snapshot, Policy: r.policy,
		HeadAt: func(size uint64) (proof.Head, error) { return r.reading.HeadAt(size) },
		Entry:  r.reading.Entry,
	}, raw, r.Now())
}
