package topology

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// OpenSLO writes the objectives of a plan as OpenSLO documents, one for each promise of availability, over a rolling
// window. RTO and RPO, for which OpenSLO has no words, are annotations beside the availability of their journey, and
// comments where there is none. The indicators are named, not described: what is measured is the business of whoever
// measures. OpenSLO counts time in minutes, so a window that is not a whole number of them is an error, as is one of
// more than 100 years.
func OpenSLO(sys *model.System, plan *model.Plan, window model.Seconds) ([]byte, error) {
	if !(window > 0 && window <= longestWindow) || math.Mod(float64(window), float64(model.Minute)) != 0 {
		return nil, fmt.Errorf("an SLO cannot have a window of %v; it is counted in whole minutes, up to %v", window, longestWindow)
	}
	var out bytes.Buffer
	used := map[string]int{}
	for i := range plan.Objectives {
		o := &plan.Objectives[i]
		name := sys.Journeys[o.Journey].Name
		if out.Len() > 0 {
			out.WriteString("---\n")
		}
		if o.Availability == 0 {
			fmt.Fprintf(&out, "# %s: %s; OpenSLO has no objective of that kind\n", oneLine(name), strings.Join(others(o), ", "))
			continue
		}
		text, err := sloDocument(&sys.Journeys[o.Journey], o, window, used)
		if err != nil {
			return nil, err
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// others are what an objective promises beside the availability.
func others(o *model.Objective) (list []string) {
	if o.RTO > 0 {
		list = append(list, "rto: "+o.RTO.String())
	}
	if o.RPOSet {
		list = append(list, "rpo: "+o.RPO.String())
	}
	if o.Unplanned {
		list = append(list, "count_planned: false")
	}
	return list
}

func sloDocument(j *model.Journey, o *model.Objective, window model.Seconds, used map[string]int) ([]byte, error) {
	name := dnsName(j.Name)
	indicator := name + "-availability"
	if used[name]++; used[name] > 1 {
		name += "-" + itoa(used[name])
	}
	notes := blockNode(pairNode{sloJourney, textNode(j.Name)})
	for _, other := range others(o) {
		key, value, _ := strings.Cut(other, ": ")
		notes.Content = append(notes.Content, textNode(sloMark+key), textNode(value))
	}
	span := blockNode(pairNode{"duration", textNode(sloShort(window))}, pairNode{"isRolling", bareNode("true")})
	goal := blockNode(pairNode{"target", bareNode(decimal(o.Availability))}, pairNode{"timeSliceTarget", bareNode(decimal(j.Threshold))}, pairNode{"timeSliceWindow", textNode("1m")})
	return encoded(blockNode(pairNode{"apiVersion", textNode(sloVersion)}, pairNode{"kind", textNode("SLO")},
		pairNode{"metadata", blockNode(pairNode{"name", textNode(name)}, pairNode{"displayName", textNode(j.Name)}, pairNode{"annotations", notes})},
		pairNode{"spec", blockNode(pairNode{"service", textNode(dnsName(j.Name))}, pairNode{"indicatorRef", textNode(indicator)}, pairNode{"timeWindow", listNode(span)},
			pairNode{"budgetingMethod", textNode("Timeslices")}, pairNode{"objectives", listNode(goal)})}))
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// dnsName is a name as OpenSLO has them: at most 63 small letters, digits and dashes.
func dnsName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	safe = strings.Trim(safe[:min(len(safe), 45)], "-") // room for what is added
	if safe == "" {
		return "journey"
	}
	return safe
}

// sloShort is a whole number of minutes as OpenSLO writes it.
func sloShort(s model.Seconds) string {
	minutes := int(s / model.Minute)
	switch {
	case minutes%(24*60) == 0:
		return itoa(minutes/24/60) + "d"
	case minutes%60 == 0:
		return itoa(minutes/60) + "h"
	}
	return itoa(minutes) + "m"
}
