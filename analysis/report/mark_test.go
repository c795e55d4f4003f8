package report

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

// Every picture is known by its own name, also one that was numbered, and by no other.
func TestPicturesAreMarked(t *testing.T) {
	d := crowded()
	d.Summary.System.Journeys[0].Name = "pay - now"
	d.Summary.System.Journeys[1].Name = "pay / now"
	for _, f := range pictures(d) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		head := b.Bytes()[:MarkSize]
		if !Wrote(f.Name, head) {
			t.Errorf("%s does not say that it is ours", f.Name)
		}
		if Wrote("copy-"+f.Name, head) || Wrote("x"+f.Name[1:], head) {
			t.Errorf("a copy of %s counts as ours", f.Name)
		}
		if strings.HasSuffix(f.Name, ".svg") {
			continue
		}
		if _, err := png.Decode(&b); err != nil { // which checks the sums of all chunks
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestOtherFilesAreNotMarked(t *testing.T) {
	var plain bytes.Buffer
	if err := newPicture(document(1, 1)).dots(&plain, pictureWidth, pictureHeight, dotsPerInch); err != nil {
		t.Fatal(err)
	}
	for _, head := range [][]byte{[]byte(svgMark("worst.svg")), []byte("<svg/>"), nil, []byte("x"), plain.Bytes()[:pngHead], plain.Bytes(), pngMark("worst.png"), make([]byte, MarkSize)} {
		if Wrote("worst.png", head) {
			t.Errorf("%q counts as ours", head[:min(len(head), 40)])
		}
	}
}
