package staff

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A ceremony is one call of navigator.credentials: what it is for, and what it is
// bound to (the hash of an invitation or a session; nothing when somebody signs
// in).
type ceremony struct {
	use   string
	bound []byte
}

// The uses of a ceremony.
const (
	useJoin     = "join"
	useLogin    = "login"
	useProve    = "prove"
	useAdd      = "add"
	useApproval = "approval key"
)

// MaxBody is how long what a browser gives back may be, in bytes.
const MaxBody = 64 << 10

// newRelyingParty is strict: user verification always, no other origin, no frames
// of other sites. Outputs of extensions that nobody asked for are ignored, since
// password managers add some, and nothing here reads any.
func newRelyingParty(origin, id, name string) (*webauthn.WebAuthn, error) {
	rp, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: name, RPOrigins: []string{origin},
		AttestationPreference:             protocol.PreferNoAttestation,
		AuthenticatorSelection:            discoverable,
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
		Timeouts: webauthn.TimeoutsConfig{ // told to the browser; held by the challenge
			Login:        webauthn.TimeoutConfig{Timeout: ChallengeFor},
			Registration: webauthn.TimeoutConfig{Timeout: ChallengeFor},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing for passkeys: %w", err)
	}
	return rp, nil
}

var yes, no = true, false

// discoverable is what a passkey to sign in must be: it is found without a name
// being typed.
var discoverable = protocol.AuthenticatorSelection{
	ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &yes, UserVerification: protocol.VerificationRequired,
}

// hidden is what a passkey to approve should be: not offered when somebody signs
// in.
var hidden = protocol.AuthenticatorSelection{
	ResidentKey: protocol.ResidentKeyRequirementDiscouraged, RequireResidentKey: &no, UserVerification: protocol.VerificationRequired,
}

// algorithms are those of keys that package approval takes too.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// party returns what answers for the desk's address.
func (s *Staff) party() (*webauthn.WebAuthn, error) {
	if s.rp == nil {
		return nil, kind.Unavailable.Errorf("nobody can sign in here: the desk's address was not said")
	}
	return s.rp, nil
}

// Of a challenge: when it ends, what makes it one of a kind, and a MAC by which
// the desk knows its own. So making one keeps nothing, and nobody can fill the
// database by asking for many.
const (
	challengeTime   = 8
	challengeRandom = 24
	challengeLen    = challengeTime + challengeRandom + sha256.Size
)

// newChallenge makes a challenge for a ceremony.
func (s *Staff) newChallenge(c ceremony) ([]byte, error) {
	random, err := s.draw(challengeRandom)
	if err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint64(nil, uint64(s.Now().Add(ChallengeFor).Unix())) //nolint:gosec // after 1970
	head = append(head, random...)
	return append(head, s.challengeMAC(c, head)...), nil
}

func (s *Staff) challengeMAC(c ceremony, head []byte) []byte {
	m := hmac.New(sha256.New, s.challenge)
	for _, part := range [][]byte{[]byte(forChallenge), []byte(c.use), c.bound, head} {
		m.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))) //nolint:gosec // a few bytes
		m.Write(part)
	}
	return m.Sum(nil)
}

// errTooLate says that a challenge is over, used or another ceremony's.
func errTooLate() error {
	return kind.Conflict.Errorf("this took too long, or was done already; start again")
}

// known reads the challenge that a browser says it answered, and refuses one that
// is not of this ceremony or whose time is over. It does not look whether it was
// answered before: spend does.
func (s *Staff) known(c ceremony, said string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(said)
	if err != nil || len(b) != challengeLen {
		return nil, errTooLate()
	}
	head, mac := b[:challengeTime+challengeRandom], b[challengeTime+challengeRandom:]
	if !hmac.Equal(mac, s.challengeMAC(c, head)) || s.Now().After(challengeEnd(b)) {
		return nil, errTooLate()
	}
	return b, nil
}

func challengeEnd(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC() //nolint:gosec // our own, by its MAC
}

// spend marks a challenge as answered, in the transaction that grants what it was
// for.
func (t *turn) spend(challenge []byte) error {
	first, err := t.SpendChallenge(hashOf(forChallenge, string(challenge)), challengeEnd(challenge), t.now)
	if err == nil && !first {
		return errTooLate()
	}
	return err
}

// A user is a person as WebAuthn sees one, with passkeys for one purpose.
type user struct {
	handle      []byte
	name, label string
	keys        []store.Passkey
}

