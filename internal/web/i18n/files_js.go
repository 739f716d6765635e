package i18n

import "embed"

// In a browser there are answers alone: what the desk and other parts of a server
// say would only make the reader larger.
//
//go:embed en.toml ar.toml en-public.toml ar-public.toml en-device.toml ar-device.toml en-paper.toml ar-paper.toml
var files embed.FS
