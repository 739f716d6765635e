package looks

// Plain is a word as words are compared.
func Plain(s string) string { return plain(s) }

// Alike reports whether a word that is known looks like another that is, and whether both
// are.
func Alike(p Known, a string, q Known, b string) (alike, both bool) {
	x, y := p[plain(a)], q[plain(b)]
	if len(x) == 0 || len(y) == 0 {
		return false, false
	}
	return same(x[0], y[0]), true
}
