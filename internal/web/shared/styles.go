package shared

import _ "embed"

//go:embed tokens.css
var tokens string

//go:embed base.css
var base string

//go:embed parts.css
var partStyles string

// Styles are the style sheets that all pages share, in their order.
var Styles = tokens + base + partStyles
