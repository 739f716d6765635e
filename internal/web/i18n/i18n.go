// Package i18n holds every message of the pages in every language they speak,
// and says numbers, dates and plurals the way each language does.
//
// Messages are in TOML files named by their language, en.toml and one for each
// larger part as en-desk.toml, under the same keys in every language and with the
// same placeholders; a test holds them to that. A key stands in one file only. A
// message may name placeholders in braces:
//
//	[letter]
//	issued = "{office} issued this letter on {date}."
//
// and may have plural forms, which are chosen by the Unicode rules:
//
//	[result.differs]
//	one = "{n} place differs"
//	other = "{n} places differ"
package i18n

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"chancery.example/letter"
)

// The languages of the pages.
const (
	English letter.Lang = "en"
	Arabic  letter.Lang = "ar"
)

// Langs lists the languages of the pages, the first being the one at "/".
func Langs() []letter.Lang { return []letter.Lang{English, Arabic} }

// A Printer says messages in one language. It is never changed after Load.
type Printer struct {
	lang     letter.Lang
	messages map[string]string
}

// Load returns the messages of one language. They are read once.
func Load(lang letter.Lang) (*Printer, error) {
	l, ok := loaded[lang]
	if !ok {
		return nil, fmt.Errorf("there are no messages in language %q", lang)
	}
	return l()
}

// loaded reads the messages of each language when they are first asked for.
var loaded = func() map[letter.Lang]func() (*Printer, error) {
	out := map[letter.Lang]func() (*Printer, error){}
	for _, lang := range Langs() {
		out[lang] = sync.OnceValues(func() (*Printer, error) { return read(lang) })
	}
	return out
}()

func read(lang letter.Lang) (*Printer, error) {
	p := &Printer{lang: lang, messages: map[string]string{}}
	names, err := parts(lang)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var tree map[string]any
		if _, err := toml.DecodeFS(files, name, &tree); err != nil {
			return nil, fmt.Errorf("reading messages from %s: %w", name, err)
		}
		if err := flatten(p.messages, "", tree); err != nil {
			return nil, fmt.Errorf("reading messages from %s: %w", name, err)
		}
	}
	return p, nil
}

// parts returns the names of a language's files.
func parts(lang letter.Lang) ([]string, error) {
	more, err := fs.Glob(files, string(lang)+"-*.toml")
	if err != nil {
		return nil, fmt.Errorf("finding the messages in %s: %w", lang, err)
	}
	return append([]string{string(lang) + ".toml"}, more...), nil
}

func flatten(to map[string]string, prefix string, tree map[string]any) error {
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			if _, twice := to[prefix+k]; twice {
				return fmt.Errorf("message %s%s stands in two files", prefix, k)
			}
			to[prefix+k] = v
		case map[string]any:
			if err := flatten(to, prefix+k+".", v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("message %s%s is a %T; write a string", prefix, k, v)
		}
	}
	return nil
}

// Lang returns the language of the messages.
func (p *Printer) Lang() letter.Lang { return p.lang }

// Keys returns the keys of all messages, sorted.
func (p *Printer) Keys() []string { return slices.Sorted(maps.Keys(p.messages)) }

// Has reports whether there is a message, with or without plural forms.
func (p *Printer) Has(key string) bool {
	_, plain := p.messages[key]
	_, plural := p.messages[key+".other"]
	return plain || plural
}

// T returns a message as plain text. args are names of placeholders and their
// values in turn. A key without message comes back in brackets, for tests to
// find.
func (p *Printer) T(key string, args ...any) string {
	return p.fill(key, args, func(v any) string { return p.say(v) })
}

// H returns a message as HTML: the message and the values are escaped, and each
// value is isolated from the direction of the words around it. A value that is
// HTML already goes in as it is.
func (p *Printer) H(key string, args ...any) template.HTML {
	m, ok := p.messages[key]
	if !ok {
		return template.HTML("[" + template.HTMLEscapeString(key) + "]") //nolint:gosec // escaped
	}
	filled := replace(template.HTMLEscapeString(m), args, func(v any) string {
		if h, ok := v.(template.HTML); ok {
			return string(h)
		}
		return "<bdi>" + template.HTMLEscapeString(p.say(v)) + "</bdi>"
	})
	return template.HTML(filled) //nolint:gosec // message and values are escaped above
}

// N returns the plural form of a message for n, which fills {n}.
func (p *Printer) N(key string, n int, args ...any) string {
	form := key + "." + plural(p.lang, n)
	if _, ok := p.messages[form]; !ok {
		form = key + ".other"
	}
	return p.T(form, append([]any{"n", n}, args...)...)
}

func (p *Printer) fill(key string, args []any, say func(any) string) string {
	m, ok := p.messages[key]
	if !ok {
		return "[" + key + "]"
	}
	return replace(m, args, say)
}

// replace goes through the message once, so that a value which looks like a
// placeholder stays as it is.
func replace(m string, args []any, say func(any) string) string {
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", say(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(m)
}

func (p *Printer) say(v any) string {
	switch v := v.(type) {
	case int:
		return p.Num(uint64(max(v, 0)))
	case uint64:
		return p.Num(v)
	case uint32:
		return p.Num(uint64(v))
	}
	return fmt.Sprint(v)
}

// plural returns the CLDR plural category of n.
func plural(lang letter.Lang, n int) string {
	if lang != Arabic {
		if n == 1 {
			return "one"
		}
		return "other"
	}
	switch h := n % 100; {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case h >= 3 && h <= 10:
		return "few"
	case h >= 11:
		return "many"
	}
	return "other"
}
