// Package staff knows the people of an office's desk: who they are, how they sign
// in, and which programs act in their name. It never approves and signs nothing:
// an approval is a signature by a key that the office's policy names, and package
// office has the last word on every act.
//
// A person signs in with a passkey (WebAuthn) and with nothing else: there are no
// passwords. The first passkey comes from an invitation, a link that is good once
// and for 72 hours; when all are lost, two custodians vote for another link.
// Passkeys to approve are others than those to sign in, under another user handle
// and with a challenge that is the statement to sign.
//
//	s, err := staff.Open(ctx, folder, staff.Options{Origin: "https://register.example", Name: "Harbour register"})
//	options, err := s.BeginLogin(ctx)                    // to navigator.credentials.get()
//	cookie, session, err := s.FinishLogin(ctx, caller, body) // what it gave back, as JSON
//
// Of cookies, invitations and API tokens only hashes are kept. What is good once
// is used up in the transaction that grants what it is for. Every call names the
// office: what another office has answers as what nobody has.
package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// How long things last.
const (
	SessionIdle   = 12 * time.Hour       // a session that is not used
	SessionMost   = 7 * 24 * time.Hour   // any session
	FreshFor      = 10 * time.Minute     // that a person proved who they are
	InvitationFor = 72 * time.Hour       // a link to a first passkey
	RecoveryFor   = 24 * time.Hour       // a custodian's vote that waits for another's
	ChallengeFor  = 5 * time.Minute      // a ceremony in the browser
	TokenMost     = 366 * 24 * time.Hour // an API token: a year, leap or not
)

// Operator is who acts from the command line, on the register's own machine. No
// person has this name.
const Operator = "operator"

// Options of a Staff.
type Options struct {
	Clock  func() time.Time // default time.Now
	Random io.Reader        // cryptographic; default crypto/rand
	// Origin is where browsers find the desk: https://register.example, or
	// http://localhost:PORT. Its host is what passkeys are bound to, for good. Empty:
	// nobody can sign in or make a passkey, all else works.
	Origin string
	// Name is what an authenticator calls the register.
	Name string
	// Mailer sends mail to people; nil sends none.
	Mailer Mailer
}

// A Mailer sends a mail of plain text. An error says that it did not take it.
type Mailer interface {
	Mail(ctx context.Context, to, subject, text string) error
}

// A Staff is the people of a register's desks. Its methods may be used by many
// goroutines, and by several processes on one folder.
type Staff struct {
	opts      Options
	db        *store.DB
	rp        *webauthn.WebAuthn // nil without an origin
	challenge []byte             // key of challenges
	attempts  *attempts
}

// Open opens the people of the register in a folder. The register must have been
// made.
func Open(ctx context.Context, f folder.Folder, opts Options) (*Staff, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.Random == nil {
		opts.Random = rand.Reader
	}
	s := &Staff{opts: opts, attempts: newAttempts(opts.Clock)}
	if opts.Origin != "" {
		var err error
		if s.opts.Origin, s.rp, err = relyingParty(opts.Origin, opts.Name); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(f.Database()); errors.Is(err, fs.ErrNotExist) {
		return nil, kind.NotFound.Errorf("opening the desk of %s: it has no %s, so it is a copy to read and check", f.Dir, filepath.Base(f.Database()))
	}
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return nil, fmt.Errorf("opening the desk of %s: %w", f.Dir, err)
	}
	s.db = db
	if err := s.readKey(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the desk of %s: %w", f.Dir, err), db.Close())
	}
	return s, nil
}

// Close closes the database.
func (s *Staff) Close() error { return s.db.Close() } //nolint:wrapcheck // says what it closed

// Now returns the desk's time, in whole seconds.
func (s *Staff) Now() time.Time { return s.opts.Clock().UTC().Truncate(time.Second) }

// Origin is where browsers find the desk, in its one form; "" when it was not
// said.
func (s *Staff) Origin() string { return s.opts.Origin }

// JoinPath is the page that reads an invitation. The secret follows it behind
// "#", so that it never stands in a server's log nor goes to another site.
const JoinPath = "/desk/join"

// Link is the address of an invitation; the bare secret when the desk's address
// was not said.
func (s *Staff) Link(secret string) string {
	if s.opts.Origin == "" {
		return secret
	}
	return s.opts.Origin + JoinPath + "#" + secret
}

// readKey reads the key of challenges, or makes it.
func (s *Staff) readKey(ctx context.Context) error {
	fresh, err := s.draw(32)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(t *store.Tx) error {
		s.challenge, err = t.ChallengeKey(fresh)
		return err
	})
}

// draw returns n random bytes.
func (s *Staff) draw(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.opts.Random, b); err != nil {
		return nil, fmt.Errorf("drawing random bytes: %w", err)
	}
	return b, nil
}

// What a secret is for. Its hash has the use in it, so that one is never taken for
// the other.
const (
	forSession    = "chancery/v1/session"
	forInvitation = "chancery/v1/invitation"
	forToken      = "chancery/v1/token" //nolint:gosec // a tag of a hash
	forChallenge  = "chancery/v1/challenge"
)

// secret draws 256 bits and returns them in words of a cookie or a link, and
// their hash.
func (s *Staff) secret(use string) (value string, hash []byte, err error) {
	b, err := s.draw(32)
	if err != nil {
		return "", nil, err
	}
	value = base64.RawURLEncoding.EncodeToString(b)
	return value, hashOf(use, value), nil
}

// secretLen is how long a secret is in words.
const secretLen = 43

// hashOf is what is kept of a secret. Looking a hash up tells nothing of the
// secret by its time: nobody can choose hashes.
func hashOf(use, value string) []byte {
	h := sha256.Sum256([]byte(use + "\x00" + value))
	return h[:]
}

// ValidAddress refuses an address of a desk at which nobody could use a passkey.
func ValidAddress(address string) error {
	_, _, err := relyingParty(address, "Chancery")
	return err
}

// relyingParty validates an origin and makes what answers for it in WebAuthn.
func relyingParty(origin, name string) (string, *webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return "", nil, kind.Invalid.Errorf("the desk's address %.100q: %w", origin, err)
	}
	host := strings.ToLower(u.Hostname())
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	_, errIP := netip.ParseAddr(host)
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return "", nil, kind.Invalid.Errorf("the desk's address %.100q: passkeys work at an https address alone, or at http://localhost:PORT on this machine", origin)
	case host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return "", nil, kind.Invalid.Errorf("the desk's address %.100q: want no more than https://HOST or https://HOST:PORT", origin)
	case errIP == nil:
		return "", nil, kind.Invalid.Errorf("the desk's address %.100q: passkeys are bound to a name, not to a number; on this machine use http://localhost:PORT", origin)
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			return "", nil, kind.Invalid.Errorf("the desk's address %.100q: write the name as browsers send it, xn--...", origin)
		}
	}
	clean := u.Scheme + "://" + host
	if p := u.Port(); p != "" && (u.Scheme != "https" || p != "443") && (u.Scheme != "http" || p != "80") {
		clean += ":" + p
	}
	if name == "" {
		name = host
	}
	rp, err := newRelyingParty(clean, host, name)
	if err != nil {
		return "", nil, kind.Invalid.Errorf("the desk's address %.100q: %w", origin, err)
	}
	return clean, rp, nil
}
