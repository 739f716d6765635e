package tlog

// TilesOf makes the files of a log of n entries, without a log.
func TilesOf(n int, entry func(int) []byte, emit func(string, []byte) error) error {
	t := &tiler{emit: emit}
	for i := range n {
		if err := t.add(entry(i)); err != nil {
			return err
		}
	}
	return t.end()
}
