package desk

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
)

// known are people by the value of a header: "harbour/drafter" and so on.
type known map[string]Who

func (k known) Who(r *http.Request) (Who, error) {
	w, ok := k[r.Header.Get("X-Who")]
	if !ok {
		return w, kind.NotFound.Errorf("nobody is signed in")
	}
	return w, nil
}

func (known) May(roles []string, act string) bool { return slices.Contains(roles, act) }

// A room is a desk with a house behind it.
type room struct {
	*officetest.House
	people known
	desk   http.Handler
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{House: officetest.New(t), people: known{}}
	r.Enrol(t, "other", 2, 2)
	for _, office := range []string{"harbour", "other"} {
		for _, o := range officetest.Officers {
			r.people[office+"/"+o.ID] = Who{Office: office, ID: o.ID, Name: "The " + o.ID, Roles: []string{string(o.Role)}, Fresh: true}
		}
	}
	var err error
	if r.desk, err = New(r.Register, r.people, Options{}); err != nil {
		t.Fatal(err)
	}
	return r
}

// get asks for a page as somebody; "" is nobody.
func (r *room) get(who, path string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("X-Who", who)
	w := httptest.NewRecorder()
	r.desk.ServeHTTP(w, req)
	return w
}

func TestNobodyIsLedToSignIn(t *testing.T) {
	r := newRoom(t)
	w := r.get("", "/ar/desk/?x=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/ar/desk/sign-in?then=%2Far%2Fdesk%2F%3Fx%3D1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := r.get("harbour/press", "/desk/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Nothing waits for you") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := r.get("harbour/press", "/desk/no-such-page"); w.Code != http.StatusNotFound {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
