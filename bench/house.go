package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"

	"chancery.example/internal/office"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// A house is a register with one office whose officers' keys are at hand.
type house struct {
	*office.Register
	signers []office.Signer
	press   signing.OfficerKey
}

var roles = map[string]register.Role{
	"drafter": register.RoleDrafter, "first": register.RoleApprover, "second": register.RoleApprover,
	"third": register.RoleApprover, "clerk": register.RoleClerk, "press": register.RolePress,
}

// newHouse makes a register where a letter takes three approvals.
func newHouse(ctx context.Context, dir string) (*house, error) {
	r, err := office.Init(ctx, filepath.Join(dir, "register"), office.NewRegister{
		Origin: "letters.bench.example/main", Operator: "https://bench.example", Name: register.Words{"en": "Bench"},
	}, office.Options{})
	if err != nil {
		return nil, err
	}
	h := &house{Register: r}
	n := office.NewOffice{ID: "bench", Office: "https://bench.example", Domain: "bench.example", Name: register.Words{"en": "Bench"}}
	for id, role := range roles {
		k, err := signing.NewOfficerKey(rand.Reader, id)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		n.Policy.Officers = append(n.Policy.Officers, register.Officer{
			ID: id, Person: id, Name: id, Roles: []register.Role{role}, Keys: []string{k.Public().Line()},
		})
		if role == register.RolePress {
			h.press = k
		}
		if role == register.RoleApprover {
			h.signers = append(h.signers, office.Signer{Officer: id, Key: k})
		}
	}
	n.Policy = office.Policy(n.Policy.Officers, n.Policy.Speakers, 3, 1)
	if _, err := r.Enrol(ctx, n); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return h, nil
}

// approved takes a letter to the point where only the clerk's act is missing.
func (h *house) approved(ctx context.Context, ref letter.Ref) (int64, error) {
	text, err := letter.Canonicalize(fmt.Appendf(nil, "Harbour Commission\n%s\n\nSir,\n\n%s\n\nThe Commissioner\n", ref, body))
	if err != nil {
		return 0, fmt.Errorf("writing %s: %w", ref, err)
	}
	q, err := h.SubmitFinished(ctx, "bench", "drafter", letter.Content{
		Reference: ref, Type: letter.TypeLetter, Texts: []letter.LangText{{Lang: "en", Text: text}}, Addressees: []string{"The Master"},
	}, office.Terms{})
	if err != nil {
		return 0, err
	}
	for _, s := range h.signers {
		sig, err := s.Key.Approve(q.Statement)
		if err != nil {
			return 0, err
		}
		if _, err := h.Approve(ctx, q.ID, s.Officer, sig); err != nil {
			return 0, err
		}
	}
	return q.ID, nil
}

const body = `the South Lock opens at 05:30 and closes at 21:00 on every working day. Vessels that arrive later wait at the outer
mole, where the pilot station keeps a light. The fee for night pilotage is 840 marks for each vessel of up to 5,000 tonnes.`
