package photo

// A Look is what is seen of a picture at once, and what comes of reading it.
type Look struct {
	Picture *Picture
	Codes   []Code
	// Words waits for the words. They are those of one Reading, the codes with them,
	// however often it is asked.
	Words func() (Reading, error)
	// Close ends the reading, whoever still waits for it. It must be called; twice is
	// as well.
	Close func()
}
