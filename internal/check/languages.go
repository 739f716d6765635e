package check

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// A part is what of a paper is in one script: lines that need not stand
// together.
type part struct {
	script int
	text   string
	shown  string // the text as readers have it, of as many bytes
	words  int
	lines  []line
	seen   photo.Words // where its words stand in a picture, if they do
	folded *fold.Folded
	as     []answer

	differences []Difference
	pages       facing.Pages
}

// A line says at which code point of the paper a line of a part begins.
type line struct{ inPart, inPaper int }

// add appends a line of the paper.
func (p *part) add(s, shown string, at int) {
	p.lines = append(p.lines, line{utf8.RuneCountInString(p.text), at})
	p.text += s
	p.shown += shown
	if len(letter.RunningMatter(s)) == 0 { // the notice of a copy is in two languages wherever it stands
		p.words += roughWords(s)
	}
}

// inPaper puts places in the part where they are in the paper.
func (p *part) inPaper(ds []Difference) []Difference {
	for i, d := range ds {
		ds[i].Offset = p.place(d.Offset)
		if d.Length > 0 {
			ds[i].Length = p.place(d.Offset+d.Length-1) + 1 - ds[i].Offset
		}
	}
	return ds
}

func (p *part) place(point int) int {
	i, found := slices.BinarySearchFunc(p.lines, point, func(l line, point int) int { return l.inPart - point })
	if !found {
		i--
	}
	return p.lines[i].inPaper + point - p.lines[i].inPart
}

// lay lists how the part differs from a text on record, and lays the two out.
func (p *part) lay(a *compare.Alignment) {
	if len(a.Copy.Exact) == len(p.shown) {
		a.Copy.Exact = p.shown
	}
	p.differences, p.pages = p.inPaper(located(differences(a), a, p.seen)), facing.Lay(a)
}

// alone makes the whole part one difference.
func (p *part) alone(kind DifferenceKind, mark facing.Mark) {
	words := strings.TrimSpace(p.text)
	before := utf8.RuneCountInString(p.text[:strings.Index(p.text, words)])
	p.differences = p.inPaper([]Difference{{Kind: kind, Copy: words, Offset: before, Length: utf8.RuneCountInString(words)}})
	p.differences[0].at(p.seen, 0, len(p.text))
	p.pages = facing.Pages{
		Copy:   []facing.Piece{{Mark: mark, Text: p.text, Number: 1}},
		Record: []facing.Piece{{Mark: facing.Absent, Number: 1}},
	}
}

// leastPart is how many words in another script make a text of its own; less is
// a name or a term in a foreign letter.
const leastPart = 12

// splitLanguages divides a paper whose lines are in several scripts. Nil
// when they are not. rest is what is in none of them.
func splitLanguages(paper paper) (parts, rest []part) {
	at, bytes := 0, 0
	for s := range strings.SplitAfterSeq(paper.text, "\n") {
		from := at
		at, bytes = at+utf8.RuneCountInString(s), bytes+len(s)
		sc := mainScript(s)
		i := slices.IndexFunc(parts, func(x part) bool { return x.script == sc })
		if sc < 0 && len(parts) > 0 { // numbers go with what stands before
			i = len(parts) - 1
		}
		if i < 0 {
			parts = append(parts, part{script: sc})
			i = len(parts) - 1
		}
		if paper.picture != nil {
			parts[i].seen = append(parts[i].seen, paper.picture.words.Between(bytes-len(s), bytes, len(parts[i].text))...)
		}
		shown := s
		if paper.whole != "" {
			shown = paper.whole[bytes-len(s) : bytes]
		}
		parts[i].add(s, shown, from)
	}
	parts = slices.DeleteFunc(parts, func(p part) bool {
		short := p.words < leastPart
		if short && p.words > 0 {
			rest = append(rest, p)
		}
		return short
	})
	if len(parts) < 2 {
		return nil, nil
	}
	return parts, rest
}

// inLanguages answers for a paper in several languages: the part that agrees
// best says which record it is; each other part must agree with the text that
// the same revision has in that language. false: no part is on record, or no
// part of one letter stands beside another.
func (s *Snapshot) inLanguages(ctx context.Context, f Finding, parts, rest []part) (Finding, bool, error) {
	for i := range parts {
		p := &parts[i]
		if p.folded = fold.Copy(p.text); f.picture != nil && !f.picture.typed {
			p.folded = fold.Scan(p.text, p.seen.Seen())
		}
		var err error
		if p.as, err = s.ask(ctx, p.folded, f.CheckedAt); err != nil {
			return f, false, err
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return rank(a) - rank(b) })
	main := parts[0]
	if len(main.as) == 0 || main.as[0].agreement > compare.Altered {
		return f, false, nil
	}
	best := main.as[0]
	al := best.candidate.Alignment
	match := best.match()
	parts[0].lay(al)
	f.differing, f.doubtful, f.Foreign = wordsDiffering(al), toCheck(al), facing.Foreign(al)
	sum := sums{al.Agreed, al.AgreedRecord, len(main.folded.Words), len(al.Record.Words)}
	for i := range parts[1:] {
		match = worse(match, s.other(&f, best, &parts[1+i], &sum))
	}
	for i := range rest {
		match = worse(match, f.stray(&rest[i]))
		sum.ofCopy += rest[i].words
	}
	f.show(slices.Concat(parts, rest))
	f.Coverage = &Coverage{ratio(sum.agreedCopy, sum.ofCopy), ratio(sum.agreedRecord, sum.ofRecord)}
	f.Others, f.Also = s.others(main.as, f.CheckedAt), alsoIn(main.as)
	if f.doubtful > 0 {
		f.Note = CheckWords
	}
	s.hiddenCharacters(&f, fold.Copy(f.Text))
	f = s.conclude(f, match, best.status.Standing, &best.status)
	return s.beside(f, best.text), true, nil
}

