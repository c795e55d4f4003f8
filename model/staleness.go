package model

// StaleReads is how current the reads of a store were that may go to copies, in one replication, within the
// horizon. Every group of clients counts with its share, all hours alike.
type StaleReads struct {
	Served Seconds // time in which reads were answered
	Stale  Seconds // that in which they were by a copy that lacked acknowledged writes
	Lacked float64 // integral over Stale of what the copy lacked, in seconds of writing: square seconds
	Most   Seconds // of writing, that a copy which answered lacked
}

// ReadsCopies tells whether reads of a service may be answered by a copy that has not all that was acknowledged
// elsewhere: standbys answer them, or any few of the copies of a leaderless store. Of shards it is not known what
// each copy has.
func (s *Service) ReadsCopies() bool {
	if s.Store == nil || s.Store.Shards != nil || s.Store.Mode == Unreplicated || s.Policy == nil || len(s.Members) < 2 {
		return false
	}
	_, leaderless := s.Policy.(Leaderless)
	return leaderless || s.StandbyReads && s.Policy.Style() == Primary
}
