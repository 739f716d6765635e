package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
)

// Real readings: letters that were printed, half of them with one alteration,
// photographed or shot from a screen, and read by tesseract, which says how sure
// it is of each word.

// A verdict is what is said of a reading beside the letter it was found to be.
type verdict int

// The three answers, and a reading that was not put down to its letter.
const (
	copied    verdict = iota // the words of the letter, but for reading noise
	toCheck                  // these words could not be read for sure: look at them
	alteredTo                // the letter with these words changed
	lost
)

// A differing is a place that the verdict names: the words of the reading and
// those on record.
type differing struct {
	copy, record string
	certain      bool // a real difference, not perhaps a wrong reading
}

// verdictOf compares a reading with what is on record.
func verdictOf(ctx context.Context, ix *compare.Index, reading *fold.Folded, family string) (verdict, []differing, error) {
	found, err := ix.Find(ctx, reading)
	if err != nil {
		return lost, nil, err
	}
	if len(found) == 0 || found[0].Document.Family != family || found[0].Judge() >= compare.Like {
		return lost, nil, nil
	}
	a := found[0].Alignment
	v := copied
	var out []differing
	for _, d := range a.Differences {
		certain := d.Certainty == compare.Certain
		switch {
		case certain:
			v = alteredTo
		case v == copied:
			v = toCheck
		}
		out = append(out, differing{a.Copy.Slice(d.Copy.From, d.Copy.To), a.Record.Slice(d.Record.From, d.Record.To), certain})
	}
	return v, out, nil
}

// scan makes a reading of the words of a line and their confidences.
func scan(l line) *fold.Folded {
	var seen []fold.Seen
	at := 0
	for i, w := range strings.Fields(l.OCR) {
		from := at + strings.Index(l.OCR[at:], w)
		at = from + len(w)
		if i < len(l.Conf) {
			seen = append(seen, fold.Seen{From: from, To: at, Confidence: l.Conf[i] / 100})
		}
	}
	return fold.Scan(l.OCR, seen)
}

// readings judges all real readings among the letters of the register.
func (s settings) readings(ctx context.Context, w *strings.Builder, g *goals) error {
	name := filepath.Join(s.data, "ocr_real.jsonl.gz")
	ix, texts := compare.NewIndex(), map[string]string{}
	add := func(id, text string) {
		if _, ok := texts[text]; !ok {
			ix.Add(compare.Document{ID: len(texts), Family: id, Text: text})
			texts[text] = id
		}
	}
	n := 0
	for d, err := range s.some(size5k.real(s.data)) {
		if err != nil {
			return err
		}
		add(d.Family, d.Text)
	}
	if err := lines(name, func(l line) error { add(l.ID, l.Registered); return nil }); err != nil {
		return err
	}
	tally := tally{}
	err := lines(name, func(l line) error {
		if n++; s.short && n%7 != 0 {
			return nil
		}
		v, named, err := verdictOf(ctx, ix, scan(l), texts[l.Registered])
		if err != nil {
			return err
		}
		tally.count(l, v, named)
		return s.missedReading(n-1, l, v, named)
	})
	if err != nil {
		return err
	}
	tally.print(w)
	tally.goals(g)
	return nil
}

// A share is how the readings of one kind and level were judged.
type share struct {
	n, caught, check, copied, lost int
	other                          int // other words named than the altered ones
	places                         int // named on pages where nothing was altered
}

// tally counts by kind of alteration, "" for none, and level of the picture.
type tally map[[2]string]*share

// levels of pictures, the best first: a screenshot, and three qualities of photo.
var levels = []string{"shot", "good", "mid", "bad"}

var editKinds = []string{"", "word", "name", "month", "neg", "number"}

func (t tally) count(l line, v verdict, named []differing) {
	kind := ""
	if l.Edit != nil {
		kind = l.Edit.Kind
	}
	c := t[[2]string{kind, l.Level}]
	if c == nil {
		c = &share{}
		t[[2]string{kind, l.Level}] = c
	}
	c.n++
	if v == lost {
		c.lost++
		return
	}
	if l.Edit == nil {
		c.places += len(named)
		switch v {
		case alteredTo:
			c.caught++
		case toCheck:
			c.check++
		default:
			c.copied++
		}
		return
	}
	switch names, certain := names(*l.Edit, named); {
	case names && certain:
		c.caught++
	case names:
		c.check++
	case v != copied:
		c.other++
	default:
		c.copied++
	}
}

// names reports whether a place that was named is the alteration.
func names(e edit, named []differing) (is, certain bool) {
	gone, come := without(words(e.Old), words(e.New)), without(words(e.New), words(e.Old))
	for _, d := range named {
		hit := slices.ContainsFunc(come, func(w string) bool {
			return slices.ContainsFunc(words(d.copy), func(o string) bool { return alike(w, o) })
		}) ||
			slices.ContainsFunc(gone, func(w string) bool { return slices.Contains(words(d.record), w) })
		if hit {
			is, certain = true, certain || d.certain
		}
	}
	return is, certain
}

func without(ws, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ws), func(w string) bool { return slices.Contains(others, w) })
}

// alike allows for one letter that was misread in a longer word.
func alike(w, o string) bool {
	if w == o {
		return true
	}
	a, b := []rune(w), []rune(o)
	if len(a) < 4 || len(a) != len(b) {
		return false
	}
	n := 0
	for i := range a {
		n += one(a[i] != b[i])
	}
	return n <= 1
}

func (t tally) print(w *strings.Builder) {
	fmt.Fprintf(w, "\n## Real readings, among the letters of the register\n\n")
	g := grid{{"altered", "picture", "readings", "certain, %", "check, %", "other words, %", "passed as a copy, %", "letter not found, %", "places named on a page"}}
	for _, kind := range editKinds {
		for _, level := range levels {
			c := t[[2]string{kind, level}]
			if c == nil {
				continue
			}
			name, places := kind, "-"
			if kind == "" {
				name, places = "nothing", fmt.Sprintf("%.1f", float64(c.places)/float64(c.n))
			}
			g = append(g, []string{name, level, fmt.Sprint(c.n), percent(c.caught, c.n), percent(c.check, c.n), percent(c.other, c.n), percent(c.copied, c.n), percent(c.lost, c.n), places})
		}
	}
	g.print(w)
}

// missedReading lists a reading that was not judged as it should be.
func (s settings) missedReading(n int, l line, v verdict, named []differing) error {
	is, certain := false, false
	if l.Edit != nil {
		is, certain = names(*l.Edit, named)
	}
	if l.Edit == nil && v == copied || is && certain {
		return nil
	}
	what := "nothing altered"
	if l.Edit != nil {
		what = fmt.Sprintf("%s: %q for %q", l.Edit.Kind, l.Edit.New, l.Edit.Old)
	}
	return s.note(fmt.Sprintf("readings\t%s %d\t%s\t%s\tverdict %d, named %d: %.300q\n", l.Level, n, l.ID, what, v, len(named), fmt.Sprint(named)))
}
