package report

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// Pictures come and go with what there is to show, so a results folder may hold some of an earlier run.
// Each therefore says inside that it is ours, and under which name it was written: a copy that somebody
// keeps under another name is not ours any more.

// pngHead is the length of what every PNG begins with: the signature and the chunk IHDR.
const pngHead = 8 + 4 + 4 + 13 + 4

// pngMark is a text chunk (PNG specification, 11.3.3.2) with the standard keyword Software.
func pngMark(name string) []byte {
	text := "tEXtSoftware\x00ftsim: " + name
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-len("tEXt")))
	chunk = append(chunk, text...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE([]byte(text)))
}

// MarkSize is how many bytes from the beginning of a file Wrote wants to see, for any name that a file
// system holds.
const MarkSize = 1024

// Wrote tells whether the picture that begins with head was written by this package under this name.
func Wrote(name string, head []byte) bool {
	return len(head) > pngHead && bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) && bytes.HasPrefix(head[pngHead:], pngMark(name))
}

// signed puts our mark behind the head of a picture.
func signed(f File) File {
	return File{f.Name, func(w io.Writer) error {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			return err
		}
		head := b.Next(pngHead)
		for _, part := range [][]byte{head, pngMark(f.Name), b.Bytes()} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	}}
}
