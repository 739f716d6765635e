package notify

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
)

// TestSignatureOfTheSpecification (MUST-3) is the example of Standard Webhooks.
func TestSignatureOfTheSpecification(t *testing.T) {
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := signShared(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestMessagesAreSigned checks what arrives under both schemes, by hand.
func TestMessagesAreSigned(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	shared, public := newReceiver(t), newReceiver(t)
	_, secret, err := n.Subscribe(t.Context(), "harbour", "clerk", Subscription{URL: shared.URL})
	if err != nil || !strings.HasPrefix(secret, "whsec_") {
		t.Fatal(secret, err)
	}
	_, none, err := n.Subscribe(t.Context(), "harbour", "clerk", Subscription{URL: public.URL, Scheme: Public})
	if err != nil || none != "" {
		t.Fatal(none, err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A letter.\n"), office.Terms{})
	settle(t, n)
	message := func(r *receiver) ([]byte, string) {
		g := r.all()[0]
		version, sig, _ := strings.Cut(g.header.Get("Webhook-Signature"), ",")
		raw, err := base64.StdEncoding.DecodeString(sig)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte(g.header.Get("Webhook-Id")+"."+g.header.Get("Webhook-Timestamp")+"."+g.body), raw...), version
	}
	m, version := message(shared)
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write(m[:len(m)-sha256.Size])
	if version != "v1" || !hmac.Equal(mac.Sum(nil), m[len(m)-sha256.Size:]) {
		t.Errorf("the signature of %s does not hold", version)
	}
	text, err := opened(t, h, Options{}).PublicKey() // another process reads the same key
	if err != nil {
		t.Fatal(err)
	}
	pub, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whpk_"))
	if err != nil {
		t.Fatal(err)
	}
	m, version = message(public)
	if version != "v1a" || !ed25519.Verify(pub, m[:len(m)-ed25519.SignatureSize], m[len(m)-ed25519.SignatureSize:]) {
		t.Errorf("the signature of %s does not hold", version)
	}
}
