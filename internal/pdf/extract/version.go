package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"runtime/debug"
	"strings"
)

// versions names what the compiled form of pdfium depends on, so that a program
// never runs what another version left.
func versions() string {
	var b strings.Builder
	b.WriteString("1 " + runtime.GOOS + " " + runtime.GOARCH)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasSuffix(m.Path, "/wazero") || strings.HasSuffix(m.Path, "/go-pdfium") {
				b.WriteString(" " + m.Path + " " + m.Version + " " + m.Sum)
			}
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}
