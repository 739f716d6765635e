// Package authenticator is a browser with an authenticator, in software, for
// tests: it makes passkeys and uses them as navigator.credentials.create() and
// get() do, for the three algorithms of package approval, and every field of what
// it makes can be bent before and after it is signed. Keys and signatures follow
// from a seed, so the same calls give the same bytes. It protects nothing.
package authenticator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// A Device is a browser showing a page of Origin, with the passkeys that were
// made on it.
type Device struct {
	// Origin is of the page that asks, as the browser sees it: a page that passes
	// on another's challenge still has its own.
	Origin string
	// Algorithms are tried in this order when a page asks for several; nil takes
	// the page's first.
	Algorithms []int
	// Defaults are the flags of new passkeys' answers: user present and verified.
	Defaults byte
	// Counting authenticators count their signatures, synchronised ones do not.
	Counting bool

	seed     string
	passkeys []*Passkey
}

// idLength is how many bytes the id of a passkey has.
const idLength = 32

// New returns a device without passkeys, whose keys will follow from seed.
func New(origin, seed string) *Device {
	return &Device{Origin: origin, seed: seed, Defaults: UserPresent | UserVerified, Counting: true}
}

// Passkeys returns what the device holds, the oldest first.
func (d *Device) Passkeys() []*Passkey { return slices.Clone(d.passkeys) }

// Make makes a passkey without a page's asking, of one of the algorithms of this
// package; it panics on another.
func (d *Device) Make(rpID string, algorithm int) *Passkey {
	return d.make(rpID, nil, algorithm)
}

func (d *Device) make(rpID string, user []byte, algorithm int) *Passkey {
	name := fmt.Sprintf("%s/%d", d.seed, len(d.passkeys))
	p := &Passkey{
		ID: draw(name+"/id", idLength), User: bytes.Clone(user), RPID: rpID, Algorithm: algorithm, Flags: d.Defaults,
		Counting: d.Counting, signer: signerFor(name, algorithm),
	}
	d.passkeys = append(d.passkeys, p)
	return p
}

// options is what of both kinds of options is looked at.
type options struct {
	Challenge string `json:"challenge"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	RPID string `json:"rpId"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Parameters []struct {
		Alg int `json:"alg"`
	} `json:"pubKeyCredParams"`
	Exclude []descriptor `json:"excludeCredentials"`
	Allow   []descriptor `json:"allowCredentials"`
}

type descriptor struct {
	ID string `json:"id"`
}

// read takes a page's options, with or without the member publicKey around them,
// and does what a browser does before it asks the authenticator.
func (d *Device) read(raw []byte) (options, []byte, error) {
	var wrapped struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	var o options
	if err := json.Unmarshal(raw, &wrapped); err != nil {
		return o, nil, fmt.Errorf("options: %w", err)
	}
	if wrapped.PublicKey != nil {
		raw = wrapped.PublicKey
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, nil, fmt.Errorf("options: %w", err)
	}
	challenge, err := base64.RawURLEncoding.DecodeString(o.Challenge)
	if err != nil || len(challenge) < 16 {
		return o, nil, fmt.Errorf("options: challenge %q: want 16 bytes or more", o.Challenge)
	}
	u, err := url.Parse(d.Origin)
	if err != nil {
		return o, nil, err
	}
	if o.RPID == "" {
		o.RPID = o.RP.ID
	}
	if o.RPID == "" {
		o.RPID = u.Hostname()
	}
	if host := u.Hostname(); host != o.RPID && !strings.HasSuffix(host, "."+o.RPID) {
		return o, nil, fmt.Errorf("SecurityError: %s may not ask for passkeys of %s", d.Origin, o.RPID)
	}
	return o, challenge, nil
}

// Create answers as navigator.credentials.create(options) does, in the JSON of
// PublicKeyCredential.toJSON(), and keeps the passkey. options are the JSON of
// PublicKeyCredentialCreationOptions.
func (d *Device) Create(optionsJSON []byte, bends ...func(*Ceremony)) ([]byte, error) {
	o, challenge, err := d.read(optionsJSON)
	if err != nil {
		return nil, err
	}
	for _, x := range o.Exclude {
		if d.find(o.RPID, x.ID) != nil {
			return nil, errors.New("InvalidStateError: the authenticator has a passkey of this account")
		}
	}
	algorithm, err := d.choose(o)
	if err != nil {
		return nil, err
	}
	user, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil || len(user) == 0 || len(user) > 64 {
		return nil, fmt.Errorf("options: user id %q: want 1 to 64 bytes", o.User.ID)
	}
	p := d.make(o.RPID, user, algorithm)
	c := p.ceremony("webauthn.create", d.Origin, challenge)
	c.Flags |= Credential
	c.Credential = slices.Concat(make([]byte, 16), []byte{0, idLength}, p.ID, p.COSE())
	a := c.run(bends)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.AuthenticatorData})
	if err != nil {
		return nil, err
	}
	answer := p.answer()
	answer["response"] = map[string]any{
		"clientDataJSON": b64(a.ClientDataJSON), "attestationObject": b64(object), "authenticatorData": b64(a.AuthenticatorData),
		"transports": []string{"internal"}, "publicKeyAlgorithm": algorithm, "publicKey": b64(p.spki()),
	}
	return c.finish(answer)
}

func (d *Device) choose(o options) (int, error) {
	asked := make([]int, len(o.Parameters))
	for i, x := range o.Parameters {
		asked[i] = x.Alg
	}
	if len(asked) == 0 {
		asked = []int{ES256, RS256} // what browsers take it for
	}
	wanted := d.Algorithms
	if wanted == nil {
		wanted = asked
	}
	for _, a := range wanted {
		if slices.Contains(asked, a) && (a == ES256 || a == EdDSA || a == RS256) {
			return a, nil
		}
	}
	return 0, fmt.Errorf("NotSupportedError: none of the algorithms %v", asked)
}

// Get answers as navigator.credentials.get(options) does, with the newest
// passkey that the options allow. options are the JSON of
// PublicKeyCredentialRequestOptions.
func (d *Device) Get(optionsJSON []byte, bends ...func(*Ceremony)) ([]byte, error) {
	o, challenge, err := d.read(optionsJSON)
	if err != nil {
		return nil, err
	}
	ids := []string{""}
	if len(o.Allow) > 0 {
		ids = nil
		for _, x := range o.Allow {
			ids = append(ids, x.ID)
		}
	}
	for _, id := range ids {
		if p := d.find(o.RPID, id); p != nil {
			return p.get(d.Origin, challenge, bends)
		}
	}
	return nil, fmt.Errorf("NotAllowedError: no passkey of %s is here", o.RPID)
}

// find returns the newest passkey of a relying party, with an id if one is given.
func (d *Device) find(rpID, id string) *Passkey {
	for _, p := range slices.Backward(d.passkeys) {
		if p.RPID == rpID && (id == "" || b64(p.ID) == strings.TrimRight(id, "=")) {
			return p
		}
	}
	return nil
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
