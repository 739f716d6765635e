package forger

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"strconv"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/testkit/press"
)

// A Register is letters of one language whose pages are indexed: photos can be held
// against them. Letters are named by their numbers.
type Register struct {
	*Script
	Texts []string
	Index *find.Index
}

// Register writes and registers n letters of least words, or more by less than more.
func (s *Script) Register(rng *rand.Rand, n, least, more int) *Register {
	r := &Register{Script: s, Index: find.NewIndex()}
	for i := range n {
		r.Texts = append(r.Texts, s.Letter(rng, least+rng.IntN(more)))
		r.Index.Add(r.Key(i), s.Press.Layout(r.Texts[i]))
	}
	return r
}

// Key names the page of a letter.
func (*Register) Key(letter int) find.Key { return find.Key{File: strconv.Itoa(letter)} }

// Render is a match.Render.
func (r *Register) Render(_ context.Context, k find.Key, perMM float64) (*image.Gray, error) {
	i, err := strconv.Atoi(k.File)
	if err != nil || i < 0 || i >= len(r.Texts) {
		return nil, fmt.Errorf("rendering letter %q: there are %d", k.File, len(r.Texts))
	}
	return press.Rendered(r.Press.Print(r.Texts[i]), perMM), nil
}

// Matcher holds photos against the letters.
func (r *Register) Matcher() *match.Matcher {
	return &match.Matcher{Index: r.Index, Render: r.Render, Set: typeset.DrawWord}
}
