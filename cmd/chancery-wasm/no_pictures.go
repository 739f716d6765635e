//go:build js && !pictures

package main

import (
	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

// pictures is nil: this build is the small one, which reads texts, reports, files
// and proofs. The page loads the other when its reader wants pictures read.
var pictures check.PictureReader

// marked is nil likewise: there are no pictures to mark.
var marked func(*i18n.Printer, check.Finding) *shared.Drawing
