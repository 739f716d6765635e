package manuscript

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"chancery.example/internal/page"
)

// html takes the words of a page, with the numbers that its lists are shown with.
func (w *writer) html(s string) {
	r := page.Read(w.numbered(s))
	if r.Unread {
		w.flag(Markup)
	}
	w.out.WriteString(strings.ReplaceAll(r.Text, "\u00ad", ""))
}

// An htmlList is a list of a page that the reader is in.
type htmlList struct {
	ordered bool
	known   bool // how it is numbered
	at      int
	write   counting
}

// numbered returns a page whose items begin with their numbers, or "-". How a style
// sheet numbers them is not known here.
func (w *writer) numbered(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var out strings.Builder
	var lists []htmlList
	for {
		kind := z.Next()
		raw := string(z.Raw()) // before the token, which it does not outlive
		if kind == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				w.flag(Markup)
			}
			return out.String() + raw
		}
		if kind == html.StartTagToken || kind == html.EndTagToken {
			raw = listed(z.Token(), raw, &lists)
		}
		out.WriteString(raw)
	}
}

// listed returns what stands in the page for a tag: for those of lists that browsers
// number a block and the number, unless something else is said of them, which is
// left for the reader of pages to flag.
func listed(t html.Token, raw string, lists *[]htmlList) string {
	begins, n := t.Type == html.StartTagToken, len(*lists)
	switch t.Data {
	case "ol", "ul", "menu":
		l := listOf(t)
		switch {
		case begins && n < maxDepth:
			*lists = append(*lists, l)
		case !begins && n > 0:
			l = (*lists)[n-1]
			*lists = (*lists)[:n-1]
		}
		switch {
		case !l.ordered || !l.known:
		case begins:
			return "<div>"
		default:
			return "</div>"
		}
	case "li":
		if !begins || n == 0 {
			break
		}
		if l := &(*lists)[n-1]; l.ordered && l.known && onlyHas(t, "value") {
			return "<li>" + html.EscapeString(l.next(t))
		} else if !l.ordered {
			return raw + "- "
		}
	}
	return raw
}

// onlyHas reports whether nothing else is said of an element than what is named, or
// what changes nothing.
func onlyHas(t html.Token, names ...string) bool {
	return !slices.ContainsFunc(t.Attr, func(a html.Attribute) bool {
		return !slices.Contains(names, a.Key) && a.Key != "class" && a.Key != "id" && a.Key != "lang"
	})
}

func listOf(t html.Token) htmlList {
	l := htmlList{ordered: t.Data == "ol", known: onlyHas(t, "start", "type"), at: 1, write: strconv.Itoa}
	if n, err := strconv.Atoi(valueOf(t, "start")); err == nil {
		l.at = n
	}
	if sort := valueOf(t, "type"); len(sort) == 1 && strings.Contains("1aAiI", sort) {
		l.write = countings[sort]
	} else if sort != "" {
		l.known = false
	}
	return l
}

// next is what stands before an item.
func (l *htmlList) next(t html.Token) string {
	if !l.ordered {
		return "- "
	}
	if n, err := strconv.Atoi(valueOf(t, "value")); err == nil {
		l.at = n
	}
	label := l.write(l.at) + ". "
	l.at++
	return label
}

// valueOf is an attribute's value.
func valueOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
