package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/fold"
)

// A Speaker is who a quotation is credited to.
type Speaker struct {
	Name string // as printed; "" when nobody is named
	Of   string // for whom a known speaker speaks; "" when the name is not known
}

// Speakers are the names that are known, and for whom they speak. The zero
// Speakers know nobody. Add must not run beside anything.
type Speakers struct{ known []known }

// A known speaker is a name under which somebody is quoted.
type known struct {
	keys []string // of its words
	of   string
}

// Add makes a name known. Longer names go before shorter ones, "Adel
// Abdul-Mahdi" before "Abdul-Mahdi"; of equal ones the first that was added.
func (s *Speakers) Add(name, of string) {
	var keys []string
	for _, w := range fold.Copy(name).Words {
		keys = append(keys, w.Key)
	}
	if len(keys) > 0 {
		s.known = append(s.known, known{keys, of})
		slices.SortStableFunc(s.known, func(a, b known) int { return len(b.keys) - len(a.keys) })
	}
}

// How far from a quotation its speaker may be named, in words.
const (
	verbReach = 4  // between a verb in front and the mark
	nameReach = 9  // of a name with its titles
	aside     = 10 // of an apposition between name and verb
)

// Of returns who is named right beside a quotation as having said it: a
// verb of saying and a name, next to each other and to the mark, in the same
// sentence. When in doubt nobody is named.
func (s *Speakers) Of(text string, para Span, q Quotation) Speaker {
	para = within(text, para, q)
	after := tokens(text, q.Close, para.To)
	inside := strings.TrimSpace(text[q.From:q.To])
	ended := strings.HasSuffix(inside, ".")
	if n := s.nameAfter(text, after, q, ended); n.Name != "" {
		return n
	}
	return s.nameBefore(text, tokens(text, para.From, q.Open))
}

// beside is how many bytes around a quotation are read for its speaker.
const beside = 1500

// within cuts a paragraph down to what stands beside a quotation.
func within(text string, para Span, q Quotation) Span {
	if q.Open-para.From > beside {
		cut := q.Open - beside
		para.From = cut + max(0, strings.IndexByte(text[cut:q.Open], ' '))
	}
	if para.To-q.Close > beside {
		cut := q.Close + beside
		para.To = q.Close + max(0, strings.LastIndexByte(text[q.Close:cut], ' '))
	}
	return para
}

// A token is a word with what stands between it and the word before.
type token struct {
	from, to int
	word     string
	gap      string // before the word
	ends     bool   // the gap ends a sentence
}

// tokens returns the words of text[from:to].
func tokens(text string, from, to int) []token {
	var out []token
	at := from
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			i += n
			continue
		}
		end := i
		for end < to {
			r, n := utf8.DecodeRuneInString(text[end:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '-' && r != '\'' && r != '’' && r != '.' {
				break
			}
			if r == '.' && !initial(text[i:end]) {
				break
			}
			end += n
		}
		w := strings.TrimRight(text[i:end], "-'’")
		t := token{from: i, to: i + len(w), word: w, gap: text[at:i]}
		t.ends = strings.ContainsAny(t.gap, ".!?…؟") && !(len(out) > 0 && abbreviation(out[len(out)-1].word) && strings.HasPrefix(t.gap, "."))
		out = append(out, t)
		i, at = i+len(w), i+len(w)
		if i == t.from {
			i++
		}
	}
	return out
}

// initial reports whether a full stop after w is part of it: U.S, J.
func initial(w string) bool {
	r, n := utf8.DecodeLastRuneInString(w)
	return unicode.IsUpper(r) && (n == len(w) || strings.HasSuffix(w[:len(w)-n], "."))
}

func abbreviation(w string) bool {
	w = strings.TrimRight(w, ".")
	return titles[strings.ToLower(w)] && len(w) <= 5 || initial(w)
}

// nameAfter looks behind the closing mark: "...", X said / said X.
func (s *Speakers) nameAfter(text string, ts []token, q Quotation, ended bool) Speaker {
	if len(ts) == 0 || ts[0].ends || strings.ContainsAny(ts[0].gap, "\"“”«»\n") && strings.Contains(ts[0].gap, "\n\n") {
		return Speaker{}
	}
	if strings.ContainsAny(ts[0].gap, "\"“«„") { // another quotation follows at once
		return Speaker{}
	}
	ts = sentenceOf(ts)
	lower := key(ts[0].word)
	switch {
	case lower == "according" && len(ts) > 2 && key(ts[1].word) == "to":
		return s.name(text, ts[2:], false)
	case sourcing[lower] && len(ts) > 1:
		return s.name(text, ts[1:], false)
	case saying[lower] && len(ts) > 1:
		return s.name(text, ts[1:], true)
	case (isArabicSaying(lower) || arabicSourcing[lower]) && len(ts) > 1:
		return s.arabicName(text, ts[1:])
	case lower == "على" && len(ts) > 3 && key(ts[1].word) == "حد": // as X put it
		return s.arabicName(text, ts[3:])
	case auxiliary[lower] && len(ts) > 2 && saying[key(ts[1].word)]:
		return s.name(text, ts[2:], true)
	case ended:
		return Speaker{}
	}
	return s.subject(text, ts)
}

