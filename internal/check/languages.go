package check

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/compare"
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
	words  int
	offset int         // code point of its first line in the paper
	seen   photo.Words // where its words stand in a picture, if they do
	folded *fold.Folded
	as     []answer
}

// leastPart is how many words in another script make a text of its own; less is
// a name or a term in a foreign letter.
const leastPart = 12

// splitLanguages divides a paper whose lines are in several scripts. Nil
// when they are not. rest is what is in none of them.
func splitLanguages(paper paper) (parts, rest []part) {
	at := 0
	text := paper.text
	for s := range strings.SplitAfterSeq(text, "\n") {
		from := at
		at += len(s)
		sc := mainScript(s)
		i := slices.IndexFunc(parts, func(x part) bool { return x.script == sc })
		if sc < 0 && len(parts) > 0 { // numbers go with what stands before
			i = len(parts) - 1
		}
		if i < 0 {
			parts = append(parts, part{script: sc, offset: utf8.RuneCountInString(text[:from])})
			i = len(parts) - 1
		}
		if paper.picture != nil {
			parts[i].seen = append(parts[i].seen, paper.picture.words.Between(from, at, len(parts[i].text))...)
		}
		parts[i].text += s
		parts[i].words += roughWords(s)
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
		if p.folded = fold.Copy(p.text); f.picture != nil {
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
	match := best.match()
	f.Differences = located(differences(best.candidate.Alignment, main.offset), best.candidate.Alignment, main.seen)
	f.Comparison = pieces(best.candidate.Alignment)
	f.differing, f.doubtful = wordsDiffering(best.candidate.Alignment), toCheck(best.candidate.Alignment)
	agreedCopy, agreedRecord := best.candidate.Alignment.Agreed, best.candidate.Alignment.AgreedRecord
	ofCopy, ofRecord := len(main.folded.Words), len(best.candidate.Alignment.Record.Words)
	for _, p := range parts[1:] {
		a, ok := s.sibling(best, p)
		ofCopy += len(p.folded.Words)
		if !ok {
			match = worse(match, TranslationDiffers)
			f.otherLang = languageOfScript(p)
			f.Differences = append(f.Differences, Difference{Kind: Disagree, Copy: strings.TrimSpace(p.text), Offset: p.offset})
			continue
		}
		f.otherLang = a.text.lang
		al := a.candidate.Alignment
		agreedCopy, agreedRecord, ofRecord = agreedCopy+al.Agreed, agreedRecord+al.AgreedRecord, ofRecord+len(al.Record.Words)
		f.Comparison = append(append(f.Comparison, Piece{Text: "\n"}), pieces(al)...)
		match = worse(match, f.also(a, p))
	}
	for _, p := range rest {
		match = worse(match, f.stray(p))
		ofCopy += p.words
	}
	f.Coverage = &Coverage{ratio(agreedCopy, ofCopy), ratio(agreedRecord, ofRecord)}
	f.Others, f.Also = s.others(main.as), alsoIn(main.as)
	if f.doubtful > 0 {
		f.Note = CheckWords
	}
	s.hiddenCharacters(&f, fold.Copy(f.Text))
	f = s.conclude(f, match, best.status.Standing, &best.status)
	return s.beside(f, best.text), true, nil
}

// also adds the differences of a part in a further language, and returns how it
// matches.
func (f *Finding) also(a answer, p part) Match {
	al := a.candidate.Alignment
	ds := located(differences(al, p.offset), al, p.seen)
	f.doubtful += toCheck(al)
	switch a.agreement {
	case compare.Same, compare.PartOf:
		f.Differences = append(f.Differences, ds...) // of a picture: what somebody should look at
		return a.match()
	case compare.Altered, compare.Like, compare.Unlike:
	}
	for _, d := range ds {
		d.Kind = Disagree
		f.Differences = append(f.Differences, d)
	}
	f.differing += wordsDiffering(al)
	return TranslationDiffers
}

// stray adds lines in a script that the letter's texts are not in. In a picture
// they may be specks: then somebody should look.
func (f *Finding) stray(p part) Match {
	more := strings.TrimSpace(p.text)
	d := Difference{Kind: OnlyInCopy, Copy: more, Offset: p.offset}
	f.Comparison = append(f.Comparison, Piece{Text: "\n"}, Piece{Kind: OnlyInCopy, Text: more})
	d.at(p.seen, 0, len(p.text))
	d.Check = slices.ContainsFunc(p.seen, func(w photo.Word) bool { return w.Confidence < surelyRead })
	f.Differences = append(f.Differences, d)
	if d.Check {
		f.doubtful += p.words
		return SameText
	}
	f.differing += p.words
	return Altered
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
