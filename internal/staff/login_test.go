package staff_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

func TestJoinAndSignIn(t *testing.T) {
	for name, algorithm := range map[string]int{"ES256": authenticator.ES256, "EdDSA": authenticator.EdDSA, "RS256": authenticator.RS256} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			d := authenticator.New(origin, "legal")
			d.Algorithms = []int{algorithm}
			first := r.accept(r.invite("harbour", "legal"), d)
			again := r.signIn(first)
			for _, c := range []*colleague{first, again} {
				got, err := r.Staff.Session(t.Context(), c.cookie)
				r.check(err)
				if got.Person.ID != "legal" || got.Person.Office != "harbour" || !got.Fresh(r.Staff.Now()) {
					t.Errorf("signed in as %+v", got)
				}
			}
			if first.cookie == again.cookie || len(again.cookie) != 43 {
				t.Errorf("cookies %q and %q", first.cookie, again.cookie)
			}
			sessions, err := r.Sessions(t.Context(), "harbour", "legal")
			r.check(err)
			if len(sessions) != 2 || sessions[0].Agent != "another browser" || sessions[1].Agent != "a browser" {
				t.Errorf("sessions %+v", sessions)
			}
			keys, err := r.Passkeys(t.Context(), "harbour", "legal")
			r.check(err)
			if len(keys) != 1 || keys[0].Name != "first" || keys[0].Used.IsZero() {
				t.Errorf("passkeys %+v", keys)
			}
		})
	}
}

// badAnswers bend one field each of what a browser gives back; none may open a
// session.
var badAnswers = map[string]func(*authenticator.Ceremony){
	"another origin": func(c *authenticator.Ceremony) { c.Client.Origin = "https://register.example.evil.example" },
	"a subdomain":    func(c *authenticator.Ceremony) { c.Client.Origin = "https://www.register.example" },
	"http":           func(c *authenticator.Ceremony) { c.Client.Origin = "http://register.example" },
	"another port":   func(c *authenticator.Ceremony) { c.Client.Origin = "https://register.example:8443" },
	"no origin":      func(c *authenticator.Ceremony) { c.Client.Origin = "" },
	"in a frame":     func(c *authenticator.Ceremony) { c.Client.CrossOrigin = "true" },
	"in a frame of another": func(c *authenticator.Ceremony) {
		c.Client.CrossOrigin, c.Client.TopOrigin = "true", `"https://evil.example"`
	},
	"made, not used":          func(c *authenticator.Ceremony) { c.Client.Type = "webauthn.create" },
	"no type":                 func(c *authenticator.Ceremony) { c.Client.Type = "" },
	"another relying party":   func(c *authenticator.Ceremony) { c.RPIDHash = make([]byte, 32) },
	"user not verified":       func(c *authenticator.Ceremony) { c.Flags &^= authenticator.UserVerified },
	"user not present":        func(c *authenticator.Ceremony) { c.Flags &^= authenticator.UserPresent },
	"backed up, not eligible": func(c *authenticator.Ceremony) { c.Flags |= authenticator.BackedUp },
	"eligible all at once":    func(c *authenticator.Ceremony) { c.Flags |= authenticator.BackupEligible },
	"challenge of nobody": func(c *authenticator.Ceremony) {
		c.Client.Challenge = base64.RawURLEncoding.EncodeToString(make([]byte, 64))
	},
	"no challenge": func(c *authenticator.Ceremony) { c.Client.Challenge = "" },
	"challenge bent": func(c *authenticator.Ceremony) {
		b := []byte(c.Client.Challenge)
		b[20] ^= 1
		c.Client.Challenge = string(b)
	},
	"challenge with padding": func(c *authenticator.Ceremony) { c.Client.Challenge += "==" },
	"signed by another": func(c *authenticator.Ceremony) {
		c.Signer = authenticator.New(origin, "another").Make("register.example", authenticator.ES256)
	},
	"user of nobody": func(c *authenticator.Ceremony) {
		c.Passkey = &authenticator.Passkey{ID: c.Passkey.ID, User: make([]byte, 32)}
	},
	"no user": func(c *authenticator.Ceremony) { c.Passkey = &authenticator.Passkey{ID: c.Passkey.ID} },
	"passkey of nobody": func(c *authenticator.Ceremony) {
		c.Passkey = &authenticator.Passkey{ID: make([]byte, 32), User: c.Passkey.User}
	},
	"cut authenticator data": func(c *authenticator.Ceremony) {
		c.Signed = func(a *authenticator.Assertion) { a.AuthenticatorData = a.AuthenticatorData[:36] }
	},
	"more authenticator data": func(c *authenticator.Ceremony) {
		c.Signed = func(a *authenticator.Assertion) { a.AuthenticatorData = append(a.AuthenticatorData, 0) }
	},
	"no signature": func(c *authenticator.Ceremony) { c.Signed = func(a *authenticator.Assertion) { a.Signature = nil } },
	"id and raw id differ": func(c *authenticator.Ceremony) {
		c.Answer = func(m map[string]any) { m["id"] = base64.RawURLEncoding.EncodeToString(make([]byte, 32)) }
	},
	"another type": func(c *authenticator.Ceremony) { c.Answer = func(m map[string]any) { m["type"] = "password" } },
	"no response":  func(c *authenticator.Ceremony) { c.Answer = func(m map[string]any) { delete(m, "response") } },
}