// subject reads a name in front of a verb of saying.
func (s *Speakers) subject(text string, ts []token) Speaker {
	for i := 1; i < min(len(ts), nameReach+aside); i++ {
		k := key(ts[i].word)
		if !saying[k] {
			continue
		}
		head := ts[:i]
		for len(head) > 1 && (adverbs[key(head[len(head)-1].word)] || auxiliary[key(head[len(head)-1].word)]) {
			head = head[:len(head)-1]
		}
		for j := 1; j < len(head); j++ { // an apposition: X, the minister, said
			if strings.Contains(head[j].gap, ",") {
				head = head[:j]
				break
			}
		}
		if len(head) > nameReach {
			return Speaker{}
		}
		return s.wholeName(text, head)
	}
	return Speaker{}
}

// nameBefore looks in front of the opening mark: X said, "..."
func (s *Speakers) nameBefore(text string, ts []token) Speaker {
	start := 0
	for i := range ts {
		if ts[i].ends {
			start = i
		}
	}
	ts = ts[start:]
	if len(ts) == 0 {
		return Speaker{}
	}
	last := ts[len(ts)-1]
	end := text[last.to:]
	tail := end[:min(len(end), 12)]
	if i := strings.IndexFunc(tail, isMark); i >= 0 {
		tail = tail[:i]
	}
	if strings.ContainsAny(tail, ".!?…؟") && !abbreviation(last.word) {
		return Speaker{}
	}
	if arabicLetters(text[ts[0].from:last.to]) {
		return s.arabicBefore(text, ts)
	}
	if strings.Contains(tail, ":") && start == 0 && len(ts) <= 5 { // X: "..."
		if n := s.wholeName(text, ts); n.Name != "" {
			return n
		}
	}
	for i := len(ts) - 1; i >= max(0, len(ts)-1-verbReach); i-- {
		k := key(ts[i].word)
		if saying[k] && i > 0 {
			return s.tail(text, ts[:i])
		}
		if saying[k] { // said X: "..."
			return s.name(text, ts[i+1:], true)
		}
		if k == "to" && i > 0 && key(ts[i-1].word) == "according" || sourcing[k] {
			return s.name(text, ts[i+1:], false)
		}
		if i < len(ts)-1 && strings.ContainsAny(ts[i+1].gap, ",;") {
			break
		}
	}
	return Speaker{}
}

// tail reads the name at the end of the words in front of a verb.
func (s *Speakers) tail(text string, ts []token) Speaker {
	for len(ts) > 1 && (adverbs[key(ts[len(ts)-1].word)] || auxiliary[key(ts[len(ts)-1].word)]) {
		ts = ts[:len(ts)-1]
	}
	from := len(ts)
	for from > 0 && len(ts)-from < nameReach && (capital(ts[from-1].word) || particles[key(ts[from-1].word)]) {
		from--
		if strings.ContainsAny(ts[from].gap, ",;:") {
			break
		}
	}
	for from < len(ts) && !capital(ts[from].word) {
		from++
	}
	return s.wholeName(text, ts[from:])
}

// wholeName takes all tokens as a name with its titles; nobody when they are
// something else.
func (s *Speakers) wholeName(text string, ts []token) Speaker {
	n := s.name(text, ts, true)
	if n.Name == "" || len(ts) == 0 || ts[len(ts)-1].to > n.end(text, ts) {
		return Speaker{}
	}
	return n
}

// end is where the name's last word ends among the tokens.
func (n Speaker) end(text string, ts []token) int {
	i := strings.LastIndex(text[ts[0].from:ts[len(ts)-1].to], n.Name)
	if i < 0 {
		return -1
	}
	return ts[0].from + i + len(n.Name)
}

