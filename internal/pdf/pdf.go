// Package pdf is what is known of a PDF by reading it. Packages below it write
// letters (typeset), seal them (pades) and find out what a page really shows
// (extract). This package is data alone, so that who asks about a PDF - a check,
// on a server or in a browser - needs none of the programs that read one.
package pdf
