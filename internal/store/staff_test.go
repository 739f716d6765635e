package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"chancery.example/internal/store"
)

// A copy of the database lets nobody in who was in: what was ended since must not
// come back with an old copy. People, passkeys and tokens stay.
func TestSnapshotSignsOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.db")
	db := open(t, path)
	p := store.Person{Office: "harbour", ID: "legal", Name: "L", Lang: "en", Active: true, Handle: []byte{1}, ApprovalHandle: []byte{2}, Made: noon}
	update(t, db, func(tx *store.Tx) error {
		for _, err := range []error{
			tx.AddOffice(harbour),
			tx.AddPerson(p),
			tx.AddPasskey(&store.Passkey{Office: p.Office, Person: p.ID, Purpose: store.PasskeyLogin, Credential: []byte{3}, PublicKey: []byte{4}, Made: noon}),
			tx.AddSession(&store.Session{Hash: []byte{5}, Office: p.Office, Person: p.ID, Started: noon, Seen: noon, Proved: noon}),
			tx.AddInvitation(store.Invitation{Hash: []byte{6}, Office: p.Office, Person: p.ID, Made: noon, Until: noon}),
			tx.AddRecovery(store.Recovery{Office: p.Office, Person: p.ID, By: "x", Made: noon, Until: noon}),
			tx.AddToken(&store.Token{Hash: []byte{7}, Office: p.Office, Person: p.ID, Name: "n", By: "x", Made: noon, Until: noon}),
		} {
			if err != nil {
				return err
			}
		}
		first, err := tx.ChallengeKey([]byte{8})
		if err != nil || len(first) != 1 || first[0] != 8 {
			t.Errorf("key %v, %v", first, err)
		}
		again, err := tx.ChallengeKey([]byte{9})
		if err != nil || again[0] != 8 {
			t.Errorf("another key %v, %v", again, err)
		}
		return nil
	})
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := store.Snapshot(t.Context(), path, to, 0); err != nil {
		t.Fatal(err)
	}
	err := open(t, to).Update(t.Context(), func(tx *store.Tx) error {
		sessions, errS := tx.Sessions("harbour", "legal")
		links, errI := tx.Invitations("harbour")
		votes, errR := tx.Recoveries("harbour")
		if len(sessions)+len(links)+len(votes) != 0 || errS != nil || errI != nil || errR != nil {
			t.Errorf("the copy lets in %v %v %v; %v %v %v", sessions, links, votes, errS, errI, errR)
		}
		keys, errK := tx.Passkeys("harbour", "legal", store.PasskeyLogin)
		tokens, errT := tx.Tokens("harbour")
		if len(keys) != 1 || len(tokens) != 1 || errK != nil || errT != nil {
			t.Errorf("the copy has lost %v %v; %v %v", keys, tokens, errK, errT)
		}
		key, err := tx.ChallengeKey([]byte{9})
		if err == nil && key[0] != 9 {
			t.Error("the copy knows the challenges of the original")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A challenge is spent once, and forgotten when its time is over.
func TestChallengesAreSpentOnce(t *testing.T) {
	db := fresh(t)
	spend := func(hash byte, until, now time.Time) (first bool) {
		update(t, db, func(tx *store.Tx) (err error) {
			first, err = tx.SpendChallenge([]byte{hash}, until, now)
			return err
		})
		return first
	}
	end := noon.Add(time.Minute)
	if !spend(1, end, noon) || spend(1, end, noon) || !spend(2, end, noon) || spend(1, end, end) {
		t.Error("a challenge was spent twice, or another one not at all")
	}
	if !spend(1, end, end.Add(time.Second)) {
		t.Error("what is over is kept")
	}
}
