package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestTheReadersTextDecides: a letter in force says nothing good of an earlier
// draft of it in the reader's hand.
func TestTheReadersTextDecides(t *testing.T) {
	text := func(s string) letter.LangText {
		words, err := letter.Canonicalize([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return letter.LangText{Lang: "en", Text: words}
	}
	issued, draft := text("The lock is open."), text("The lock is shut.")
	v := proof.Verified{
		State: register.NewState(), Status: register.Status{Standing: register.InForce}, Checkpoint: proof.Checkpoint{Head: proof.Head{Size: 9}},
		Statuses: []proof.TextStatus{{Text: issued, Status: register.Status{Standing: register.InForce}}, {Text: draft, Status: register.Status{Standing: register.DraftReplaced}}},
	}
	for _, c := range []struct {
		texts []letter.LangText
		want  register.Standing
	}{
		{nil, register.InForce}, {[]letter.LangText{issued}, register.InForce}, {[]letter.LangText{draft}, register.DraftReplaced},
		{[]letter.LangText{issued, draft}, register.DraftReplaced}, {[]letter.LangText{draft, issued}, register.DraftReplaced},
	} {
		if got := standingOf(v, c.texts); got != c.want {
			t.Errorf("%d texts: %s, want %s", len(c.texts), got, c.want)
		}
		var out bytes.Buffer
		plain.Writer{To: &out, Lang: "en"}.Proof(v, c.texts, time.Now())
		if strings.Contains(out.String(), "revoked") || strings.Contains(out.String(), "emergency") {
			t.Errorf("a letter to which nothing happened:\n%s", out.String())
		}
		if n := strings.Count(out.String(), "text"); n < 2 {
			t.Errorf("not every text has its standing:\n%s", out.String())
		}
	}
}

// TestAProofTellsOfRevokedKeys: in words, and to programs.
func TestAProofTellsOfRevokedKeys(t *testing.T) {
	v := proof.Verified{State: register.NewState(), Status: register.Status{Standing: register.InForce, LaterRevoked: []register.Index{4, 7}}, Checkpoint: proof.Checkpoint{Head: proof.Head{Size: 9}}}
	var out bytes.Buffer
	plain.Writer{To: &out, Lang: "en"}.Proof(v, nil, time.Now())
	if want := "key later revoked: entry 4, entry 7 were signed with a key that the office revoked afterwards; what its officers approved stands\n"; !strings.Contains(out.String(), want) {
		t.Errorf("%s", out.String())
	}
	out.Reset()
	if err := plain.JSON(&out, plain.ProofJSON(v)); err != nil || !strings.Contains(strings.Join(strings.Fields(out.String()), ""), `"key_later_revoked":[4,7]`) {
		t.Errorf("%v %s", err, out.String())
	}
}
