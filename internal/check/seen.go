package check

import "chancery.example/internal/photo"

// Words returns the words that were read from a picture or a PDF, with their places
// in Text, on its pages and in pixels, as Difference.Box has them; none of what came
// as text. Differences count in the same text.
func (f Finding) Words() photo.Words { return f.seen() }
