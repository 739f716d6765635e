package papercode

// alike is false in a browser, where no codes are read from pictures and the tables
// of look-alikes would weigh more than all else here: an address is refused there
// as well, only without the name of the one that it resembles.
func alike(_, _ string) bool { return false }