// name reads a name at the beginning of tokens: words without capital (the
// skipper) may stand in front when a verb does, then capitals.
func (s *Speakers) name(text string, ts []token, introduced bool) Speaker {
	ts = sentenceOf(ts)
	if len(ts) > 0 && arabicLetters(ts[0].word) {
		return s.arabicName(text, ts)
	}
	i := 0
	for i < len(ts) && !capital(ts[i].word) {
		if !introduced || i > 4 || barriers[key(ts[i].word)] || i > 0 && strings.ContainsAny(ts[i].gap, ",;:()") {
			return Speaker{}
		}
		i++
	}
	from := i
	for i < len(ts) && i-from < nameReach {
		joined := i == from || !strings.ContainsAny(ts[i].gap, ",;:()\"“”«»") && !strings.Contains(ts[i].gap, "\n\n")
		inner := i > from && particles[key(ts[i].word)] && i+1 < len(ts) && capital(ts[i+1].word)
		if !joined || !capital(ts[i].word) && !inner {
			break
		}
		i++
	}
	return s.called(text, ts[from:i])
}

// called decides what of a run of capitals is the name, and whose speaker it is.
func (s *Speakers) called(text string, run []token) Speaker {
	for len(run) > 0 && notNames[key(run[len(run)-1].word)] {
		run = run[:len(run)-1]
	}
	if len(run) == 0 {
		return Speaker{}
	}
	if n, ok := s.find(text, run); ok {
		return n
	}
	for i := len(run) - 2; i >= 0; i-- {
		if owner := possessive(run[i].word) != run[i].word; owner || titles[strings.TrimRight(key(run[i].word), ".")] {
			run = run[i+1:]
			break
		}
	}
	for len(run) > 0 && (notNames[key(run[0].word)] || len(run) == 1 && titles[key(run[0].word)]) {
		run = run[1:]
	}
	if len(run) == 0 {
		return Speaker{}
	}
	return Speaker{Name: possessive(text[run[0].from:run[len(run)-1].to])}
}

func possessive(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "'s"), "’s")
}

// known finds an office's speaker in a run of names.
func (s *Speakers) find(text string, run []token) (Speaker, bool) {
	exact := text[run[0].from:run[len(run)-1].to]
	f := fold.Copy(exact)
	for _, sp := range s.known {
		for i := range len(f.Words) - len(sp.keys) + 1 {
			if slices.EqualFunc(sp.keys, f.Words[i:i+len(sp.keys)], func(k string, w fold.Word) bool { return w.Key == k || possessive(w.Key) == k }) {
				return Speaker{possessive(f.Slice(i, i+len(sp.keys))), sp.of}, true
			}
		}
	}
	return Speaker{}, false
}

// sentenceOf cuts tokens at the end of their sentence.
func sentenceOf(ts []token) []token {
	for i := 1; i < len(ts); i++ {
		if ts[i].ends || strings.ContainsAny(ts[i].gap, "\"“”«»") {
			return ts[:i]
		}
	}
	return ts
}

func key(w string) string { return strings.ToLower(w) }

func capital(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r)
}

func arabicLetters(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// isArabicSaying knows a verb of saying also with "and" or "so" joined to it.
func isArabicSaying(w string) bool {
	joined, ok := strings.CutPrefix(w, "و")
	if !ok {
		joined = strings.TrimPrefix(w, "ف")
	}
	return arabicSaying[w] || arabicSaying[joined]
}

// arabicBefore reads "qala X: ..." in front of the mark.
func (s *Speakers) arabicBefore(text string, ts []token) Speaker {
	for i := len(ts) - 1; i >= max(0, len(ts)-nameReach); i-- {
		if (isArabicSaying(ts[i].word) || arabicSourcing[ts[i].word]) && i+1 < len(ts) {
			return s.arabicName(text, ts[i+1:])
		}
	}
	return Speaker{}
}

// arabicName reads a name after a verb: up to a particle or mark. Arabic has no
// capitals, so without a known speaker only a few plain words are a name.
func (s *Speakers) arabicName(text string, ts []token) Speaker {
	i := 0
	for i < len(ts) && i < nameReach && !arabicBarriers[ts[i].word] && (i == 0 || !strings.ContainsAny(ts[i].gap, ":،؛,«»\"“”.")) {
		i++
	}
	if i == 0 {
		return Speaker{}
	}
	if n, ok := s.find(text, ts[:i]); ok {
		return n
	}
	run := ts[:i]
	for len(run) > 0 && arabicTitles[run[0].word] {
		run = run[1:]
	}
	if len(run) < 2 || len(run) > 4 || slices.ContainsFunc(run, func(t token) bool { return arabicNotNames[t.word] }) {
		return Speaker{}
	}
	return Speaker{Name: text[run[0].from:run[len(run)-1].to]}
}
