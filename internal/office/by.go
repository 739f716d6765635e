package office

import (
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// The roles of the desk that no policy gives: what these people may do is inside
// the house, and nothing of it is signed.
const (
	RoleTranslator = "translator" // edits the texts in their own languages
	RoleClearer    = "clearer"    // answers what they are asked
)

// By is who acts, where people may act whom the office's policy does not name.
// Whoever calls has proved who it is.
type By struct {
	ID    string        // of the officer, or of the person at the desk
	Roles []string      // of the desk; those of the policy are read from the policy
	Langs []letter.Lang // that a translator may edit
}

// Officer is somebody who acts by the roles of the policy alone.
func Officer(id string) By { return By{ID: id} }

// holds reports whether the desk gives a role.
func (b By) holds(role string) bool { return slices.Contains(b.Roles, role) }

// mayAs is may for people who may have the role from the desk instead.
func (t *turn) mayAs(o store.Office, b By, what, desk string, roles ...register.Role) error {
	if b.ID == "" {
		return kind.Invalid.Errorf("%s: say who does it", what)
	}
	if b.holds(desk) {
		return nil
	}
	_, err := t.may(o, b.ID, what, roles...)
	return err
}
