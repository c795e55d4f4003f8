package model

// Check finds out whether a system and a plan make sense. Faults must stop a run; the engine may rely on
// their absence. Warnings are worth a reader's attention.
func Check(sys *System, plan *Plan) Problems {
	return nil
}
