// Package find finds the registered page that a photo shows, and how it lies in it,
// without reading a word.
//
// A register knows where the words of its letters stand (internal/layout). In a
// photo the pieces of ink make lines, and lines fall into words of which nothing
// is known but how wide they are. Runs of such widths find the page among
// thousands ([Index]); from words of photo and page that answer each other comes
// how the page lies in the photo, curl included; and where lines were put in or
// left out, stretches of it are found in their new places. It works for every
// script, for nothing is read.
//
// How much work a picture may make is bounded by a count (effort.go), so that a
// picture has one answer on every machine.
package find

import (
	"cmp"
	"image"
	"slices"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// A Key names a registered page.
type Key struct {
	File string `json:"file"` // SHA-256 of the issued file, in hexadecimal
	Page int    `json:"page"` // of the file, from 0
}

// A Word is what looks like a word in a photo.
type Word struct {
	Box  image.Rectangle // on the sheet
	Line int             // of the photo, from 0
}

// A Found is a registered page that lies in a photo's sheet. Words of the page and of
// the photo are named by their numbers.
type Found struct {
	Key   Key
	Page  layout.Page
	Lines [][]int // of the page, as by the function of that name
	Sheet photo.Sheet
	Lie   photo.Lie // on the sheet
	Words []Word    // of the photo
	Order []int     // they, as they are read
	// Placed are words of the page and those of the photo that stand where they
	// should; Answers also those that stand elsewhere.
	Placed, Answers map[int]int
	InSight         int     // words of the page that should be in the photo
	Height          float64 // of letters, on the sheet
}

// A Search looks for the pages that one picture shows.
type Search struct {
	index           *Index
	finding, moving *effort // that are left
}

// Search begins to look for the pages that a picture shows.
func (x *Index) Search() *Search {
	return &Search{x, &effort{left: mostFinding}, &effort{left: mostMoving}}
}

// When a page counts as found.
const (
	leastShare = .4 // of the page's words that should be in sight
	mostAlike  = 3  // pages, of those that fit about as well: revisions of one letter look alike
	farBehind  = .5 // the share of a found page's score below which others are not looked at
)

// In returns the pages that lie in a sheet of the picture, of those that fit about as
// well as the best.
func (s *Search) In(sheet photo.Sheet) []*Found {
	if sheet.Height == 0 {
		return nil
	}
	lines := linesOf(sheet, s.finding)
	turned := onHead(lines)
	f := newFinder(lines, sheet, s.finding)
	var all []*laid
	most, placed, score := 0, 0, 0.0
	for _, l := range s.index.leads(lines, turned, s.finding) {
		if l.score < score*farBehind {
			break
		}
		ls := lines
		if l.turned {
			ls = turned
		}
		got, ok := f.fit(l, ls, nil)
		if !ok {
			continue
		}
		one := &laid{fitted: got, f: f, lines: ls, moving: s.moving}
		one.blocks()
		one.between()
		if float64(len(one.answer)) < leastShare*float64(one.sight) {
			continue
		}
		if most, placed = max(most, len(one.answer)), max(placed, len(one.pairs)); 2*len(one.answer) > one.sight {
			score = max(score, l.score)
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *laid) int { return cmp.Compare(len(b.answer), len(a.answer)) })
	// Words that stand elsewhere may be as wide by chance; those in place, hardly.
	all = slices.DeleteFunc(all, func(x *laid) bool { return len(x.answer)*20 < most*17 && len(x.pairs)*20 < placed*17 })
	var out []*Found
	for _, x := range all[:min(len(all), mostAlike)] {
		out = append(out, x.found(sheet))
	}
	return out
}

// found is what others are told of a page.
func (f *laid) found(sheet photo.Sheet) *Found {
	return &Found{
		Key: f.page.key, Page: f.page.page, Lines: f.page.lines, Sheet: sheet, Lie: f.lie, Words: f.f.words, Order: f.order,
		Placed: f.pairs, Answers: f.answer, InSight: f.sight, Height: f.f.height,
	}
}
