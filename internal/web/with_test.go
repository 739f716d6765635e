package web_test

import (
	"strings"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// TestWithWhatTheyApproved: pages tell a passkey, and where it was used, from an
// SSH key: of an approval, and in the policy.
func TestWithWhatTheyApproved(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for path, want := range map[string][2]string{
		"/log/8": {"SSH key", "passkey at "}, "/l/lights/LA-2026-001": {"SSH key", "passkey at "}, "/log/2": {"SSH key", "passkey at "},
		"/ar/log/8": {"مفتاح SSH", "مفتاح مرور على "}, "/ar/log/2": {"مفتاح SSH", "مفتاح مرور على "},
	} {
		text := body(t, get(t, h, path))
		for _, w := range []string{want[0], want[1] + `<bdi dir="ltr">` + webtest.Desk + `</bdi>`} {
			if !strings.Contains(text, w) {
				t.Errorf("%s: it does not say %q", path, w)
			}
		}
	}
}
