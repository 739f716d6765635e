// Package sealed finds the sealed draft whose words a reader presents, and says
// of it as little as can be said.
//
// Drafts of an office that answer "on_copy" are searched by a keyed index: their
// sampled grams stand in it as truncated HMACs, so that the table alone is no
// plaintext in disguise. It is made in memory and never written.
//
// What may be said is decided by whole blocks. A draft's words are cut, once and
// for all, into blocks of at least 12 words that end with sentences. A block
// counts when three quarters of its words stand in the copy; a copy presents the
// draft when the blocks that count hold 60 % of its words, and 100 bits that no
// public text accounts for. Within it a stretch between two whole blocks that has
// other words than the draft is named, in the reader's own. Nothing else of an
// answer depends on the copy, so that no single word beyond what a reader
// holds can be tried out; docs/decisions/0024 has the argument and what remains.
//
//	x := sealed.New(key, texts)
//	hit, err := x.Present(ctx, fold.Copy(pasted), nil)
//	if hit.Presents { ... }
//
// The package has no clock, no files and no network.
package sealed

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
)

const (
	// Slots is how many texts every copy is aligned with. Slots that no candidate
	// fills align it with a decoy, so that the work does not tell.
	Slots = 4
	// boilerplate is how many texts may share a gram that finds any of them.
	boilerplate = 64
	// decoyWords is how long a decoy is at most, about a letter's length.
	decoyWords = 400
)

// A Key is the secret under which grams are looked up. One index, one key.
type Key [32]byte

// A Text is one text of one sealed revision.
type Text struct {
	Letter   string // names the letter; its texts answer as one
	Revision uint32 // counted from 1
	Words    string
}

// A Span is a stretch of a copy in bytes of its exact text.
type Span struct{ From, To int }

// An Index finds sealed texts by the words of a copy. Its methods may run beside
// each other.
type Index struct {
	key   Key
	table *seed.Table
	texts []Text
}

// New makes the index of texts under a key. A text is known by its position in
// the list.
func New(key Key, texts []Text) *Index {
	x := &Index{key: key, table: seed.NewTable(), texts: texts}
	mac := hmac.New(sha256.New, key[:])
	for i, t := range texts {
		x.table.Add(uint32(i), keyed(mac, seed.Of(fold.Record(t.Words).Stream)))
	}
	x.table.Postings() // sorted now, not for the first reader
	return x
}

// Len is the number of texts.
func (x *Index) Len() int { return len(x.texts) }

// Postings are the keyed grams with the texts that hold them, sorted.
func (x *Index) Postings() []seed.Posting { return x.table.Postings() }

// keyed replaces each gram's key by a truncated HMAC of its 12 letters (10 in
// Arabic). Longer grams are not kept: equal beginnings would show.
func keyed(mac hash.Hash, seeds []seed.Seed) []seed.Seed {
	out := make([]seed.Seed, len(seeds))
	var b, sum []byte
	for i, s := range seeds {
		mac.Reset()
		b = append(b[:0], "chancery/v1/sealed-gram"...)
		b = binary.BigEndian.AppendUint64(b, uint64(s.Key&seed.Mask(1)))
		_, _ = mac.Write(b) // a hash never fails
		sum = mac.Sum(sum[:0])
		out[i] = seed.Seed{Key: seed.Key(binary.BigEndian.Uint64(sum)), At: s.At, Levels: seed.Levels}
	}
	return out
}

// A Hit is what a copy shows of the sealed texts.
type Hit struct {
	// Presents: the copy holds enough of the text Text for it to answer.
	Presents bool
	Text     int
	// Near are the letters of whose drafts the copy presents one, or would with a
	// block more. Only there can an answer turn on a guess: limits count them.
	Near []string
	// Differs are stretches of the copy, each of whole sentences, between blocks
	// of the draft that are whole: they hold other words than the draft does
	// there, or more. What the copy lacks is not told.
	Differs []Span
}

// Present compares a copy with the texts that share most grams with it. public
// are the stretches of the copy that stand in texts that everybody can find; they
// count for the 60 %, not for the 100 bits. The work is the same whatever is
// found. The error is that of ctx.
func (x *Index) Present(ctx context.Context, copied *fold.Folded, public []Span) (Hit, error) {
	var hit Hit
	var best []match
	candidates := x.candidates(copied)
	for slot := range Slots {
		if err := ctx.Err(); err != nil {
			return Hit{}, err //nolint:wrapcheck // the caller's own
		}
		words, found := decoyOf(copied), slot < len(candidates)
		if found {
			words = x.texts[candidates[slot]].Words
		}
		m := measure(compare.Align(copied, fold.Record(words)), public)
		if !found {
			continue
		}
		m.text, m.letter, m.revision = candidates[slot], x.texts[candidates[slot]].Letter, x.texts[candidates[slot]].Revision
		if m.near && !slices.Contains(hit.Near, m.letter) {
			hit.Near = append(hit.Near, m.letter)
		}
		if m.presents {
			best = append(best, m)
		}
	}
	if len(best) == 0 {
		return hit, nil
	}
	slices.SortStableFunc(best, match.compare)
	hit.Presents, hit.Text, hit.Differs = true, best[0].text, best[0].differs
	return hit, nil
}

// candidates are the texts that share most grams with the copy, at most Slots.
func (x *Index) candidates(copied *fold.Folded) []int {
	votes := map[uint32]int{}
	var found []uint32
	asked := map[seed.Key]bool{}
	for _, s := range keyed(hmac.New(sha256.New, x.key[:]), seed.Of(copied.Stream)) {
		if asked[s.Key] {
			continue
		}
		asked[s.Key] = true
		var n int
		if found, n = x.table.Lookup(found[:0], s.Key, seed.Levels, boilerplate); n > boilerplate {
			continue
		}
		for _, t := range found {
			votes[t]++
		}
	}
	ids := make([]int, 0, len(votes))
	for t := range votes {
		ids = append(ids, int(t))
	}
	slices.SortFunc(ids, func(a, b int) int {
		return cmp.Or(
			votes[uint32(b)]-votes[uint32(a)], //nolint:gosec // as in New
			len(x.texts[a].Words)-len(x.texts[b].Words),
			int(x.texts[b].Revision)-int(x.texts[a].Revision), a-b)
	})
	return ids[:min(len(ids), Slots)]
}

// decoyOf is a text that costs about as much to align with the copy as a draft
// of which the copy holds half.
func decoyOf(copied *fold.Folded) string {
	const stretch = 8
	var b strings.Builder
	for i, w := range copied.Words[:min(len(copied.Words), decoyWords)] {
		word := copied.Exact[w.Start:w.End]
		if i/stretch%2 == 1 {
			word = reversed(word)
		}
		b.WriteString(word)
		b.WriteByte(' ')
	}
	return b.String()
}

func reversed(s string) string {
	b := make([]byte, 0, len(s))
	for len(s) > 0 {
		r, n := utf8.DecodeLastRuneInString(s)
		b, s = utf8.AppendRune(b, r), s[:len(s)-n]
	}
	return string(b)
}
