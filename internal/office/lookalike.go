package office

import (
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/skeleton"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// tellable refuses an office that could be taken for one that is enrolled, or
// whose names or domain mix scripts (attack A11 of the design). There is no way
// around it but another name: readers go by names, whatever the operator knows.
func (t *turn) tellable(n NewOffice) error {
	fresh := skeleton.Identity{ID: n.ID, Domain: n.Domain, Names: named(n.Name)}
	if err := skeleton.Domain(n.Domain); err != nil {
		return kind.Invalid.Errorf("enrolling %s: %w", n.ID, err)
	}
	for _, name := range fresh.Names {
		if err := skeleton.Name(name); err != nil {
			return kind.Invalid.Errorf("enrolling %s: %w", n.ID, err)
		}
	}
	offices, err := t.Offices()
	if err != nil {
		return err
	}
	var earlier []skeleton.Identity
	for _, o := range offices {
		if o.ID == n.ID {
			continue // said elsewhere, and more plainly
		}
		i, err := t.identity(o)
		if err != nil {
			return err
		}
		earlier = append(earlier, i)
	}
	if c, clash := skeleton.Compare(fresh, earlier); clash {
		return kind.Conflict.Errorf("enrolling %s: %w; readers would mix them up: choose a name that says which office it is", n.ID, c)
	}
	return nil
}

// identity is by what an enrolled office is known.
func (t *turn) identity(o store.Office) (skeleton.Identity, error) {
	i, found, err := t.IntentNamed(enrolName(o.ID))
	if err != nil || !found {
		return skeleton.Identity{ID: o.ID, Domain: o.Domain}, err
	}
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return skeleton.Identity{}, fmt.Errorf("the enrolment of %s: %w", o.ID, err)
	}
	add, _ := body.(register.KeyAdd)
	return skeleton.Identity{ID: o.ID, Domain: o.Domain, Names: named(add.Name)}, nil
}

func named(w register.Words) map[string]string {
	out := map[string]string{}
	for l, name := range w {
		out[string(l)] = name
	}
	return out
}
