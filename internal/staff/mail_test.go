package staff_test

import (
	"errors"
	"strings"
	"testing"

	"chancery.example/internal/staff"
)

// Links go to the person alone when there is mail, and people hear of what they
// may not have done themselves, in their language.
func TestMail(t *testing.T) {
	r := newRoom(t)
	r.Staff = r.open(staff.Options{Clock: r.Clock.Now, Origin: origin, Name: "Harbour register", Mailer: r.post})
	r.join("harbour", "keeper-a", staff.Custodian)
	r.join("harbour", "keeper-b", staff.Custodian)
	link := func() string {
		m := r.post.last(t)
		_, rest, ok := strings.Cut(m.text, origin+"/desk/join#")
		if !ok || len(rest) < 43 {
			t.Fatalf("no link in %q", m.text)
		}
		return rest[:43]
	}
	invited, err := r.Invite(t.Context(), "harbour", "legal", staff.Details{Name: "LINK Legal", Email: "legal@harbour.example", Lang: "ar"}, nil, staff.Operator)
	r.check(err)
	if !invited.Mailed || invited.Link != "" {
		t.Errorf("mailed and given away: %+v", invited)
	}
	if m := r.post.last(t); m.to != "legal@harbour.example" || !strings.Contains(m.text, "LINK Legal،") || !strings.Contains(m.text, "مرة واحدة") {
		t.Errorf("%+v", m)
	}
	legal := r.accept(link(), deviceOf("legal"))

	asked, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-a")
	r.check(err)
	if m := r.post.last(t); !asked.Mailed || !strings.Contains(m.subject, "لاستعادة") || strings.Contains(m.text, "#") {
		t.Errorf("%+v", m)
	}
	r.check(r.SetDetails(t.Context(), "harbour", "legal", staff.Details{Name: "Legal", Email: "l@harbour.example"}, "legal"))
	if m := r.post.last(t); m.to != "legal@harbour.example" {
		t.Errorf("the old address hears nothing: %+v", m)
	}
	granted, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-b")
	r.check(err)
	if m := r.post.last(t); !granted.Mailed || granted.Link != "" || m.to != "l@harbour.example" || m.subject != "A new link to the desk of harbour" {
		t.Errorf("%+v %+v", granted, m)
	}
	legal = r.accept(link(), legal.device)
	if m := r.post.last(t); m.subject != "Your access to harbour was recovered" || !strings.Contains(m.text, origin+"/desk") {
		t.Errorf("%+v", m)
	}
	options, err := r.BeginAddPasskey(t.Context(), legal.session)
	r.check(err)
	body, err := deviceOf("another").Create(options)
	r.check(err)
	_, err = r.FinishAddPasskey(t.Context(), legal.session, "", body)
	r.check(err)
	if m := r.post.last(t); m.subject != "A passkey was added to your access to harbour" {
		t.Errorf("%+v", m)
	}
	for _, m := range r.post.got {
		if strings.ContainsAny(m.subject, "\r\n") || strings.Contains(m.subject+m.text, "NAME") || strings.Contains(m.text, "WHERE") || strings.Contains(m.text, "OFFICE") {
			t.Errorf("a mail that is not filled in: %+v", m)
		}
	}

	// When the post is down, who asked gets the link, and the journal says so.
	r.post.down = errors.New("the relay is away")
	i, err := r.Invite(t.Context(), "harbour", "clerk", staff.Details{Name: "C", Email: "c@harbour.example"}, nil, staff.Operator)
	r.check(err)
	if i.Mailed || secretOf(t, i) == "" || r.alarms("harbour", staff.MailFailed) != 1 {
		t.Errorf("%+v", i)
	}
}
