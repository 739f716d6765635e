package shared

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"chancery.example/approval"
	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
	"chancery.example/register"
)

// functions are what templates can call, in one language.
func functions(p *i18n.Printer) template.FuncMap {
	return template.FuncMap{
		"t":          p.T,
		"h":          p.H,
		"n":          p.N,
		"num":        func(n uint64) string { return p.Num(n) },
		"count":      func(n int) string { return p.Num(uint64(max(n, 0))) },
		"index64":    func(i register.Index) string { return p.Num(uint64(i)) },
		"moment":     func(t time.Time) template.HTML { return Moment(p, t) },
		"stamp":      func(s register.Stamp) template.HTML { return Moment(p, s.Time()) },
		"lang":       p.LangName,
		"dir":        Dir,
		"show":       Show,
		"refused":    Refused,
		"up":         Up,
		"ruletype":   func(r register.Rule) string { return RuleType(p, r) },
		"origin":     Origin,
		"ref":        Ref,
		"edit":       func(s string) template.HTML { return edited("ed", s) },
		"instead":    func(s string) template.HTML { return edited("instead", s) },
		"recordname": func(r check.Record) template.HTML { return RecordName(p, r) },
		"add":        func(a, b int) int { return a + b },
		"ours":       func(bs []Body) []Body { return ours(p.Lang(), bs) },
		"words":      func(w register.Words) template.HTML { return Words(p, w) },
		"sample":     func(s Sign) template.HTML { return sample(p, s) },
		"noun":       func(r *check.Record) string { return r.Noun().In(p.Lang()) },
		"say":        func(w check.Words) string { return w.In(p.Lang()) },
		"standing":   func(s register.Standing) string { return p.T("standing." + string(s)) },
		"intent":     func(s register.Standing) string { return string(IntentOf(s)) },
		"iconof":     IconOf,
		"href":       func(path string) string { return Href(p.Lang(), path) },
		"letter":     func(office string, ref letter.Ref) string { return Href(p.Lang(), LetterPath(office, ref)) },
		"entry":      func(i register.Index) string { return Href(p.Lang(), EntryPath(i)) },
		"office":     func(id string) string { return Href(p.Lang(), OfficePath(id)) },
		"before":     func(i register.Index) register.Index { return max(i, 1) - 1 },
		"after":      func(i register.Index) register.Index { return i + 1 },
		"hex":        func(h letter.Hash) template.HTML { return Digest(h.String()) },
	}
}

// Up returns a message with its first letter as at the head of a line: the names
// of acts stand in sentences, in headings and on buttons.
func Up(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + s[size:]
}

// RuleType returns what a rule of a policy is for alone, in the words of the other
// pages; "" when it is for all types. A type without words is shown as it is.
func RuleType(p *i18n.Printer, r register.Rule) string {
	for _, key := range []string{"statement." + r.Type, "type." + r.Type} {
		if (r.Act == approval.State) == strings.HasPrefix(key, "statement.") && p.Has(key) {
			return Up(p.T(key))
		}
	}
	return r.Type
}

// Href returns the address of a path in a language.
func Href(lang letter.Lang, path string) string {
	if lang == i18n.English {
		return path
	}
	return "/" + string(lang) + path
}

// LetterPath returns the path of a letter's page. A reference may hold slashes;
// they stay as they are.
func LetterPath(office string, ref letter.Ref) string {
	segments := strings.Split(string(ref), "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "/l/" + url.PathEscape(office) + "/" + strings.Join(segments, "/")
}

// OfficePath returns the path of an office's register.
func OfficePath(id string) string { return "/o/" + url.PathEscape(id) }

// EntryPath returns the path of an entry's page.
func EntryPath(i register.Index) string { return fmt.Sprintf("/log/%d", i) }

// Dir returns the direction of a language.
func Dir(l letter.Lang) string {
	if l.RTL() {
		return "rtl"
	}
	return "ltr"
}

// Moment shows a time for people and programs.
func Moment(p *i18n.Printer, t time.Time) template.HTML {
	if t.IsZero() {
		return template.HTML(template.HTMLEscapeString(p.T("date.unknown"))) //nolint:gosec // escaped
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // escaped
		t.UTC().Format(time.RFC3339), template.HTMLEscapeString(p.Moment(t))))
}

// Ref shows a reference: isolated from the direction of the words around it and
// never broken over two lines unless it is too long for one.
func Ref(r letter.Ref) template.HTML {
	return template.HTML(`<bdi class="ref" dir="ltr">` + template.HTMLEscapeString(string(r)) + `</bdi>`) //nolint:gosec // escaped
}

// Origin shows the address of a website, always from left to right.
func Origin(s string) template.HTML {
	return `<bdi dir="ltr">` + Show(s) + `</bdi>`
}

// Digest shows a digest in groups, always from left to right.
func Digest(s string) template.HTML {
	return template.HTML(`<bdi class="digest" dir="ltr">` + template.HTMLEscapeString(s) + `</bdi>`) //nolint:gosec // escaped
}

// Words shows words in the page's language, or in another with its language
// and direction marked.
func Words(p *i18n.Printer, w register.Words) template.HTML {
	text, lang := w.In(p.Lang())
	return Marked(lang, text)
}

// Marked shows a text with its language and direction.
func Marked(lang letter.Lang, text string) template.HTML {
	return template.HTML(fmt.Sprintf(`<bdi lang="%s" dir="%s">%s</bdi>`, //nolint:gosec // escaped
		template.HTMLEscapeString(string(lang)), Dir(lang), string(Show(text))))
}