func (u user) WebAuthnID() []byte          { return u.handle }
func (u user) WebAuthnName() string        { return u.name }
func (u user) WebAuthnDisplayName() string { return u.label }

func (u user) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(u.keys))
	for i, k := range u.keys {
		out[i] = webauthn.Credential{
			ID: k.Credential, PublicKey: k.PublicKey, Transport: transports(k),
			Flags:         webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(k.Flags)),
			Authenticator: webauthn.Authenticator{SignCount: k.Counter},
		}
	}
	return out
}

func transports(k store.Passkey) []protocol.AuthenticatorTransport {
	out := make([]protocol.AuthenticatorTransport, len(k.Transports))
	for i, t := range k.Transports {
		out[i] = protocol.AuthenticatorTransport(t)
	}
	return out
}

// loginUser is a person with the passkeys to sign in.
func loginUser(t *store.Tx, p store.Person) (user, error) {
	keys, err := t.Passkeys(p.Office, p.ID, store.PasskeyLogin)
	return user{p.Handle, p.ID + " (" + p.Office + ")", p.Name, keys}, err
}

// approvalUser is a person with the passkeys to approve. The name tells both apart
// in an authenticator's list.
func approvalUser(t *store.Tx, p store.Person) (user, error) {
	keys, err := t.Passkeys(p.Office, p.ID, store.PasskeyApproval)
	return user{p.ApprovalHandle, p.ID + " (" + p.Office + ", approvals)", p.Name + " - approvals", keys}, err
}

// creation makes the options of navigator.credentials.create() for a new passkey.
func (s *Staff) creation(c ceremony, u user, exclude bool, want protocol.AuthenticatorSelection) (json.RawMessage, error) {
	rp, err := s.party()
	if err != nil {
		return nil, err
	}
	challenge, err := s.newChallenge(c)
	if err != nil {
		return nil, err
	}
	opts := []webauthn.RegistrationOption{
		webauthn.WithAuthenticatorSelection(want),
		webauthn.WithCredentialParameters(algorithms),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = challenge; return nil },
	}
	if exclude {
		opts = append(opts, webauthn.WithExclusions(webauthn.Credentials(u.WebAuthnCredentials()).CredentialDescriptors()))
	}
	o, _, err := rp.BeginRegistration(u, opts...)
	if err != nil {
		return nil, fmt.Errorf("preparing a new passkey: %w", err)
	}
	return encodeOptions(o)
}

// request makes the options of navigator.credentials.get(). Without a user any
// passkey of the desk may answer.
func (s *Staff) request(c ceremony, u *user) (json.RawMessage, error) {
	challenge, err := s.newChallenge(c)
	if err != nil {
		return nil, err
	}
	return s.requestFor(challenge, u)
}

func (s *Staff) requestFor(challenge []byte, u *user) (json.RawMessage, error) {
	rp, err := s.party()
	if err != nil {
		return nil, err
	}
	opts := []webauthn.LoginOption{
		webauthn.WithUserVerification(protocol.VerificationRequired),
		func(o *protocol.PublicKeyCredentialRequestOptions) error { o.Challenge = challenge; return nil },
	}
	var o *protocol.CredentialAssertion
	if u == nil {
		o, _, err = rp.BeginDiscoverableLogin(opts...)
	} else {
		o, _, err = rp.BeginLogin(*u, opts...)
	}
	if err != nil {
		return nil, fmt.Errorf("preparing a passkey's use: %w", err)
	}
	return encodeOptions(o)
}

func encodeOptions(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing options for a browser: %w", err)
	}
	return b, nil
}

// errUnread says that what came is not what a browser gives back.
func errUnread() error {
	return kind.Invalid.Errorf("what the browser gave back cannot be read; start again, with another browser perhaps")
}

// errRefused is what all who could not prove who they are get. Why not is in the
// journal, when it is known whom it is about.
func errRefused() error {
	return kind.Forbidden.Errorf("this passkey does not open this desk")
}

// readCreated reads what navigator.credentials.create() gave back, with a
// challenge of the ceremony, for a passkey that its owner calls name.
func (s *Staff) readCreated(c ceremony, name string, body []byte) (made, error) {
	if _, err := s.party(); err != nil {
		return made{}, err
	}
	name, err := keyName(name)
	if err != nil {
		return made{}, err
	}
	if len(body) > MaxBody {
		return made{}, errUnread()
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return made{}, errUnread()
	}
	challenge, err := s.known(c, parsed.Response.CollectedClientData.Challenge)
	return made{parsed: parsed, challenge: challenge, name: name}, err
}

