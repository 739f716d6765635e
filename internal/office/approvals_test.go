package office_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// submitted is a house with HC-1 waiting for two approvals.
func submitted(t *testing.T) (*officetest.House, office.Request) {
	t.Helper()
	h := officetest.New(t)
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return h, q
}

func approve(t *testing.T, h *officetest.House, q office.Request, officer string) (office.Request, error) {
	t.Helper()
	sig, err := h.Keys["harbour/"+officer].Approve(q.Statement)
	if err != nil {
		t.Fatal(err)
	}
	return h.Approve(t.Context(), q.ID, officer, sig)
}

// TestStockToolsApprove: an officer signs with ssh-keygen alone.
func TestStockToolsApprove(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF A PROGRAM: ssh-keygen is not on PATH")
	}
	h, q := submitted(t)
	dir := t.TempDir()
	for _, officer := range []string{"commissioner", "legal"} {
		key, statement := filepath.Join(dir, officer), filepath.Join(dir, officer+".txt")
		if err := h.Keys["harbour/"+officer].Save(key); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(statement, q.Statement.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), keygen, "-Y", "sign", "-n", approval.Namespace, "-f", key, statement).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		sig, err := os.ReadFile(statement + ".sig")
		if err != nil {
			t.Fatal(err)
		}
		if q, err = h.Approve(t.Context(), q.ID, officer, sig); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Issue(t.Context(), "harbour", "clerk", "HC-1"); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, h, words); got != register.InForce {
		t.Errorf("issued with approvals of ssh-keygen: %s", got)
	}
}

func TestSignaturesThatDoNotCount(t *testing.T) {
	h, q := submitted(t)
	other, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	good, err := h.Keys["harbour/legal"].Approve(q.Statement)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := h.Keys["harbour/legal"].Approve(other.Statement)
	if err != nil {
		t.Fatal(err)
	}
	bent := slices.Clone(good)
	bent[len(bent)-1] ^= 1
	for name, c := range map[string]struct {
		officer string
		sig     []byte
		want    kind.Kind
		says    string
	}{
		"of another request":            {"legal", foreign, kind.Forbidden, "was another request"},
		"bent":                          {"legal", bent, kind.Forbidden, "approving request"},
		"no signature":                  {"legal", []byte("yes"), kind.Invalid, "ssh-keygen -Y sign"},
		"nothing":                       {"legal", nil, kind.Invalid, "ssh-keygen -Y sign"},
		"another officer's":             {"commissioner", good, kind.Forbidden, "is not one of commissioner's"},
		"of one who does not count":     {"press", good, kind.Forbidden, "the policy counts approver"},
		"of one who is nobody here":     {"pirate", good, kind.Forbidden, "its policy names"},
		"of the clerk, who may perform": {"clerk", good, kind.Forbidden, "the policy counts approver"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.Approve(t.Context(), q.ID, c.officer, c.sig)
			if kind.Of(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v; want %s, saying %q", kind.Of(err), err, c.want, c.says)
			}
		})
	}
	got, err := h.Request(t.Context(), q.ID)
	if err != nil || len(got.Approved) > 0 || got.Ready {
		t.Errorf("approved by %v, ready %v, %v", got.Approved, got.Ready, err)
	}
}

