// Package receipt is the page on which the addressee of a letter that came by mail
// says that it arrived. Its address is known to the addressee alone.
package receipt

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Page is the page in all languages.
var Page = shared.MustPage[View]("receipt", source)

// A View is what the page shows.
type View struct {
	Office     register.OfficeView
	Reference  letter.Ref
	Addressee  string
	SentAt     time.Time
	ReceivedAt time.Time // zero: not yet
}