// stray makes lines in a script that the letter's texts are not in a difference.
// In a picture they may be specks: then somebody should look.
func (f *Finding) stray(p *part) Match {
	p.alone(OnlyInCopy, facing.Alone)
	d := &p.differences[0]
	d.Check = slices.ContainsFunc(p.seen, func(w photo.Word) bool { return w.Confidence < surelyRead })
	if d.Check {
		p.pages.Copy[0].Look, p.pages.Record[0].Look = true, true
		f.doubtful += p.words
		return SameText
	}
	f.differing += p.words
	return Altered
}

// sums are the words of all parts of a paper and of their texts on record.
type sums struct{ agreedCopy, agreedRecord, ofCopy, ofRecord int }

// other compares a part with the text that the record has in its language.
func (s *Snapshot) other(f *Finding, best answer, p *part, sum *sums) Match {
	a, ok := s.sibling(best, *p)
	sum.ofCopy += len(p.folded.Words)
	if !ok {
		f.otherLang = languageOfScript(*p)
		p.alone(Disagree, facing.Disagrees)
		return TranslationDiffers
	}
	f.otherLang = a.text.lang
	al := a.candidate.Alignment
	sum.agreedCopy, sum.agreedRecord, sum.ofRecord = sum.agreedCopy+al.Agreed, sum.agreedRecord+al.AgreedRecord, sum.ofRecord+len(al.Record.Words)
	p.lay(al)
	f.doubtful += toCheck(al)
	switch a.agreement {
	case compare.Same, compare.PartOf: // of a picture: what somebody should look at
		return a.match()
	case compare.Altered, compare.Like, compare.Unlike:
	}
	for i := range p.differences {
		p.differences[i].Kind = Disagree
	}
	p.pages = p.pages.Disagreeing()
	f.differing += wordsDiffering(al)
	f.Foreign += facing.Foreign(al)
	return TranslationDiffers
}

// show lays the parts of a paper out in its own order.
func (f *Finding) show(parts []part) {
	slices.SortStableFunc(parts, func(a, b part) int { return a.lines[0].inPaper - b.lines[0].inPaper })
	for i, p := range parts {
		if i > 0 {
			p.pages.Record = slices.Insert(p.pages.Record, 0, facing.Piece{Text: "\n"})
		}
		f.Comparison = f.Comparison.Append(p.pages, len(f.Differences))
		f.Differences = append(f.Differences, p.differences...)
	}
}

// rank orders parts: those that agree best first, longer ones before shorter.
func rank(p part) int {
	if len(p.as) == 0 {
		return math.MaxInt
	}
	return int(p.as[0].agreement)*MaxWords*2 - len(p.folded.Words)
}

// worse is the match of a paper whose parts match differently.
func worse(a, b Match) Match {
	order := []Match{SameText, Part, TranslationDiffers, Altered}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// sibling compares a part with the text that stands in its language beside the
// text of an answer, in the same revision.
func (s *Snapshot) sibling(best answer, p part) (answer, bool) {
	for i := range s.texts {
		t := &s.texts[i]
		if familyOf(t.record) != familyOf(best.text.record) || t.lang == best.text.lang || mainScript(t.text.String()) != p.script {
			continue
		}
		if t.record.Kind == register.RecordLetter && !slices.Contains(t.revisions, s.revisionOf(best)) {
			continue
		}
		c := compare.Candidate{Alignment: compare.Align(p.folded, fold.Record(t.text.String())), Bits: math.MaxFloat64}
		return answer{text: t, candidate: c, agreement: c.Judge()}, true
	}
	return answer{}, false
}

// revisionOf is the revision beside which other languages are looked for: the
// issued one, else the latest that holds the words, because a later revision
// may have put a translation right.
func (s *Snapshot) revisionOf(a answer) uint32 {
	if a.status.IssuedAt != 0 {
		return a.status.Revision
	}
	return a.text.revision
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func languageOfScript(p part) letter.Lang {
	if p.script >= 0 {
		return map[int]letter.Lang{1: "ar", 4: "he"}[p.script]
	}
	return ""
}

// mentions reports whether a reference stands in a text by itself.
func mentions(text, ref string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], ref)
		if i < 0 {
			return false
		}
		i += at
		if !refByte(text, i-1) && !refByte(text, i+len(ref)) {
			return true
		}
		at = i + 1
	}
}

func refByte(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] == '-' || s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 'a' && s[i] <= 'z')
}

// scripts that a paper may be written in beside each other.
var scripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Arabic, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Han, unicode.Devanagari, unicode.Thai, unicode.Hangul,
}

// mainScript is the script of most letters; -1 for none.
func mainScript(s string) int {
	n := make([]int, len(scripts))
	best := -1
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		for i, t := range scripts {
			if unicode.Is(t, r) {
				if n[i]++; best < 0 || n[i] > n[best] {
					best = i
				}
				break
			}
		}
	}
	return best
}

func sameScript(a, b string) bool { return mainScript(a) == mainScript(b) }
