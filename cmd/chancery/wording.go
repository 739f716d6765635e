package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// plainly words an error for people: what the operating system says of a file
// is said in whole words.
func plainly(err error) string {
	text := err.Error()
	var file *fs.PathError
	if errors.As(err, &file) {
		text = reworded(text, file.Error(), file.Path, file.Err)
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		text = reworded(text, link.Error(), link.New, link.Err)
	}
	return text
}

// reworded puts our words in the place of the system's, with the file's name
// when nothing before has it.
func reworded(text, raw, name string, err error) string {
	before, _, found := strings.Cut(text, raw)
	if !found {
		return text
	}
	words := trouble(err)
	if !strings.Contains(before, name) {
		words = name + ": " + words
	}
	return strings.ReplaceAll(text, raw, words)
}

func trouble(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not do that there"
	case errors.Is(err, syscall.EISDIR):
		return "it is a folder; give a file"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of this path is a file, not a folder"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; make room and try again"
	case errors.Is(err, syscall.EROFS):
		return "the disk cannot be written"
	}
	return err.Error()
}

var oneDash = regexp.MustCompile(`(^|\s)-([a-z][a-z-]*)`)

// flagError words what package flag says about a call; names are the flags there
// are.
func flagError(err error, names []string) error {
	text := oneDash.ReplaceAllString(err.Error(), "$1--$2")
	if name, unknown := strings.CutPrefix(text, "flag provided but not defined: --"); unknown {
		text = "there is no flag --" + name
		if near := nearest(name, names); near != "" {
			text += "; did you mean --" + near + "?"
		}
	}
	if name, missing := strings.CutPrefix(text, "flag needs an argument: --"); missing {
		text = "--" + name + " wants a value behind it"
	}
	return usageError{errors.New(text)}
}

// nearest returns the word that a mistyped one was most likely meant to be; ""
// when none is near.
func nearest(typed string, words []string) string {
	best, least := "", max(len(typed)/3, 1)+1
	for _, w := range words {
		if d := distance(typed, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with the next.
func distance(a, b string) int {
	row := make([][]int, len(a)+1)
	for i := range row {
		row[i] = make([]int, len(b)+1)
		row[i][0] = i
	}
	for j := range row[0] {
		row[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := row[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[i][j] = slices.Min([]int{row[i-1][j] + 1, row[i][j-1] + 1, change})
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[i][j] = min(row[i][j], row[i-2][j-2]+1)
			}
		}
	}
	return row[len(a)][len(b)]
}
