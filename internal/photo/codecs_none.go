//go:build js && !pictures

package photo

// codecs is empty: pictures are for the other build.
var codecs map[Format]codec
