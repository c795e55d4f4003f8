package model

import "math"

// StaleReads is how current the reads of a store were that may go to copies, in one replication, within the
// horizon. Every group of clients counts with its share, all hours alike.
type StaleReads struct {
	Served Seconds // time in which reads were answered
	Stale  Seconds // that in which they were by a copy that lacked acknowledged writes
	Lacked float64 // integral over Stale of what the copy lacked, in seconds of writing: square seconds
	Most   Seconds // of writing, that a copy out of contact or catching up lacked when it answered
}

// Lack is time in which reads were answered by copies that lacked from Least to Most seconds of writing, all of
// which lie in one part of LackPart.
type Lack struct {
	Service     int32
	Least, Most Seconds
	Time        Seconds
}

// What reads lack is divided into parts, LackParts of them. The first ends at a millisecond, each of the others
// where the next begins, 7.5 % further on: 32 parts make a factor of ten, all of them 10⁹ seconds.
const (
	LackParts     = 1 + 32*12
	partsPerTen   = 32
	shortestPart  = Seconds(1e-3)
	shortestPower = -3
)

var lackEdges = func() (edges [LackParts]Seconds) {
	for i := range edges {
		edges[i] = Seconds(math.Pow(10, shortestPower+float64(i)/partsPerTen))
	}
	return edges
}()

// LackPart is the number of the part that some seconds are in, from 0 to LackParts-1. A part includes its end.
func LackPart(seconds Seconds) int {
	if seconds <= shortestPart {
		return 0
	}
	guess := int(partsPerTen * (math.Log10(float64(seconds)) - shortestPower))
	for guess > 0 && (guess >= LackParts || seconds <= lackEdges[guess-1]) {
		guess--
	}
	for guess < LackParts-1 && seconds > lackEdges[guess] {
		guess++
	}
	return guess
}

// LackUpTo is where a part ends; the last one does not.
func LackUpTo(part int) Seconds {
	if part >= LackParts-1 {
		return Never
	}
	return lackEdges[part]
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
