package register

import (
	"slices"
	"strings"

	"chancery.example/letter"
)

// WithSignatures returns a body with these approvals in place of its own, in
// order of officer. Policy and nonce stay: they are part of what was signed. A
// body that takes no approvals comes back as it is.
func WithSignatures(b Body, sigs []OfficerSignature) Body {
	a, ok := b.(approvedBody)
	if !ok {
		return b
	}
	sorted := append([]OfficerSignature{}, sigs...)
	slices.SortFunc(sorted, func(x, y OfficerSignature) int { return strings.Compare(x.Officer, y.Officer) })
	return a.withSignatures(sorted)
}

// TextsOf returns the text leaves whose words a body makes public.
func TextsOf(b Body) []letter.Disclosure {
	var all []letter.Disclosure
	switch b := b.(type) {
	case Issue:
		all = b.Fields
	case Correct:
		all = b.Fields
	case DraftOpen:
		for _, r := range b.Revisions {
			all = append(all, r.Fields...)
		}
	case Statement:
		all = b.Texts
	case Disavow:
		all = b.Texts
	}
	return slices.DeleteFunc(slices.Clone(all), func(d letter.Disclosure) bool {
		_, isText := d.Field.Lang()
		return !isText || d.Salt == nil
	})
}
