package main

import (
	"encoding/json"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about who repairs what first.

// crews reads how many things can be repaired at a time.
func (d *design) crews(raw json.RawMessage) error {
	var n int
	if json.Unmarshal(raw, &n) != nil {
		return unsupported("repair_crews: %s", clip(raw))
	}
	repairable := 0
	for i := range d.parts {
		if d.parts[i].repair != nil {
			repairable++
		}
	}
	if n < 1 {
		return unsupported("repair_crews: %d", n)
	}
	if n < repairable {
		d.crew = n
	}
	return nil
}

// crewPolicy says who is repaired first: who failed first, or what has the greatest priority. Whether a crew
// goes on at once with what is more urgent may be said with or without a hyphen.
func (d *design) crewPolicy(raw json.RawMessage) error {
	var word string
	if json.Unmarshal(raw, &word) != nil || !d.written.Policy.has("repair_crews") {
		return unsupported("crew_policy: %s", clip(raw))
	}
	word = strings.ToLower(strings.NewReplacer("-", "", "_", " ").Replace(word))
	switch word {
	case "fcfs", "first come first served", "first come, first served":
		return nil
	case "priority", "nonpreemptive priority", "head of the line priority", "priority nonpreemptive":
	case "preemptive priority", "priority preemptive":
		d.preempt = model.Resumed
		if err := d.memoryless(); err != nil {
			return err
		}
	case "preemptive resume priority", "preemptive priority resume", "preemptive resume", "preemptive priority, resume":
		d.preempt = model.Resumed
	case "preemptive repeat priority", "preemptive priority repeat", "preemptive repeat", "preemptive priority, repeat",
		"preemptive restart priority", "preemptive restart":
		d.preempt = model.Restarted
	default:
		return unsupported("crew_policy: %s", clip(raw))
	}
	d.byPriority = true
	return nil
}

// memoryless checks that it does not matter whether an interrupted repair goes on or begins anew.
func (d *design) memoryless() error {
	for i := range d.parts {
		if repair := d.parts[i].repair; repair != nil {
			if _, ok := repair.(model.Memoryless); !ok {
				return unsupported("whether an interrupted repair goes on where it was or begins anew is not said")
			}
		}
	}
	return nil
}

// crew adds the repair crews of a design.
func (a *assembly) crew() {
	d := a.d
	if d.crew == 0 {
		return
	}
	crew := model.Crew{Size: d.crew}
	for i := range d.parts {
		crew.Serves = append(crew.Serves, int32(i))
		if d.byPriority {
			crew.Urgency = append(crew.Urgency, d.parts[i].priority)
		}
	}
	if d.byPriority {
		crew.Preempt = d.preempt
	}
	a.sys.Crews = []model.Crew{crew}
}
