package main

import (
	"context"
	"flag"
)

func compareCommand() command {
	return command{name: "compare", setup: func(*flag.FlagSet) func(context.Context, *call) error { return nil }}
}
func fsckCommand() command {
	return command{name: "fsck", setup: func(*flag.FlagSet) func(context.Context, *call) error { return nil }}
}
