package topology

import (
	"regexp"
	"strconv"
	"strings"
)

// What for_each goes over: lists, mappings, and ranges such as 1..3.

// variables reads what for_each goes over: for each variable, its values.
func (x *expander) variables(over *node, outer *variable, depth int) (list [][]variable, ok bool) {
	all, _ := x.value(over, outer, depth)
	if all.kind != mappingNode || len(all.parts) == 0 {
		x.fault(over, "for_each has names of variables and what they go over, not "+over.kind.String(), "write for example for_each: {n: 1..3} or {zone: [a, b, c]}")
		return nil, false
	}
	ok = true
	for key, value := range all.entries() {
		switch {
		case !plainName.MatchString(key.text):
			x.fault(key, quoted(key.text)+" cannot be a variable", "use letters, digits, - and _, such as zone")
			ok = false
		case outer.find(key.text) != nil:
			x.fault(key, "there is a variable "+quoted(key.text)+" around this one", "give it another name")
			ok = false
		default:
			values := x.values(key.text, value)
			list, ok = append(list, values), ok && len(values) > 0
		}
	}
	return list, ok
}

// values are those of one variable: the items of a list, the entries of a mapping, or a range.
func (x *expander) values(name string, over *node) (list []variable) {
	switch {
	case over.kind == scalarNode:
		for _, text := range x.span(over) {
			item := *over
			item.text = text
			list = append(list, variable{name: name, value: &item, measure: measure{1, 1}})
		}
	case len(over.parts) == 0:
		x.fault(over, "for_each: "+quoted(name)+" has nothing to go over", "write a list, such as [a, b, c], or a range, such as 1..3")
	case over.kind == mappingNode:
		for key, value := range over.entries() {
			list = append(list, variable{name: name, key: key, value: value, measure: measureOf(value)})
		}
	default:
		for _, item := range over.items() {
			list = append(list, variable{name: name, value: item, measure: measureOf(item)})
		}
	}
	return list
}

// rangeOf is a range: 1..3, 01..12, a..c, zone-a..zone-c.
var rangeOf = regexp.MustCompile(`^\s*(.*?)([0-9]+|[A-Za-z])\s*\.\.\s*(.*?)([0-9]+|[A-Za-z])\s*$`)

// span lists what a range holds.
func (x *expander) span(n *node) (list []string) {
	const hint = "write a list, such as [a, b, c], or a range, such as 1..3, a..c or zone-1..zone-3"
	m := rangeOf.FindStringSubmatch(n.text)
	if m == nil || m[3] != "" && m[3] != m[1] {
		x.fault(n, "for_each goes over a list or a range, and "+quoted(n.text)+" is neither", hint)
		return nil
	}
	low, high, write := rangeEnds(m[2], m[4])
	switch {
	case write == nil:
		x.fault(n, "the ends of the range "+quoted(n.text)+" do not go together", hint)
	case low > high:
		x.fault(n, "the range "+quoted(n.text)+" ends before it begins", "")
	case !x.pay(high-low+1, n):
	default:
		for i := low; i <= high; i++ {
			list = append(list, m[1]+write(i))
		}
	}
	return list
}

// rangeEnds reads the ends of a range; numbers with a leading zero keep their width.
func rangeEnds(a, b string) (low, high int, write func(int) string) {
	low, err1 := strconv.Atoi(a)
	high, err2 := strconv.Atoi(b)
	switch {
	case err1 == nil && err2 == nil && len(a) < 16 && len(b) < 16:
		width := 0
		if a[0] == '0' {
			width = len(a)
		}
		return low, high, func(i int) string { return strings.Repeat("0", max(0, width-len(itoa(i)))) + itoa(i) }
	case err1 == nil || err2 == nil || a[0]&' ' != b[0]&' ': // digits, or letters in two cases
		return 0, 0, nil
	}
	return int(a[0]), int(b[0]), func(i int) string { return string(rune(i)) }
}