func TestBentAnswersAreRefused(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal", staff.Admin)
	r.join("harbour", "clerk")
	for name, bend := range badAnswers {
		cookie, _, err := r.FinishLogin(t.Context(), staff.Caller{}, r.answer(legal.device, bend))
		if k := kind.Of(err); cookie != "" || k != kind.Forbidden && k != kind.Invalid && k != kind.Conflict {
			t.Errorf("signing in, %s: %v", name, err)
		}
		options, err := r.BeginProve(t.Context(), legal.session)
		r.check(err)
		if name == "no user" {
			continue // whose passkeys count is known then
		}
		body, err := legal.device.Get(options, bend)
		r.check(err)
		cookie, _, err = r.FinishProve(t.Context(), legal.session, staff.Caller{}, body)
		if k := kind.Of(err); cookie != "" || k != kind.Forbidden && k != kind.Invalid && k != kind.Conflict {
			t.Errorf("proving, %s: %v", name, err)
		}
	}
	if got, err := r.Sessions(t.Context(), "harbour", "legal"); err != nil || len(got) != 1 {
		t.Errorf("%d sessions, %v; want the first alone", len(got), err)
	}
	if r.alarms("harbour", staff.SignInRefused) == 0 {
		t.Error("the journal does not say that somebody was refused")
	}
	if !r.signedIn(r.signIn(legal).cookie) {
		t.Error("an answer that is not bent is refused too")
	}
}

// Every bit of what was signed, and of the signature, counts.
func TestEveryByteIsSigned(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	sizes := map[string]int{}
	r.answer(legal.device, func(c *authenticator.Ceremony) {
		c.Signed = func(a *authenticator.Assertion) {
			sizes["authenticator"], sizes["client"], sizes["signature"] = len(a.AuthenticatorData), len(a.ClientDataJSON), len(a.Signature)
		}
	})
	for part, n := range sizes {
		for i := range n {
			_, _, err := r.FinishLogin(t.Context(), staff.Caller{}, r.answer(legal.device, func(c *authenticator.Ceremony) {
				c.Signed = func(a *authenticator.Assertion) {
					b := map[string][]byte{"authenticator": a.AuthenticatorData, "client": a.ClientDataJSON, "signature": a.Signature}[part]
					if i < len(b) { // signatures differ in length
						b[i] ^= 1 << (i % 8)
					} else {
						b[0] ^= 1
					}
				}
			}))
			if k := kind.Of(err); k != kind.Forbidden && k != kind.Invalid && k != kind.Conflict {
				t.Fatalf("byte %d of %s bent: %v", i, part, err)
			}
		}
	}
}

func TestAnswersAreGoodOnce(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	body := r.answer(legal.device)
	_, _, err := r.FinishLogin(t.Context(), staff.Caller{}, body)
	r.check(err)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, body)
	r.want(err, kind.Conflict, "an answer again")
	_, _, err = r.open(staff.Options{Clock: r.Clock.Now, Origin: origin}).FinishLogin(t.Context(), staff.Caller{}, body)
	r.want(err, kind.Conflict, "an answer again, in another process")

	late := r.answer(legal.device)
	r.Clock.Step(staff.ChallengeFor + time.Second)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, late)
	r.want(err, kind.Conflict, "a late answer")
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, body)
	r.want(err, kind.Conflict, "an answer again, late")

	just := r.answer(legal.device)
	r.Clock.Step(staff.ChallengeFor)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, just)
	r.check(err)
}

// One answer given many times at once opens one session.
func TestAnswersRace(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	body := r.answer(legal.device)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, _, errs[i] = r.FinishLogin(t.Context(), staff.Caller{}, body) })
	}
	all.Wait()
	good := 0
	for _, err := range errs {
		if err == nil {
			good++
		} else {
			r.want(err, kind.Conflict, "the same answer")
		}
	}
	if good != 1 {
		t.Errorf("%d sessions for one answer", good)
	}
}

