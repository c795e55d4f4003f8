package topology

import (
	"github.com/ftsim/ftsim/model"
)

// Bounds that keep a file, whatever it says, from taking long or much memory. Each is far above what a
// design needs, and beyond it a file is refused before anything is allocated.
const (
	mostMembers  = 2_000_000 // replicas of all services together
	mostMatched  = 5_000_000 // nodes looked at by patterns such as web-*
	mostCompared = 200_000   // known names looked at for hints
)

// effort is what has been spent of the bounds.
type effort struct {
	members, matched int
	turns            int     // of all maintenance
	marks            []int32 // per component: the last set it was put into
	sets             int32
}

// room adds more to a sum, unless that passes its bound, which is a fault at n.
func (b *builder) room(sum *int, more, most int, n *node, what string) bool {
	if *sum+more > most {
		b.d.fault(n, "", "%s are more than %d", what, most)
		return false
	}
	*sum += more
	return true
}

// set makes an empty set of the components there are; the last one made is forgotten. Calling it adds a
// component and tells whether it was in there before.
func (b *builder) set() func(i int32) bool {
	if n := len(b.sys.Components); len(b.marks) < n {
		b.marks = append(b.marks, make([]int32, n-len(b.marks))...)
	}
	b.sets++
	return func(i int32) bool {
		before := b.marks[i] == b.sets
		b.marks[i] = b.sets
		return before
	}
}

// nearest phrases a hint from n known names in no particular order, as long as hints have not cost too
// much.
func (d *decoder) nearest(word string, n int, each func(add func(string))) string {
	if d.compared += n; d.full() || d.compared > mostCompared {
		return ""
	}
	known := make([]string, 0, n)
	each(func(name string) { known = append(known, name) })
	if len(known) == 0 {
		return "there is none at all"
	}
	sortStrings(known)
	return model.DidYouMean(clip(word), known)
}
