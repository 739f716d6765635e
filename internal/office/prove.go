package office

import (
	"context"
	"errors"
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

// prove assembles the proof of a letter.
func (p *publisher) prove(ctx context.Context, o register.Office, ref letter.Ref, texts []letter.LangText) (proof.Bundle, error) {
	return p.underHead(ctx, func(state *register.State, head []byte, src proof.Source) (proof.Bundle, error) {
		l, ok := state.Letter(o, ref)
		if !ok {
			return proof.Bundle{}, kind.NotFound.Errorf("nothing of it is public")
		}
		return proof.Assemble(state, state.IDOf(l), head, src, texts)
	})
}

// proveDraft assembles the proof of a sealed draft.
func (p *publisher) proveDraft(ctx context.Context, o register.Office, h register.HeldDraft, texts []letter.LangText) (proof.Bundle, error) {
	return p.underHead(ctx, func(state *register.State, head []byte, src proof.Source) (proof.Bundle, error) {
		return proof.AssembleDraft(state, o, h, head, src, texts)
	})
}

// underHead runs f under the newest signed head, while nothing is appended by
// this process. When another has the log, the register is read as anybody reads
// it.
func (p *publisher) underHead(ctx context.Context, f func(*register.State, []byte, proof.Source) (proof.Bundle, error)) (proof.Bundle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.ready(ctx)
	if errors.Is(err, tlog.ErrLocked) {
		r, err := p.r.folder.Read(ctx, proof.Policy{}, nil)
		if err != nil {
			return proof.Bundle{}, err
		}
		return f(r.State, r.Checkpoint.Raw, r)
	}
	if err != nil {
		return proof.Bundle{}, err
	}
	// The state may be ahead of the head by what others are just appending.
	raw, err := p.log.AwaitPublished(ctx, register.Index(p.state.Size()-1))
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("waiting for a head: %w", err)
	}
	head, err := proof.ParseHead(raw)
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("reading the head: %w", err)
	}
	return f(p.state, raw, logSource{ctx, p.log, head})
}

// A logSource reads entries and paths from the log for a proof.
type logSource struct {
	ctx  context.Context
	log  *tlog.Log
	head proof.Head
}

// Entry implements proof.Source.
func (s logSource) Entry(i register.Index) ([]byte, error) { return s.log.Entry(s.ctx, i) }

// Path implements proof.Source.
func (s logSource) Path(i register.Index) ([]letter.Hash, error) {
	return s.log.Reader().Inclusion(s.ctx, s.head, i)
}
