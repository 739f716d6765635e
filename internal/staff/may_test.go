package staff_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/staff"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The table of who may do what is as the golden file has it: a change of rights is
// seen in review.
func TestMayTable(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s", "may")
	for _, r := range staff.Roles() {
		fmt.Fprintf(&b, " %-15s", r)
	}
	for _, a := range staff.Acts() {
		fmt.Fprintf(&b, "\n%-18s", a)
		for _, r := range staff.Roles() {
			fmt.Fprintf(&b, " %-15s", staff.ReachOf([]staff.Role{r}, a))
		}
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/may.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may do what changed; look at it, and run the test with -update (-want +got):\n%s", diff)
	}
}

// What the table promises beyond its rows.
func TestMayRules(t *testing.T) {
	everything := staff.Roles()
	for _, a := range staff.Acts() {
		if staff.May(nil, a) || staff.May([]staff.Role{"owner"}, a) {
			t.Errorf("who has no role may %s", a)
		}
		want := a != staff.Approve
		if got := staff.May(everything, a); got != want {
			t.Errorf("who has every role, and so administers: may %s %v, want %v", a, got, want)
		}
		// More roles never take away, but that of an admin.
		for _, r := range everything {
			for _, more := range everything {
				both := staff.ReachOf([]staff.Role{r, more}, a)
				if both < staff.ReachOf([]staff.Role{r}, a) && (a != staff.Approve || more != staff.Admin) {
					t.Errorf("a %s may %s less by being a %s too", r, a, more)
				}
			}
		}
		if token := (staff.Token{Roles: staff.Roles()}); token.May(a) && slices.Contains([]staff.Act{
			staff.Approve, staff.RecallApproval, staff.EnrolKey, staff.Recover, staff.ManagePeople, staff.ManageTokens,
		}, a) {
			t.Errorf("a token may %s", a)
		}
	}
	if staff.May([]staff.Role{staff.Approver, staff.Admin}, staff.Approve) {
		t.Error("an admin approves")
	}
	if staff.May(everything, "no such act") {
		t.Error("an act that is none is allowed")
	}
	for _, r := range staff.OwnRoles() {
		if !r.Valid() || slices.Contains([]staff.Role{staff.Drafter, staff.Approver, staff.Clerk, staff.Press}, r) {
			t.Errorf("the desk gives the role %q", r)
		}
	}
}
