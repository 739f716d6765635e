package staff_test

import (
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
)

// FuzzAnswers gives foreign bytes where a browser's answer is expected. None is
// taken, none breaks the program, and what is said is one of four things.
func FuzzAnswers(f *testing.F) {
	r := newRoom(f)
	legal := r.join("harbour", "legal")
	secret := r.invite("harbour", "clerk")
	options, err := r.BeginRegister(f.Context(), secret)
	r.check(err)
	created, err := deviceOf("clerk").Create(options)
	r.check(err)
	f.Add(created)
	f.Add(r.answer(legal.device))
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}`))
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`))
	r.Clock.Step(staff.ChallengeFor + staff.FreshFor) // so that the seeds are good for nothing
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, err := range map[string]error{
			"login":    second(r.FinishLogin(t.Context(), staff.Caller{}, body)),
			"prove":    second(r.FinishProve(t.Context(), legal.session, staff.Caller{}, body)),
			"join":     second(r.FinishRegister(t.Context(), secret, "", staff.Caller{}, body)),
			"add":      first(r.FinishAddPasskey(t.Context(), legal.session, "", body)),
			"key":      first(r.FinishApprovalKey(t.Context(), legal.session, "", body)),
			"evidence": first(r.Evidence(t.Context(), legal.session, statement, []string{"x"}, body)),
		} {
			if k := kind.Of(err); k != kind.Invalid && k != kind.Conflict && k != kind.Forbidden && k != kind.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func first[T any](_ T, err error) error          { return err }
func second[T, U any](_ T, _ U, err error) error { return err }