// Isolated shows a sentence in a language. Names in it that hold letters of the
// other direction are isolated, so that they do not draw the words and marks
// beside them out of their place.
func Isolated(lang letter.Lang, sentence string, names ...string) template.HTML {
	var b strings.Builder
	for sentence != "" {
		at, name := len(sentence), ""
		for _, n := range names {
			if i := strings.Index(sentence, n); n != "" && i >= 0 && i < at && turns(lang, n) {
				at, name = i, n
			}
		}
		b.WriteString(string(Show(sentence[:at])))
		if name != "" {
			b.WriteString("<bdi>" + string(Show(name)) + "</bdi>")
		}
		sentence = sentence[at+len(name):]
	}
	return template.HTML(b.String()) //nolint:gosec // Show escapes
}

// turns reports whether a text holds letters written in the other direction than
// a language.
func turns(lang letter.Lang, text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana) != lang.RTL()
	})
}

// ours puts the bodies in the page's own language first.
func ours(lang letter.Lang, bs []Body) []Body {
	out := slices.Clone(bs)
	slices.SortStableFunc(out, func(a, b Body) int {
		switch {
		case a.Lang == lang && b.Lang != lang:
			return -1
		case b.Lang == lang && a.Lang != lang:
			return 1
		}
		return 0
	})
	return out
}

// RecordName names a record: its office and its reference, or what it is.
func RecordName(p *i18n.Printer, r check.Record) template.HTML {
	name := template.HTML(template.HTMLEscapeString(p.T("recordkind." + string(r.Kind)))) //nolint:gosec // escaped
	if r.Kind == register.RecordLetter {
		name = Ref(r.Reference)
	}
	return Words(p, r.OfficeName) + " · " + name
}

// edited shows what a report marks as its own ("ed"), or what on record stands
// in its place ("instead").
func edited(class, text string) template.HTML {
	return template.HTML(`<span class="` + class + `"><bdi>` + string(Show(text)) + `</bdi></span>`) //nolint:gosec // Show escapes
}

// Icon returns the markup of an icon, for pages that are put together in Go.
func Icon(name string) template.HTML {
	var b strings.Builder
	if err := iconTemplate.ExecuteTemplate(&b, "icon", name); err != nil {
		return "" // the name is data of a template that parsed: it cannot fail
	}
	return template.HTML(b.String()) //nolint:gosec // written by a template
}

var iconTemplate = template.Must(template.New("icons").Parse(icons))

// Show escapes foreign text and makes visible what could deceive the eye:
// control characters, marks that turn the direction of writing, and characters
// without width are shown by their code point.
func Show(s string) template.HTML {
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `<span class="ctl" dir="ltr">U+%04X</span>`, r)
			continue
		}
		b.WriteString(template.HTMLEscapeString(string(r)))
	}
	return template.HTML(b.String()) //nolint:gosec // escaped character by character
}

// Plain takes out of a text what [Show] makes visible, for places that hold no
// markup.
func Plain(s string) string { return visible(s) }

func hidden(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u200c', '\u200d': // joiners, which Persian and other scripts need
		return false
	case '\u00ad', '\u034f', '\u115f', '\u1160', '\u3164', '\ufeff', '\ufffd', '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r)
}

// IntentOf returns the colour family of a standing by itself.
func IntentOf(s register.Standing) check.Intent {
	switch s {
	case register.InForce:
		return check.IntentInForce
	case register.Superseded, register.Expired, register.Embargoed:
		return check.IntentSuperseded
	case register.Withdrawn:
		return check.IntentWithdrawn
	case register.DraftOpened, register.DraftClosed, register.DraftReplaced:
		return check.IntentDraft
	case register.Conflict:
		return check.IntentAltered
	case register.Disavowed, register.Lookalike:
		return check.IntentDisavowed
	case register.Stated, register.Retracted:
		return check.IntentStated
	case register.CannotCheck, register.NotOnRecord, register.NoRegister:
		return check.IntentUnknown
	}
	return check.IntentUnknown
}

// IconOf returns the icon of a standing by itself.
func IconOf(s register.Standing) string {
	switch IntentOf(s) {
	case check.IntentInForce:
		return "check"
	case check.IntentSuperseded:
		return "arrow"
	case check.IntentWithdrawn:
		return "cross"
	case check.IntentDraft:
		return "pen"
	case check.IntentAltered:
		return "differ"
	case check.IntentDisavowed:
		return "shield"
	case check.IntentStated:
		return "quote"
	case check.IntentUnknown:
		return "question"
	}
	return "question"
}

// Translated stands before the words of a refusal that are in the page's language.
const Translated = "\u2067"

// Refused shows why something was not done: in the page's language, with what was put
// into the words set apart (package refusal), or else in English.
func Refused(s string) template.HTML {
	words, ok := strings.CutPrefix(s, Translated)
	if !ok {
		return `<bdi lang="en" dir="ltr">` + Show(s) + `</bdi>`
	}
	var out template.HTML
	for {
		before, rest, more := strings.Cut(words, "\u2068")
		out += Show(before)
		if !more {
			return out
		}
		arg, after, _ := strings.Cut(rest, "\u2069")
		out += "<bdi>" + Show(arg) + "</bdi>"
		words = after
	}
}
