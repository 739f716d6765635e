package sending_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"chancery.example/cmd/chancery/internal/sending"
	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
)

func webhook(t *testing.T, dir string, p sending.Call) (string, error) {
	t.Helper()
	var out bytes.Buffer
	p.Dir, p.Out = dir, &out
	err := p.Webhook(t.Context())
	return out.String(), err
}

func isUsage(err error) bool {
	bad := sending.UsageError{}
	return errors.As(err, &bad)
}

// TestWordsThatAreNone: what was typed wrong is a usage error that says what is wanted,
// before anything is opened; a folder that is there to read and check sends nothing.
func TestWordsThatAreNone(t *testing.T) {
	for want, args := range map[string][]string{
		"want add, list": {}, `not "drop"`: {"drop", "harbour"}, "add: want an office": {"add", "harbour"}, "key: want": {"key", "harbour"},
	} {
		if _, err := webhook(t, "/no/such/register", sending.Call{Args: args}); !isUsage(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("webhook %q: %v", args, err)
		}
	}
	for _, c := range []struct{ args, to []string }{
		{nil, nil}, {[]string{"harbour/HC-2026-0012", "more"}, nil}, {[]string{"HC-2026-0012"}, nil}, {[]string{"harbour/no such reference"}, nil},
		{[]string{"harbour/HC-2026-0012"}, []string{"master@lock.example"}},
	} {
		p := sending.Call{Args: c.args, To: c.to, Dir: "/no/such/register"}
		if err := p.Deliver(t.Context()); !isUsage(err) {
			t.Errorf("deliver %q %q: %v", c.args, c.to, err)
		}
	}
	dir := officetest.New(t).Dir
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(copied + "/office.db"); err != nil {
		t.Fatal(err)
	}
	if _, err := webhook(t, copied, sending.Call{Args: []string{"list", "harbour"}}); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "copy to read and check") {
		t.Errorf("a copy: %v", err)
	}
}

// TestLife: a webhook's secret is shown once, when it is added; addresses inside the house
// are refused; what is removed is gone; and a letter that is not there was sent to nobody.
func TestLife(t *testing.T) {
	dir := officetest.New(t).Dir
	if out, err := webhook(t, dir, sending.Call{Args: []string{"list", "harbour"}}); err != nil || !strings.Contains(out, "no webhooks") {
		t.Errorf("%q %v", out, err)
	}
	for _, bad := range []string{"http://127.0.0.1/", "https://10.0.0.1/", "https:///", "no address"} {
		if out, err := webhook(t, dir, sending.Call{Args: []string{"add", "harbour", bad}, Scheme: "v1"}); err == nil || out != "" {
			t.Errorf("%q was taken: %q", bad, out)
		}
	}
	if out, err := webhook(t, dir, sending.Call{Args: []string{"add", "harbour", "https://news.example/hook"}, Scheme: "v1", Note: "the \x1b[1mCourier"}); kind.Of(err) != kind.Invalid || out != "" {
		t.Errorf("a note with controls: %q %v", out, err)
	}
	out, err := webhook(t, dir, sending.Call{Args: []string{"add", "harbour", "https://news.example/hook"}, Scheme: "v1", Note: "the Courier"})
	_, secret, ok := strings.Cut(out, "shown this once: ")
	if err != nil || !ok {
		t.Fatalf("%q %v", out, err)
	}
	id, _, _ := strings.Cut(out, " ")
	list, err := webhook(t, dir, sending.Call{Args: []string{"list", "harbour"}})
	if err != nil || !strings.Contains(list, id+"  https://news.example/hook") || strings.Contains(list, strings.TrimSpace(secret)) {
		t.Errorf("%q %v", list, err)
	}
	if out, err := webhook(t, dir, sending.Call{Args: []string{"deliveries", "harbour", id}}); err != nil || !strings.Contains(out, "nothing was sent there yet") {
		t.Errorf("%q %v", out, err)
	}
	if _, err := webhook(t, dir, sending.Call{Args: []string{"remove", "harbour", id}}); err != nil {
		t.Error(err)
	}
	if _, err := webhook(t, dir, sending.Call{Args: []string{"remove", "harbour", id}}); kind.Of(err) != kind.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	var sent bytes.Buffer
	p := sending.Call{Args: []string{"harbour/HC-2026-0012"}, Dir: dir, Out: &sent}
	if err := p.Deliver(t.Context()); kind.Of(err) != kind.NotFound || sent.Len() > 0 {
		t.Errorf("%q %v", sent.String(), err)
	}
}
