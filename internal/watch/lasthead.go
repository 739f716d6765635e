package watch

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"chancery.example/proof"
)

const (
	lastHeadLine = "chancery-head/v1\n"
	maxLastHead  = 1024
)

// parseLastHead reads the file log.head: its kind, the three lines of a head,
// and the time of the signature (docs/formats/folder.md).
func parseLastHead(raw []byte) (proof.Head, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(lastHeadLine))
	body, last := bytes.CutSuffix(rest, []byte("\n"))
	i := bytes.LastIndexByte(body, '\n') + 1
	if !ok || !last || i == 0 {
		return proof.Head{}, errors.New("it is not a file of its kind")
	}
	if _, err := strconv.ParseUint(string(body[i:]), 10, 63); err != nil {
		return proof.Head{}, errors.New("its time is no number")
	}
	h, err := proof.ParseHead(append(bytes.Clone(body[:i]), '\n'))
	if err != nil {
		return h, fmt.Errorf("its head: %w", err)
	}
	return h, nil
}