// enrolled adds an office of these officers to a new house.
func enrolled(t *testing.T, approvals int, officers ...register.Officer) *officetest.House {
	t.Helper()
	h := officetest.New(t)
	n := office.NewOffice{ID: "pilots", Office: "https://pilots.example", Domain: "pilots.example", Name: register.Words{"en": "Pilots"}}
	for _, o := range officers {
		k := officetest.NewKey(t, "pilots/"+o.ID)
		h.Keys["pilots/"+o.ID] = k
		o.Name, o.Keys = "Officer "+o.ID, []string{k.Public().Line()}
		n.Policy.Officers = append(n.Policy.Officers, o)
	}
	n.Policy.Rules = []register.Rule{{Act: approval.Issue, K: approvals, Roles: []register.Role{register.RoleApprover}}}
	if _, err := h.Register.Enrol(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOnePersonInTwoPostsCountsOnce(t *testing.T) {
	approver := []register.Role{register.RoleApprover}
	h := enrolled(t, 2,
		register.Officer{ID: "chief", Person: "ann", Roles: approver},
		register.Officer{ID: "clerk", Person: "cyd", Roles: []register.Role{register.RoleClerk}},
		register.Officer{ID: "deputy", Person: "ann", Roles: approver},
		register.Officer{ID: "warden", Person: "ben", Roles: approver})
	ctx := t.Context()
	q, err := h.SubmitFinished(ctx, "pilots", "clerk", officetest.Content(t, "P-1", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Carry(ctx, q, "clerk", h.Signer("pilots", "chief"), h.Signer("pilots", "deputy"))
	if kind.Of(err) != kind.Forbidden || !strings.Contains(err.Error(), "1 of 2") || !strings.Contains(err.Error(), "distinct persons") {
		t.Errorf("one person in two posts: %v", err)
	}
	if l, err := h.Letter(ctx, "pilots", "P-1"); err != nil || l.Stage != store.Approval {
		t.Errorf("the letter is in %s, %v", l.Stage, err)
	}
	if _, err := h.Carry(ctx, q, "clerk", h.Signer("pilots", "warden")); err != nil {
		t.Errorf("two persons: %v", err)
	}
}

func TestTheDraftersOwnApprovalDoesNotCountAlone(t *testing.T) {
	both := []register.Role{register.RoleApprover, register.RoleDrafter}
	h := enrolled(t, 1,
		register.Officer{ID: "clerk", Person: "cyd", Roles: []register.Role{register.RoleClerk}},
		register.Officer{ID: "pen", Person: "ann", Roles: both},
		register.Officer{ID: "pen-in-her-other-post", Person: "ann", Roles: both},
		register.Officer{ID: "warden", Person: "ben", Roles: []register.Role{register.RoleApprover}})
	ctx := t.Context()
	q, err := h.SubmitFinished(ctx, "pilots", "pen", officetest.Content(t, "P-1", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Carry(ctx, q, "clerk", h.Signer("pilots", "pen"), h.Signer("pilots", "pen-in-her-other-post"))
	if kind.Of(err) != kind.Forbidden || !strings.Contains(err.Error(), "another approver is needed") {
		t.Errorf("the drafter alone: %v", err)
	}
	if _, err := h.Carry(ctx, q, "clerk", h.Signer("pilots", "warden")); err != nil {
		t.Errorf("the drafter and another: %v", err)
	}
}

// TestANewPolicy is approved under the old one, and voids what was asked under it.
func TestANewPolicy(t *testing.T) {
	h, q := submitted(t)
	ctx := t.Context()
	if _, err := approve(t, h, q, "legal"); err != nil {
		t.Fatal(err)
	}
	r, err := h.Folder().Read(ctx, ownKeys(t, h), nil)
	if err != nil {
		t.Fatal(err)
	}
	policy, before, _ := r.State.PolicyOf("https://harbour.example")
	mate := officetest.NewKey(t, "harbour/mate")
	h.Keys["harbour/mate"] = mate
	next := register.Policy{Rules: policy.Rules, RatifyWithin: policy.RatifyWithin, Officers: append(slices.Clone(policy.Officers), register.Officer{
		ID: "mate", Person: "mate", Name: "The mate", Roles: []register.Role{register.RoleApprover}, Keys: []string{mate.Public().Line()},
	})}
	slices.SortFunc(next.Officers, func(a, b register.Officer) int { return strings.Compare(a.ID, b.ID) })
	p, err := h.ProposePolicy(ctx, "harbour", "clerk", next)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Perform(ctx, p.ID, "clerk"); kind.Of(err) != kind.Forbidden {
		t.Errorf("a policy without approvals: %v", err)
	}
	if _, err := approve(t, h, p, "mate"); kind.Of(err) != kind.Forbidden {
		t.Errorf("one whom only the new policy names approved it: %v", err)
	}
	rec, err := h.Carry(ctx, p, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if err != nil {
		t.Fatal(err)
	}
	if rec.Index <= before {
		t.Errorf("the new policy is entry %d, the old one %d", rec.Index, before)
	}
	if _, err := approve(t, h, q, "commissioner"); kind.Of(err) != kind.Conflict || !strings.Contains(err.Error(), "propose the act again") {
		t.Errorf("approving what was asked under the old policy: %v", err)
	}
	if _, err := h.Issue(ctx, "harbour", "clerk", "HC-1"); kind.Of(err) != kind.Conflict {
		t.Errorf("issuing what was asked under the old policy: %v", err)
	}
	if l, err := h.Letter(ctx, "harbour", "HC-1"); err != nil || l.Stage != store.Coordination {
		t.Errorf("the letter is in %s, %v", l.Stage, err)
	}
	if q, err = h.Submit(ctx, "harbour", "drafter", "HC-1", office.Terms{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", h.Signer("harbour", "mate"), h.Signer("harbour", "legal")); err != nil {
		t.Errorf("under the new policy: %v", err)
	}
	reading(t, h)
}
