package web

import (
	"net/http"
	"slices"

	"chancery.example/internal/photo"
	"chancery.example/internal/web/pages/ask"
	"chancery.example/letter"
)

// A Try is a paper that a server offers to who has none at hand: that of a story.
type Try struct {
	Name  string // its file's
	Title map[letter.Lang]string
	Media string
	Data  []byte
}

// tries are the papers on offer, as the first page shows them.
func (s *site) tries(lang letter.Lang) (out []ask.Try) {
	for _, t := range s.opts.Tries {
		title, in := t.Title[lang], lang
		if title == "" {
			title, in = t.Title["en"], "en"
		}
		out = append(out, ask.Try{Name: t.Name, Title: title, Lang: in, Picture: photo.FormatOf(t.Data) != ""})
	}
	return out
}

// try sends the file of a paper on offer.
func (s *site) try(c *call) answer {
	t, ok := s.tryNamed(c.PathValue("name"))
	if !ok {
		return s.notFound(c)
	}
	return answer{status: http.StatusOK, cache: brief, file: &download{t.Name, t.Media, t.Data}}
}

func (s *site) tryNamed(name string) (Try, bool) {
	i := slices.IndexFunc(s.opts.Tries, func(t Try) bool { return t.Name == name })
	if i < 0 {
		return Try{}, false
	}
	return s.opts.Tries[i], true
}
