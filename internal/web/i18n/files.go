//go:build !js

package i18n

import "embed"

//go:embed *.toml
var files embed.FS
