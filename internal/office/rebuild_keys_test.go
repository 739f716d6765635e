package office_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// keyed is a register with what belongs to no letter: index-heads between the
// acts, a key that was turned, one that was revoked from a position on, keys of
// roles.
func keyed(t *testing.T) *officetest.House {
	t.Helper()
	h, ctx := officetest.New(t), t.Context()
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", "Letter A.\n"), office.Terms{})
	logged(t, h.Register, h.Clock)
	turned, err := h.RotateKey(ctx, "harbour", "clerk")
	if err != nil {
		t.Fatal(err)
	}
	at := turned.Receipt.Index
	h.IssueLetter(t, "harbour", officetest.Content(t, "B", "Letter B.\n"), office.Terms{})
	logged(t, h.Register, h.Clock)
	q, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", turned.Old, &at, because)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", both(h)...); err != nil {
		t.Fatal(err)
	}
	made, _, err := h.AddRoleKey(ctx, register.KeyReceipt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.RevokeRoleKey(ctx, made.Thumbprint, nil, because); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "C", "Letter C.\n"), office.Terms{})
	if !logged(t, h.Register, h.Clock) {
		t.Fatal("no index head at the end")
	}
	return h
}

// TestRebuildKeysAndHeads: a database that is lost after keys were turned and
// revoked and index-heads logged comes back with every act under the name it had,
// so that none of them is done twice, and signs with the key that is valid.
func TestRebuildKeysAndHeads(t *testing.T) {
	h := keyed(t)
	heads, revoked := 0, 0
	before := intents(t, h.Dir)
	for _, i := range before {
		switch i.Kind {
		case register.KindIndexHead:
			heads++
		case register.KindKeyRevoke:
			revoked++
		default:
		}
	}
	if heads < 3 || revoked < 2 {
		t.Fatalf("%d index heads, %d revocations: nothing is tested", heads, revoked)
	}
	was, keys := public(t, h.Dir), keysOf(t, h)
	if res := rebuilt(t, h); !res.Fresh || res.Added != len(before) {
		t.Errorf("rebuilt %+v of %d acts", res, len(before))
	}
	if diff := cmp.Diff(before, intents(t, h.Dir)); diff != "" {
		t.Errorf("the acts in the database (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(was, public(t, h.Dir)); diff != "" {
		t.Errorf("the public register changed:\n%s", diff)
	}
	if diff := cmp.Diff(keys, keysOf(t, h)); diff != "" {
		t.Errorf("the keys (-before +after):\n%s", diff)
	}
	if logged(t, h.Register, h.Clock) {
		t.Error("nothing changed, and an index head was logged")
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "D", "Letter D.\n"), office.Terms{})
	if !logged(t, h.Register, h.Clock) {
		t.Error("no index head after a rebuild")
	}
	s := fold(t, h)
	for _, ref := range []letter.Ref{"A", "B", "C", "D"} {
		if st := statusOf(t, s, ref, "Letter "+string(ref)+".\n"); st.Standing != register.InForce || len(st.LaterRevoked) > 0 {
			t.Errorf("%s: %s, marked %v", ref, st.Standing, st.LaterRevoked)
		}
	}
	for _, p := range s.Problems() {
		t.Error(p)
	}
	holdsMap(t, h)
}

func keysOf(t *testing.T, h *officetest.House) []office.KeyState {
	t.Helper()
	keys, err := h.Register.Keys(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
