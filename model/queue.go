package model

// Producers are those who write messages into a store that is a queue, at its WriteRate.
type Producers struct {
	Blind      bool    // they do not wait for an answer (acks: 0), so they neither repeat nor know
	RetryFor   Seconds // a message that gets no answer is repeated for that long, then given up; 0 = not at all
	Idempotent bool    // the queue recognises what it has already
	AnswerTime Seconds // from a message being kept until its producer knows
}

// QueueUse is what became of the messages of a queue in one replication, within the horizon.
type QueueUse struct {
	Rejected   float64 // messages that were given up, or were sent blindly to nobody
	Duplicated float64 // messages that are there twice
}

func (c *checker) producers(x *Service, where string) {
	if p := x.Store.Producers; p != nil && (!isLength(p.RetryFor) || !isLength(p.AnswerTime) || x.Store.WriteRate == 0) {
		c.fault(x.At, "%s: producers repeat for a finite time, are answered in a finite time, and write at a rate above 0", where)
	}
}
