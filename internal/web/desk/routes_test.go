package desk

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
)

// examples say what the addresses of routes name besides letters, by the beginning
// of the address. A route that names something and is not here fails the test. R
// stands for a letter of the harbour, Q for a request of it, and E for the entry of
// one of its statements.
var examples = map[string]string{
	"/desk/{$}": "/desk/", "/desk/request/{id}": "/desk/request/Q", "/desk/retract/{entry}": "/desk/retract/E",
	// What they name is tried in people_test.go, where there are people.
	"/desk/person/{id}": "/desk/person/nobody", "/desk/policy/officer/{id}": "/desk/policy/officer/nobody", "/desk/policy/revoke/{key}": "/desk/policy/revoke/none",
	"/desk/enquiry/{id}": "/desk/enquiry/77", "/desk/settings/webhook/{id}/{what}": "/desk/settings/webhook/none/try",
}

// sentForm is sent to every route that takes one: what some of them read.
var sentForm = url.Values{
	"reference": {"X-1"}, "type": {"letter"}, "why": {"w"}, "reason": {"r"}, "id": {"1"}, "revision": {"1"}, "copy": {"1"}, "holder": {"h"},
	"answers": {"silent"}, "text-en": {"Words."}, "of": {"legal"}, "due": {"2030-01-01T10:00"}, "answer": {"clear"}, "how": {"overruled"},
}

func example(t *testing.T, pattern string) (method, path string) {
	t.Helper()
	method, path, _ = strings.Cut(pattern, " ")
	for begin, e := range examples {
		if rest, ok := strings.CutPrefix(path, begin); ok {
			path = e + rest
		}
	}
	path = strings.ReplaceAll(path, "{ref...}", "R")
	if strings.Contains(path, "{") {
		t.Errorf("the route %q has no example: what does it say of another office's?", pattern)
	}
	return method, path
}

// stage makes letters, a request and a statement of the harbour.
func stage(t *testing.T) (r *room, fill func(string) string, absent func(string) string) {
	t.Helper()
	r = newRoom(t)
	r.IssueLetter(t, "harbour", officetest.Content(t, "HC-0", "Sir,\n\nThe old lock is closed.\n"), office.Terms{})
	if _, err := r.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", "Sir,\n\nThe lock is closed.\n"), office.Terms{}); err != nil {
		t.Fatal(err)
	}
	asked, err := r.Waiting(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	q, err := r.ProposeHolding(t.Context(), "harbour", "press", r.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	said, err := r.Carry(t.Context(), q, "press", r.Signer("harbour", "press"))
	if err != nil {
		t.Fatal(err)
	}
	fill = strings.NewReplacer("R", "HC-1", "Q", fmt.Sprint(asked[0].ID), "E", fmt.Sprint(said.Index)).Replace
	absent = strings.NewReplacer("R", "HC-9", "Q", "9999", "E", "9999").Replace
	return r, fill, absent
}

const (
	notYourRole = "Your roles do not include this"
	notHere     = "There is nothing at this address"
)

// TestEveryRouteHoldsItsConditions asks for every route as everybody: nobody is led
// to sign in, each role is let in or not as the table of roles says, and who did
// not prove who they are is asked to.
func TestEveryRouteHoldsItsConditions(t *testing.T) {
	r, fill, _ := stage(t)
	people := map[staff.Role]string{"drafter": "drafter", "approver": "legal", "issuing clerk": "clerk", "press officer": "press"}
	for _, role := range staff.OwnRoles() {
		people[role] = string(role)
	}
	for _, route := range (&Desk{}).routes() {
		method, path := example(t, route.pattern)
		path = fill(path)
		w := r.send("", method, path, sentForm)
		if led := strings.HasPrefix(w.Header().Get("Location"), "/desk/sign-in"); led == route.open {
			t.Errorf("%s as nobody: %d %v", route.pattern, w.Code, w.Header())
		}
		if route.open {
			continue
		}
		for role, id := range people {
			may := route.act == "" || staff.May([]staff.Role{role}, staff.Act(route.act)) || staff.May([]staff.Role{role}, staff.Act(route.or))
			if may && method == http.MethodPost {
				continue // what it does is tested beside it
			}
			w := r.send("harbour/"+id, method, path, sentForm)
			if refused := strings.Contains(w.Body.String(), notYourRole); refused == may || refused != (w.Code == http.StatusForbidden) && !may {
				t.Errorf("%s as %s: %d; may: %v", route.pattern, role, w.Code, may)
			}
			if may && w.Code >= http.StatusInternalServerError && w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: %d\n%s", route.pattern, role, w.Code, w.Body)
			}
		}
		r.proofIsAskedFor(route, method, path)
	}
}

// everybody holds every role but the administrator's, who never signs.
func (r *room) everybody(office string, fresh bool) string {
	who := Who{Office: office, ID: "clerk", Name: "Everybody", Fresh: fresh}
	for _, role := range staff.Roles() {
		if role == staff.Admin {
			continue
		}
		who.Roles = append(who.Roles, string(role))
	}
	r.people["all"] = person{Who: who}
	return "all"
}

func (r *room) proofIsAskedFor(route route, method, path string) {
	r.t.Helper()
	if !route.fresh {
		return
	}
	w := r.send(r.everybody("harbour", false), method, path, sentForm)
	if !strings.HasPrefix(w.Header().Get("Location"), "/desk/prove") && !strings.Contains(w.Body.String(), notYourRole) {
		r.t.Errorf("%s without a proof: %d %v", route.pattern, w.Code, w.Header())
	}
}

// TestForeignIsAbsentAtTheDesk: whatever the roles, what is another office's is
// answered, byte for byte, as what is not there.
func TestForeignIsAbsentAtTheDesk(t *testing.T) {
	r, fill, absent := stage(t)
	who := r.everybody("other", true)
	for _, route := range (&Desk{}).routes() {
		method, path := example(t, route.pattern)
		if !strings.ContainsAny(path, "RQE") {
			continue
		}
		for _, lang := range []string{"", "/ar"} {
			for _, query := range []string{"", "?revision=1&copy=1&from=1&to=1"} {
				theirs, nobodys := r.send(who, method, lang+fill(path)+query, sentForm), r.send(who, method, lang+absent(path)+query, sentForm)
				if told(theirs, fill) != told(nobodys, absent) {
					t.Errorf("%s is told from nothing:\n%d %v\n%s\n%d %v\n%s", route.pattern, theirs.Code, theirs.Header(), theirs.Body, nobodys.Code, nobodys.Header(), nobodys.Body)
				}
				if theirs.Code != http.StatusNotFound {
					t.Errorf("%s of another office: %d", route.pattern, theirs.Code)
				}
			}
		}
	}
}

// told is an answer without the name that was asked for.
func told(w *httptest.ResponseRecorder, names func(string) string) string {
	hide := strings.NewReplacer(names("R"), "R")
	var b strings.Builder
	_ = w.Header().Write(&b) // a builder never fails
	return hide.Replace(http.StatusText(w.Code) + b.String() + w.Body.String())
}