// readAnswer reads what navigator.credentials.get() gave back, likewise.
func (s *Staff) readAnswer(c ceremony, body []byte) (*protocol.ParsedCredentialAssertionData, []byte, error) {
	if _, err := s.party(); err != nil {
		return nil, nil, err
	}
	if len(body) > MaxBody {
		return nil, nil, errUnread()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return nil, nil, errUnread()
	}
	challenge, err := s.known(c, parsed.Response.CollectedClientData.Challenge)
	return parsed, challenge, err
}

// A made is what a browser gave back of a new passkey.
type made struct {
	parsed    *protocol.ParsedCredentialCreationData
	challenge []byte
	name      string                       // what its owner calls it
	line      func([]byte) (string, error) // makes the policy's line of the public key; nil for signing in
}

// create verifies a new passkey and adds it to a person's.
func (s *Staff) create(t *turn, u user, p store.Person, m made) (store.Passkey, error) {
	key, err := s.rp.CreateCredential(u, webauthn.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(m.challenge), RelyingPartyID: s.rp.Config.RPID, UserID: u.handle,
		UserVerification: protocol.VerificationRequired, CredParams: algorithms,
	}, m.parsed)
	if err != nil {
		return store.Passkey{}, refusal{reason(err)}
	}
	if len(key.ID) > maxCredential {
		return store.Passkey{}, errUnread()
	}
	k := store.Passkey{
		Office: p.Office, Person: p.ID, Purpose: store.PasskeyLogin, Credential: key.ID, PublicKey: key.PublicKey, Name: m.name,
		Flags: uint8(key.Flags.ProtocolValue()), Counter: key.Authenticator.SignCount, Made: t.now,
	}
	for _, transport := range key.Transport {
		if len(k.Transports) < 8 && len(transport) <= 32 {
			k.Transports = append(k.Transports, string(transport))
		}
	}
	if m.line != nil {
		k.Purpose = store.PasskeyApproval
		if k.Line, err = m.line(key.PublicKey); err != nil {
			return store.Passkey{}, err
		}
	}
	return k, errors.Join(t.spend(m.challenge), t.AddPasskey(&k))
}

// maxCredential is how long a credential's id may be (WebAuthn section 4).
const maxCredential = 1023

// prove verifies that a passkey of the user answered the challenge. A counter that
// went back is an alarm and no refusal: authenticators that are shared between
// devices count as they like.
func (s *Staff) prove(t *turn, u user, allowed [][]byte, parsed *protocol.ParsedCredentialAssertionData, challenge []byte) (store.Passkey, error) {
	data := webauthn.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(challenge), RelyingPartyID: s.rp.Config.RPID,
		UserVerification: protocol.VerificationRequired, AllowedCredentialIDs: allowed,
	}
	var used *webauthn.Credential
	var err error
	if allowed == nil {
		_, used, err = s.rp.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return u, nil }, data, parsed)
	} else {
		data.UserID = u.handle
		used, err = s.rp.ValidateLogin(u, data, parsed)
	}
	if err != nil {
		return store.Passkey{}, refusal{reason(err)}
	}
	for _, k := range u.keys {
		if !hmac.Equal(k.Credential, used.ID) {
			continue
		}
		if used.Authenticator.CloneWarning {
			if err := t.alarm(k.Person, k.Person, CounterWentBack, "passkey %q counted %d, after %d: it may have been copied",
				k.Name, parsed.Response.AuthenticatorData.Counter, k.Counter); err != nil {
				return k, err
			}
		}
		flags, counter := uint8(used.Flags.ProtocolValue()), used.Authenticator.SignCount
		return k, errors.Join(t.spend(challenge), t.UsePasskey(k.ID, flags, counter, t.now))
	}
	return store.Passkey{}, refusal{"the credential is none of the person's"}
}

// A refusal is why somebody could not prove who they are, for the journal; to
// them it says no more than errRefused.
type refusal struct{ why string }

func (r refusal) Error() string { return errRefused().Error() }
func (r refusal) Unwrap() error { return errRefused() }

// reason is what the library found wrong.
func reason(err error) string {
	var e *protocol.Error
	if errors.As(err, &e) {
		return clip(e.Details+"; "+e.DevInfo, 300)
	}
	return clip(err.Error(), 300)
}
