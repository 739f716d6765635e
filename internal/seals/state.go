package seals

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"chancery.example/internal/pdf/pades"
)

// A State is what an office's seals are made with, for who looks after them. It has no
// private key, and of a signer the program's name alone: arguments may say more.
type State struct {
	Require  Demand
	Keys     []KeyState
	Stamp    StampServer
	StampEnd time.Time // when the first of the server's certificates ends
	CRLs     int
	OCSPs    int
	// GoodUntil is when the first of those two is not good any more.
	GoodUntil time.Time
}

// A KeyState is one key.
type KeyState struct {
	Name    string
	Program string    // that has it; "": it is in a file
	From    time.Time // it seals from then on; zero: it waits for certificates
	InUse   bool
	Chain   []*certificate // its own first; none when Problem says why
	Own     bool           // the office made the certificate itself
	Problem error
}

// State tells what there is. Nobody is asked.
func (k Keeper) State() (State, error) {
	s, err := k.load()
	if err != nil {
		return State{}, err
	}
	out := State{Require: s.Require, CRLs: len(s.LongTerm.CRLs), OCSPs: len(s.LongTerm.OCSPs), GoodUntil: s.LongTerm.goodUntil()}
	if out.Require == "" {
		out.Require = Nothing
	}
	out.Stamp = StampServer{Address: s.Stamp.Address, Policy: s.Stamp.Policy, Timeout: s.Stamp.Timeout.Duration, Certificates: []byte(s.Stamp.Certificates)}
	authorities, err := s.Stamp.authorities()
	if err != nil {
		return State{}, err
	}
	for _, c := range authorities {
		if out.StampEnd.IsZero() || c.NotAfter.Before(out.StampEnd) {
			out.StampEnd = c.NotAfter
		}
	}
	used, found := s.at(k.Now())
	for _, x := range s.Keys {
		state := KeyState{Name: x.Name, From: x.From, InUse: found && x.Name == used.Name}
		if len(x.Signer) > 0 {
			state.Program = x.Signer[0]
		}
		key, err := k.open(x)
		if err == nil {
			state.Chain = key.Chain()
			state.Own = len(state.Chain) == 1
		} else if state.InUse || !errors.Is(err, fs.ErrNotExist) {
			state.Problem = err
		}
		out.Keys = append(out.Keys, state)
	}
	return out, nil
}

// Try seals a small PDF as a letter would be sealed now, asking signer and timestamp
// server, and returns it with what its seal shows. An error says what did not answer.
func (k Keeper) Try(ctx context.Context) ([]byte, pades.Remark, error) {
	s, err := k.Begin()
	if err != nil {
		return nil, pades.Remark{}, err
	}
	if s.missing != "" {
		return nil, pades.Remark{}, errors.New(s.missing)
	}
	out, err := s.Put(ctx, trial())
	if s.why != nil {
		return nil, pades.Remark{}, s.why
	}
	if err != nil {
		return nil, pades.Remark{}, err
	}
	return out, pades.Inspect(out), nil
}

// trial is a PDF of one page that says what it is.
func trial() []byte {
	const words = "BT /F1 14 Tf 72 770 Td (A seal is tried. This is no letter.) Tj ET"
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R/Lang(en)>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(words), words),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, at)
	return b.Bytes()
}
