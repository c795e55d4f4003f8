package topology

import "bytes"

// A file with a line per node is long because one of its sections is. Decoded as a whole, it would be in
// memory as a tree of the library, which takes thirty times as much as the text. So a long text is cut
// into pieces that are documents of their own, and their entries are put together. A cut that was a
// mistake, such as one inside quotes or brackets, leaves a piece that cannot be decoded, or that is no
// mapping; the text is then decoded as a whole after all.

const (
	longText  = 1 << 20   // shorter texts are decoded as a whole
	pieceSize = 128 << 10 // bytes, or a line more
)

// piece is a part of a text that is a mapping for itself.
type piece struct {
	text   []byte
	above  int  // lines before it
	inside bool // its entries belong to the key with which the last piece that is not inside ends
}

// cut divides a text at lines with keys of the file, or of one of its sections, into pieces of about a
// size. There are none if the text has something in it that makes cutting unsafe.
func cut(text []byte, size int) (pieces []piece) {
	if !cuttable(text) {
		return nil
	}
	begin, above := 0, 0 // of the piece that is growing
	depth, keys := 0, 0  // of its keys: 0 for those of the file
	open := false        // the last thing was a key of the file with nothing behind it
	for at, line := 0, 0; at < len(text); line++ {
		end := lineEnd(text, at)
		d, key := indentation(text[at:end])
		first := open && d > 0 // the first key of a section
		if key && keys > 0 && (first || d == 0 && depth > 0 || d == depth && at-begin >= size) {
			pieces = append(pieces, piece{text[begin:at], above, depth > 0})
			begin, above, depth, keys = at, line, d, 0
		}
		if key {
			keys++
		}
		if d >= 0 {
			open = key && d == 0 && opensSection(text[at:end])
		}
		at = end
	}
	return append(pieces, piece{text[begin:], above, depth > 0})
}

// sectionPieces counts the pieces from the first on that are in the same section.
func sectionPieces(list []piece) (n int) {
	for n < len(list) && list[n].inside {
		n++
	}
	return n
}

// cuttable refuses what gives lines or documents another meaning: marks between documents, directives,
// and ends of lines other than those that are counted here.
func cuttable(text []byte) bool {
	for _, mark := range []string{"---", "...", "%"} {
		if bytes.HasPrefix(text, []byte(mark)) || bytes.Contains(text, []byte("\n"+mark)) {
			return false
		}
	}
	for _, end := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(end)) {
			return false
		}
	}
	return bytes.Count(text, []byte("\r")) == bytes.Count(text, []byte("\r\n"))
}

func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// indentation counts the spaces a line begins with, and tells whether a key could follow. It is -1 for a
// line with nothing but a comment.
func indentation(line []byte) (n int, key bool) {
	for n < len(line) && line[n] == ' ' {
		n++
	}
	if n == len(line) {
		return -1, false
	}
	switch c := line[n]; {
	case c == '#' || c == '\n' || c == '\r':
		return -1, false
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '"', c == '\'':
		return n, true
	}
	return n, false
}

// opensSection tells whether a line ends with its key.
func opensSection(line []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(line, " \r\n"), []byte(":"))
}
