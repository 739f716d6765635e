package store_test

import (
	"bytes"
	"testing"

	"chancery.example/internal/store"
	"chancery.example/register"
)

// TestSignaturesBeginning: approvals are found by the bytes they begin with, in
// whatever request; refusals and shorter ones are not.
func TestSignaturesBeginning(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for i, answers := range [][]store.Answer{
			{{Officer: "ann", Approved: true, Signature: []byte("\x00key1"), At: noon}, {Officer: "bob", Approved: true, Signature: []byte("\x00key2-b"), At: noon}},
			{{Officer: "ann", Approved: true, Signature: []byte("\x00key1\xff second"), At: noon}, {Officer: "bob", Reason: "no", At: noon}, {Officer: "cem", Approved: true, Signature: []byte("\x00key"), At: noon}},
		} {
			row := store.Request{Office: harbour.ID, Kind: register.KindRetract, Subject: "s", Body: []byte{byte(i)}, State: store.Waiting, AskedBy: "ann", AskedAt: noon}
			if err := tx.AddRequest(&row); err != nil {
				return err
			}
			for _, a := range answers {
				a.Request = row.ID
				if err := tx.PutAnswer(a); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for prefix, want := range map[string]string{"\x00key1": "\x00key1|\x00key1\xff second", "\x00key2": "\x00key2-b", "key": "", "\x00KEY": "", "\x00key1\xff second and more": ""} {
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.SignaturesBeginning([]byte(prefix))
			if s := string(bytes.Join(got, []byte("|"))); s != want {
				t.Errorf("%q: %q, want %q", prefix, s, want)
			}
			return err
		})
	}
	update(t, db, func(tx *store.Tx) error { // an SSH key has no such prefix
		all, err := tx.SignaturesBeginning(nil)
		if len(all) != 0 {
			t.Errorf("%q", all)
		}
		return err
	})
}
