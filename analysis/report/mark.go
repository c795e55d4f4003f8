package report

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
)

// Pictures come and go with what there is to show, so a results folder may hold some of an earlier run.
// Each therefore says inside that it is ours, and under which name it was written: a copy that somebody
// keeps under another name is not ours any more, nor is an SVG that an editor has saved.

// pngHead is the length of what every PNG begins with: the signature and the chunk IHDR.
const pngHead = 8 + 4 + 4 + 13 + 4

// pngMark is a text chunk (PNG specification, 11.3.3.2) with the standard keyword Software.
func pngMark(name string) []byte {
	return pngChunk("tEXtSoftware\x00ftsim: " + name)
}

// pngScale is the chunk (11.3.4.3) that says how many dots a metre has, so that a PNG comes out in its size on paper.
func pngScale(dpi int) []byte {
	dots := uint32(math.Round(float64(dpi) / 0.0254))
	text := binary.BigEndian.AppendUint32([]byte("pHYs"), dots)
	text = binary.BigEndian.AppendUint32(text, dots)
	return pngChunk(string(append(text, 1))) // 1 is metres
}

// pngChunk makes a chunk of its type and data (5.3).
func pngChunk(text string) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-len("IHDR")))
	chunk = append(chunk, text...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE([]byte(text)))
}

// svgMark is what every SVG file of ours begins with.
func svgMark(name string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<svg xmlns="http://www.w3.org/2000/svg" data-ftsim="` + escaped(name) + `"`
}

// MarkSize is how many bytes from the beginning of a file Wrote wants to see, for any name that a file
// system holds.
const MarkSize = 1024

// Wrote tells whether the picture that begins with head was written by this package under this name.
func Wrote(name string, head []byte) bool {
	if bytes.HasPrefix(head, []byte(svgMark(name))) {
		return true
	}
	return len(head) > pngHead && bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) && bytes.HasPrefix(head[pngHead:], pngMark(name))
}

// signedPNG puts our mark and the scale behind the head of a PNG.
func signedPNG(w io.Writer, name string, dpi int, draw func(io.Writer) error) error {
	var b bytes.Buffer
	if err := draw(&b); err != nil {
		return err
	}
	head := b.Next(pngHead)
	for _, part := range [][]byte{head, pngMark(name), pngScale(dpi), b.Bytes()} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
