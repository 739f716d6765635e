package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Prove makes the proof of an issued or opened letter under the newest signed
// head, from what the publisher knows already: what goes out with the letter.
func (r *Register) Prove(ctx context.Context, officeID string, ref letter.Ref) (proof.Bundle, error) {
	var o store.Office
	var texts []letter.LangText
	err := r.db.View(ctx, func(tx *store.Tx) (err error) {
		if o, err = tx.Office(officeID); err != nil {
			return err
		}
		i, found, err := tx.IntentNamed(issueName(officeID, ref))
		if err != nil || !found {
			return err
		}
		texts, err = textsOfIntent(i)
		return err
	})
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("proving %s: %w", ref, err)
	}
	b, err := r.pub.prove(ctx, register.Office(o.URI), ref, texts)
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("proving %s: %w", ref, err)
	}
	return b, nil
}

func textsOfIntent(i store.Intent) ([]letter.LangText, error) {
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return nil, fmt.Errorf("intent %s: %w", i.Name, err)
	}
	var out []letter.LangText
	for _, x := range i.Texts {
		text, err := letter.Parse([]byte(x.Text))
		if err != nil {
			return nil, fmt.Errorf("intent %s: %w", i.Name, err)
		}
		out = append(out, letter.LangText{Lang: langOf(body, x.Leaf), Text: text})
	}
	return out, nil
}

// prove assembles a proof while nothing is appended.
func (p *publisher) prove(ctx context.Context, o register.Office, ref letter.Ref, texts []letter.LangText) (proof.Bundle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.ready(ctx); err != nil {
		return proof.Bundle{}, err
	}
	l, ok := p.state.Letter(o, ref)
	if !ok {
		return proof.Bundle{}, kind.NotFound.Errorf("nothing of it is public")
	}
	raw, err := p.log.Reader().Checkpoint()
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("reading the head: %w", err)
	}
	head, err := proof.ParseHead(raw)
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("reading the head: %w", err)
	}
	return proof.Assemble(p.state, p.state.IDOf(l), raw, logSource{ctx, p.log, head}, texts)
}

// A logSource reads entries and paths from the log for a proof.
type logSource struct {
	ctx  context.Context
	log  *tlog.Log
	head proof.Head
}

func (s logSource) Entry(i register.Index) ([]byte, error) { return s.log.Entry(s.ctx, i) }

func (s logSource) Path(i register.Index) ([]letter.Hash, error) {
	return s.log.Reader().Inclusion(s.ctx, s.head, i)
}
