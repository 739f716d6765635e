package people_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"chancery.example/cmd/chancery/internal/people"
	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
)

// run does what the words say, in a register of the test's own.
func run(t *testing.T, dir string, p people.Call) (out, notes string, err error) {
	t.Helper()
	var o, n bytes.Buffer
	p.Dir, p.Out, p.Err = dir, &o, &n
	if p.By == "" {
		p.By = "operator"
	}
	err = p.Run(t.Context())
	return o.String(), n.String(), err
}

// TestWordsThatAreNone: what was typed wrong is a usage error that says what is wanted, and
// nothing is opened for it.
func TestWordsThatAreNone(t *testing.T) {
	for want, args := range map[string][]string{
		"want list, invite": {}, `not "dismiss"`: {"dismiss", "harbour"}, "list: want an office": {"list"},
		"invite: want an office": {"invite", "harbour"}, "token: want an office": {"token", "harbour", "a", "b"},
	} {
		_, _, err := run(t, "/no/such/register", people.Call{Args: args})
		if bad := (people.UsageError{}); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, _, err := run(t, "/no/such/register", people.Call{Args: []string{"list", "harbour"}}); err == nil {
		t.Error("a register that is not there has people")
	}
}

// TestLife: who is invited gets one link, and no address or day is guessed; what is not
// allowed says so and changes nothing.
func TestLife(t *testing.T) {
	dir := officetest.New(t).Dir
	if out, notes, err := run(t, dir, people.Call{Args: []string{"list", "harbour"}}); err != nil || out != "" || !strings.Contains(notes, "nobody works at the desk of harbour") {
		t.Errorf("%q %q %v", out, notes, err)
	}
	invite := people.Call{Args: []string{"invite", "harbour", "registrar"}, Name: "Mina \x1b[31mSayed", Roles: []string{"admin"}}
	usage(t, dir, invite, "give --url")
	invite.URL = "http://localhost:8080"
	refused(t, dir, kind.Invalid, invite)
	invite.Name = "Mina Sayed"
	out, notes, err := run(t, dir, invite)
	if err != nil || strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, invite.URL+"/desk/join#") || !strings.Contains(notes, "to registrar alone") {
		t.Fatalf("%q %q %v", out, notes, err)
	}
	if out, _, err := run(t, dir, people.Call{Args: []string{"list", "harbour"}}); err != nil || !strings.Contains(out, "registrar") || !strings.Contains(out, "not joined, a link waits until") || strings.Contains(out, "\x1b") {
		t.Errorf("%q %v", out, err)
	}
	refused(t, dir, kind.Invalid, people.Call{Args: []string{"roles", "harbour", "registrar"}, Roles: []string{"king"}})
	refused(t, dir, kind.NotFound, people.Call{Args: []string{"roles", "harbour", "nobody"}, Roles: []string{"auditor"}})
	usage(t, dir, people.Call{Args: []string{"recover", "harbour", "registrar"}}, "give --url")
	usage(t, dir, people.Call{Args: []string{"sessions", "harbour", "registrar"}, End: "first"}, "--end: want the number")
	if _, notes, err := run(t, dir, people.Call{Args: []string{"sessions", "harbour", "registrar"}}); err != nil || !strings.Contains(notes, "not signed in anywhere") {
		t.Errorf("%q %v", notes, err)
	}
	usage(t, dir, people.Call{Args: []string{"token", "harbour", "archive"}, Days: 30}, "give --person")
	usage(t, dir, people.Call{Args: []string{"token", "harbour", "archive"}, Person: "registrar", Days: 367}, "--days: want 1 to 366")
	refused(t, dir, kind.NotFound, people.Call{Args: []string{"token", "harbour"}, Revoke: 7})
	if out, _, err := run(t, dir, people.Call{Args: []string{"journal", "harbour"}}); err != nil || !strings.Contains(out, "registrar") || strings.Contains(out, "#") {
		t.Errorf("the journal: %q %v", out, err) // with no link's secret
	}
}

func usage(t *testing.T, dir string, p people.Call, says string) {
	t.Helper()
	_, _, err := run(t, dir, p)
	if bad := (people.UsageError{}); !errors.As(err, &bad) || !strings.Contains(err.Error(), says) {
		t.Errorf("%q: %v", p.Args, err)
	}
}

func refused(t *testing.T, dir string, k kind.Kind, p people.Call) {
	t.Helper()
	if out, _, err := run(t, dir, p); kind.Of(err) != k || out != "" {
		t.Errorf("%q: %q %v, want one that is %v", p.Args, out, err, k)
	}
}
