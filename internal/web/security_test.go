package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// Whom to tell about a hole stands where RFC 9116 looks for it, with a date up to which
// it may be believed; where nobody is named there is no such file.
func TestSecurityText(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{Security: web.Security{Contacts: []string{"mailto:security@register.example", "https://register.example/security"}, URL: "https://register.example/"}})
	res := get(t, h, "/.well-known/security.txt")
	text := body(t, res)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	fields := map[string][]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Errorf("a line without a field: %q", line)
		}
		fields[name] = append(fields[name], value)
	}
	if len(fields) != 4 || len(fields["Contact"]) != 2 || fields["Contact"][0] != "mailto:security@register.example" || fields["Canonical"][0] != "https://register.example/.well-known/security.txt" || fields["Preferred-Languages"][0] != "en, ar" {
		t.Errorf("%q", text)
	}
	until, err := time.Parse(time.RFC3339, fields["Expires"][0])
	if left := time.Until(until); err != nil || len(fields["Expires"]) != 1 || left < 150*24*time.Hour || left > 365*24*time.Hour {
		t.Errorf("it expires %q %v", fields["Expires"], err)
	}
	if res := get(t, serve(t, webtest.New(t), web.Options{}), "/.well-known/security.txt"); res.StatusCode != http.StatusNotFound {
		t.Errorf("without a contact: %d", res.StatusCode)
	}
	for _, wrong := range []string{"security@register.example", "http://register.example/", "mailto:nobody", "https:///x", "tel:", "javascript:alert(1)", "mailto:a@b.example\nExpires: 2999-01-01T00:00:00Z", ""} {
		if _, err := web.New(webtest.New(t), web.Options{Security: web.Security{Contacts: []string{wrong}}}); err == nil || !strings.Contains(err.Error(), "mailto:security@") {
			t.Errorf("%q is a contact: %v", wrong, err)
		}
	}
}