// A challenge is for one use and one session alone.
func TestChallengesAreBound(t *testing.T) {
	r := newRoom(t)
	legal, clerk := r.join("harbour", "legal"), r.join("pilots", "clerk")
	options, err := r.BeginProve(t.Context(), legal.session)
	r.check(err)
	body, err := legal.device.Get(options)
	r.check(err)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, body)
	r.want(err, kind.Conflict, "signing in with an answer to prove")
	_, _, err = r.FinishProve(t.Context(), clerk.session, staff.Caller{}, body)
	r.want(err, kind.Conflict, "another's answer")
	_, _, err = r.FinishProve(t.Context(), legal.session, staff.Caller{}, r.answer(legal.device))
	r.want(err, kind.Conflict, "proving with an answer to sign in")

	// The right challenge, answered by somebody else's passkey.
	body, err = clerk.device.Get(tamper(t, options, func(m map[string]any) {
		m["publicKey"].(map[string]any)["allowCredentials"] = nil
	}))
	r.check(err)
	_, _, err = r.FinishProve(t.Context(), legal.session, staff.Caller{}, body)
	r.want(err, kind.Forbidden, "another's passkey")

	// A passkey to approve opens no session.
	r.prove(legal)
	options, err = r.BeginApprovalKey(t.Context(), legal.session)
	r.check(err)
	body, err = legal.device.Create(options)
	r.check(err)
	_, err = r.FinishApprovalKey(t.Context(), legal.session, "approvals", body)
	r.check(err)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, r.answer(legal.device)) // the newest passkey answers
	r.want(err, kind.Forbidden, "a passkey to approve")
	if !strings.Contains(err.Error(), "take the one to sign in") {
		t.Errorf("who took the passkey to approve is told: %v", err)
	}
}

func TestCounterThatGoesBack(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	for range 3 {
		r.signIn(legal)
	}
	if n := r.alarms("harbour", staff.CounterWentBack); n != 0 {
		t.Fatalf("%d alarms for a counter that counts", n)
	}
	legal.device.Passkeys()[0].Counter = 1
	r.signIn(legal)
	if n := r.alarms("harbour", staff.CounterWentBack); n != 1 {
		t.Errorf("%d alarms for a counter that went back", n)
	}
	legal.device.Passkeys()[0].Counter = 10
	r.signIn(legal)
	if n := r.alarms("harbour", staff.CounterWentBack); n != 1 {
		t.Errorf("%d alarms after it went on", n)
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	who := staff.Caller{Client: "192.0.2.7"}
	for i := range 20 {
		if _, _, err := r.FinishLogin(t.Context(), who, []byte("{}")); kind.Of(err) != kind.Invalid {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	_, _, err := r.FinishLogin(t.Context(), who, r.answer(legal.device))
	r.want(err, kind.Unavailable, "one attempt too many")
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{Client: "192.0.2.8"}, r.answer(legal.device))
	r.check(err)
	r.Clock.Step(6 * time.Second)
	_, _, err = r.FinishLogin(t.Context(), who, r.answer(legal.device))
	r.check(err)
	_, _, err = r.FinishLogin(t.Context(), who, r.answer(legal.device))
	r.want(err, kind.Unavailable, "one more")
	// Many clients do not fill the memory: those who find no room share one limit,
	// and a pause later all is as before.
	shared := 0
	for i := range 17_000 {
		if _, _, err := r.FinishLogin(t.Context(), staff.Caller{Client: fmt.Sprint("client ", i)}, nil); kind.Of(err) == kind.Unavailable {
			shared++
		}
	}
	if shared == 0 {
		t.Error("17,000 clients are remembered one by one")
	}
	r.Clock.Step(6 * time.Second)
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{Client: "client 16999"}, r.answer(legal.device))
	r.check(err)
}

func TestWithoutAnAddress(t *testing.T) {
	r := newRoom(t)
	s := r.open(staff.Options{Clock: r.Clock.Now})
	_, err := s.BeginLogin(t.Context())
	r.want(err, kind.Unavailable, "signing in at no address")
	_, _, err = s.FinishLogin(t.Context(), staff.Caller{}, []byte("{}"))
	r.want(err, kind.Unavailable, "signing in at no address")
	i, err := s.Invite(t.Context(), "harbour", "legal", staff.Details{Name: "L"}, nil, staff.Operator)
	r.check(err)
	if len(i.Link) != 43 {
		t.Errorf("link %q: want the bare secret", i.Link)
	}
	for _, bad := range []string{
		"register.example", "http://register.example", "https://register.example/desk", "https://", "https://u@register.example", "https://192.0.2.1",
		"http://127.0.0.1:8080", "https://[::1]", "https://register.example?x", "https://register.example#x", "https://rägister.example", "ftp://localhost",
		"https://register.example:x", "javascript:alert(1)",
	} {
		if s, err := staff.Open(t.Context(), r.Folder(), staff.Options{Origin: bad}); kind.Of(err) != kind.Invalid {
			t.Errorf("address %q: %v", bad, err)
			if err == nil {
				_ = s.Close()
			}
		}
	}
	for given, want := range map[string]string{
		"HTTPS://Register.Example/": origin, "https://register.example:443": origin, "http://localhost:8080": "http://localhost:8080",
		"http://localhost:80": "http://localhost", "https://register.example:8443": "https://register.example:8443",
	} {
		if got := r.open(staff.Options{Origin: given}).Origin(); got != want {
			t.Errorf("address %q became %q, want %q", given, got, want)
		}
	}
}
