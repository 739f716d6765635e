//go:build js && pictures

package main

import (
	"context"
	"fmt"
	"syscall/js"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/device"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
)

// pictureTime is how long a picture may take: a phone is slower than a server.
const pictureTime = 2 * time.Minute

// pictures is what reads pictures.
var pictures check.PictureReader = readPicture

// marked shows answers on them.
var marked = device.Marked

// readPicture reads the words of a picture with the worker's tesseract.
func readPicture(ctx context.Context, data []byte) (photo.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	return ocr.ReadWith(ctx, table, js.Global().Get("chanceryModel").String(), data, pictureTime/2, time.Now)
}

func table(ctx context.Context, c photo.Candidate) (string, error) {
	pgm := ocr.PGM(c.Image)
	v, err := await(ctx, js.Global().Call("chanceryTable", array(pgm), ocr.Layout(c)))
	if err != nil {
		return "", &photo.Error{Problem: photo.Failed, Advice: fmt.Sprintf("the picture could not be read (%v)", err)}
	}
	return v.String(), nil
}

func array(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}
