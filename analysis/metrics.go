// Package analysis turns what replications observed into estimates with intervals: availability,
// recovery time, data loss and where the downtime comes from. The definitions are in metrics.go.
package analysis

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// Unit is what a metric is measured in.
type Unit string

// Units.
const (
	Fraction     Unit = "fraction"
	Time         Unit = "s"
	TimePerYear  Unit = "s/y"
	PerYear      Unit = "1/y"
	CostPerYear  Unit = "cost/y"
	Transactions Unit = "transactions"
)

// Better tells which direction is an improvement.
type Better string

// Directions.
const (
	Higher  Better = "higher"
	Lower   Better = "lower"
	Neither Better = "neither"
)

// Method is how observations become estimates, and so what Observe has to append. Replications are
// independent and are the unit of every method. Share, Lifetime and Sample over stores pool single events;
// where those of one replication resemble each other, the interval is that of fewer of them, by the design
// effect. The formulas with their sources are in docs/estimators.md.
type Method string

// Methods.
const (
	Mean     Method = "mean"     // one value per replication: t-interval corrected for skewness
	Sample   Method = "sample"   // values: mean as above, quantiles by order statistics, share of zeros
	Lifetime Method = "lifetime" // pairs (length, 1 if still running): quantiles, Kaplan–Meier if any is
	Share    Method = "share"    // zeros and ones: Wilson interval
	Rate     Method = "rate"     // one count per replication: events per year, exact Poisson interval
	Ratio    Method = "ratio"    // one pair (numerator, denominator) per replication: delta method
	Quotient Method = "quotient" // as Ratio, but over a length of time and not a number of events
)

// Scope is what a metric has one value for.
type Scope string

// Scopes.
const (
	Whole           Scope = "system"
	Journeys        Scope = "journey"
	JourneysPlanned Scope = "journey with maintenance"
	JourneysWithRTO Scope = "journey with RTO"
	JourneysBridged Scope = "journey with a cache or queue"
	Services        Scope = "service"
	Stores          Scope = "store"
	StoresWithRPO   Scope = "store with RPO"
	Jobs            Scope = "job"
	JobsThatEnd     Scope = "job that ends"
	Maintenances    Scope = "maintenance"
	Inspections     Scope = "maintenance that finds hidden faults"
	Stocks          Scope = "spare parts"
	Queues          Scope = "queue"
	StoresOfTwo     Scope = "store that two sides may write to"
	Sharded         Scope = "store of shards"
	ReadFromCopies  Scope = "store that is read from copies"
	StoresSalvaged  Scope = "store of which losses may be salvaged"
)

// samplesEvents tells whether what a metric of the scope samples are events, of which a replication has any number.
func (s Scope) samplesEvents() bool { return s == Stores || s == StoresSalvaged }

// Metric is a function of one replication, together with what it means and how it is estimated.
type Metric struct {
	Name, Help string
	Unit       Unit
	Better     Better
	Method     Method
	Scope      Scope
	Observe    func(dst []float64, o *model.Outcome, target int) []float64 // appends what Method asks for
}

// Metrics lists everything that is measured of sys under plan. A new metric is a new line.
func Metrics(sys *model.System, plan *model.Plan) []Metric {
	v := newLens(sys, plan)
	return []Metric{
		{"cost", "cost per year: what is fixed, and downtime at its price", CostPerYear, Lower, Mean, Whole, v.cost},
		{"availability", "share of time in which at least the threshold of requests was served", Fraction, Higher, Mean, Journeys, v.availability},
		{"availability_requests", "share of requests served", Fraction, Higher, Mean, Journeys, v.availabilityRequests},
		{"unserved", "requests not served, as time per year in which none would be", TimePerYear, Lower, Mean, Journeys, v.unserved},
		{"downtime", "time down per year, over replications", TimePerYear, Lower, Sample, Journeys, v.downtime},
		{"availability_unplanned", "availability in the time that maintenance had not announced as down", Fraction, Higher, Mean, JourneysPlanned, v.availabilityUnplanned},
		{"downtime_planned", "time down per year that maintenance had announced", TimePerYear, Lower, Mean, JourneysPlanned, v.downtimePlanned},
		{"incidents", "incidents per year: outages of min_downtime and more, merged over merge_gap", PerYear, Lower, Rate, Journeys, v.incidents},
		{"no_incident", "share of replications without an incident", Fraction, Higher, Share, Journeys, v.noIncident},
		{"blips", "outages per year shorter than min_downtime", PerYear, Lower, Rate, Journeys, v.blips},
		{"outages", "outages per year, unmerged and with blips", PerYear, Lower, Rate, Journeys, v.outages},
		{"mtbf", "mean time between failures: mut + mdt", Time, Higher, Ratio, Journeys, v.mtbf},
		{"mut", "mean up time between unmerged outages", Time, Higher, Ratio, Journeys, v.mut},
		{"mdt", "mean down time of an unmerged outage, within the horizon", Time, Lower, Ratio, Journeys, v.mdt},
		{"mttr", "mean down time of an incident, within the horizon", Time, Lower, Ratio, Journeys, v.mttr},
		{"mttd", "mean time of an incident in which nobody had noticed", Time, Lower, Ratio, Journeys, v.mttd},
		{"rto", "recovery time of an incident: start of its first outage to end of its last", Time, Lower, Lifetime, Journeys, v.recovery},
		{"rto_met", "share of incidents recovered within the RTO", Fraction, Higher, Share, JourneysWithRTO, v.rtoMet},
		{"rto_met_years", "share of replications in which no incident broke the RTO", Fraction, Higher, Share, JourneysWithRTO, v.rtoMetYears},
		{"bridged", "share of time in which caches or queues stood in, or were not yet as before", Fraction, Lower, Mean, JourneysBridged, v.bridged},
		{"exposure", "share of time with fewer members than designed", Fraction, Lower, Mean, Services, v.exposure},
		{"failovers", "role changes and attempts per year", PerYear, Lower, Rate, Services, v.failovers},
		{"recoveries", "recoveries of the store per year, including those that lost nothing", PerYear, Lower, Rate, Stores, v.recoveries},
		{"losses", "recoveries per year that lost acknowledged writes", PerYear, Lower, Rate, Stores, v.losses},
		{"total_losses", "recoveries per year at which no copy was left", PerYear, Lower, Rate, Stores, v.totalLosses},
		{"loss_probability", "share of recoveries that lost acknowledged writes", Fraction, Lower, Share, Stores, v.lossProbability},
		{"loss", "writes lost at a recovery that lost some, in seconds", Time, Lower, Sample, Stores, v.lossSeconds},
		{"loss_transactions", "writes lost at a recovery that lost some, in transactions", Transactions, Lower, Sample, Stores, v.lossTransactions},
		{"rpo", "writes lost at a recovery, whether it lost any or not, in seconds", Time, Lower, Sample, Stores, v.recoveryLoss},
		{"rpo_met", "share of recoveries that lost no more than the RPO", Fraction, Higher, Share, StoresWithRPO, v.rpoMet},
		{"salvages", "losses per year of which something came back later, from an old primary", PerYear, Neither, Rate, StoresSalvaged, v.salvages},
		{"salvaged_share", "share of the transactions lost that came back later", Fraction, Higher, Quotient, StoresSalvaged, v.salvagedShare},
		{"salvaged", "of lost writes, what came back later where some did, in seconds", Time, Higher, Sample, StoresSalvaged, v.salvagedSeconds},
		{"salvaged_transactions", "of lost writes, what came back later where some did, in transactions", Transactions, Higher, Sample, StoresSalvaged, v.salvagedTransactions},
		{"salvage_time", "time from a loss of writes until some of them were back", Time, Lower, Sample, StoresSalvaged, v.salvageTime},
		{"split_brains", "times per year that two sides of a partition took writes", PerYear, Lower, Rate, StoresOfTwo, v.splitBrains},
		{"split_writes", "writes per year taken by the side that did not prevail, or wrote less", PerYear, Lower, Mean, StoresOfTwo, v.splitWrites},
		{"suspect", "share of time in which data of a split brain was being reconciled", Fraction, Lower, Mean, StoresOfTwo, v.suspect},
		{"stale_reads", "share of reads answered by a copy that lacked acknowledged writes", Fraction, Lower, Quotient, ReadFromCopies, v.staleReads},
		{"staleness", "writes that a stale read lacked, in seconds of writing", Time, Lower, Quotient, ReadFromCopies, v.staleness},
		{"staleness_all", "writes that a read lacked, stale or not, in seconds of writing", Time, Lower, Quotient, ReadFromCopies, v.stalenessAll},
		{"staleness_most", "most that a read from a copy out of contact or catching up lacked in a replication, if any did", Time, Lower, Sample, ReadFromCopies, v.stalenessMost},
		{"messages_rejected", "messages per year that producers gave up, or sent blindly while the queue took none", PerYear, Lower, Mean, Queues, v.messagesRejected},
		{"messages_lost", "messages per year that the queue had acknowledged and lost", PerYear, Lower, Mean, Queues, v.messagesLost},
		{"messages_duplicated", "messages per year that are there twice", PerYear, Lower, Mean, Queues, v.messagesDuplicated},
		{"shards_unwritable_time", "share of time in which some shard could not be written, for want of copies", Fraction, Lower, Mean, Sharded, v.someUnwritable},
		{"shards_unreadable_time", "share of time in which some shard could not be read, for want of copies", Fraction, Lower, Mean, Sharded, v.someUnreadable},
		{"shards_unwritable", "share of the shards that could not be written, over time", Fraction, Lower, Mean, Sharded, v.shardsUnwritable},
		{"shards_unreadable", "share of the shards that could not be read, over time", Fraction, Lower, Mean, Sharded, v.shardsUnreadable},
		{"shard_losses", "instants per year at which every copy of some shard was lost", PerYear, Lower, Rate, Sharded, v.shardLosses},
		{"no_shard_lost", "share of replications in which no shard was lost", Fraction, Higher, Share, Sharded, v.noShardLost},
		{"shards_lost", "shards lost per year", PerYear, Lower, Mean, Sharded, v.shardsLost},
		{"maintenance_done", "targets worked on per year", PerYear, Neither, Rate, Maintenances, v.maintenanceDone},
		{"maintenance_postponed", "times per year that work was put off because redundancy was reduced", PerYear, Lower, Rate, Maintenances, v.maintenancePostponed},
		{"maintenance_missed", "turns per year that passed without work", PerYear, Lower, Rate, Maintenances, v.maintenanceMissed},
		{"maintenance_wrong", "times per year that work went wrong", PerYear, Lower, Rate, Maintenances, v.maintenanceWrong},
		{"faults_found", "hidden faults found per year", PerYear, Neither, Rate, Inspections, v.faultsFound},
		{"finding_share", "share of the targets worked on that had a hidden fault", Fraction, Lower, Share, Inspections, v.findingShare},
		{"fault_hidden", "time from a hidden fault to the work that found it", Time, Lower, Ratio, Inspections, v.faultHidden},
		{"parts_used", "parts that repairs took per year, over replications", PerYear, Neither, Sample, Stocks, v.partsUsed},
		{"parts_short", "repairs per year that found no part on the shelf", PerYear, Lower, Rate, Stocks, v.partsShort},
		{"parts_fill_rate", "share of the repairs whose part was on the shelf", Fraction, Higher, Share, Stocks, v.partsFillRate},
		{"parts_wait", "time until a repair had its part, over all that took one", Time, Lower, Ratio, Stocks, v.partsWait},
		{"job_time", "time from the start of a job until its work is done", Time, Lower, Lifetime, JobsThatEnd, v.jobTime},
		{"jobs_done", "runs of a job that were done, per year", PerYear, Higher, Rate, JobsThatEnd, v.jobsDone},
		{"job_interruptions", "interruptions per year in which a job is under way", PerYear, Lower, Quotient, Jobs, v.jobInterruptions},
		{"job_lost_work", "work that interruptions undid, per year in which a job is under way", TimePerYear, Lower, Quotient, Jobs, v.jobLostWork},
		{"job_useful", "share of the time a job is under way that was useful work", Fraction, Higher, Quotient, Jobs, v.jobUseful},
		{"job_saving", "share of the time a job is under way that went into checkpoints", Fraction, Lower, Quotient, Jobs, v.jobSaving},
	}
}

// lens holds what a metric needs to know besides the outcome.
type lens struct {
	plan  *model.Plan
	price *model.Cost     // nil = not stated
	rto   []model.Seconds // per journey; 0 = no promise
	rpo   []float64       // per service; NaN = no promise
}

func newLens(sys *model.System, plan *model.Plan) *lens {
	v := &lens{plan: plan, price: sys.Cost, rto: make([]model.Seconds, len(sys.Journeys)), rpo: make([]float64, len(sys.Services))}
	for i := range v.rpo {
		v.rpo[i] = math.NaN()
	}
	for _, ob := range plan.Objectives {
		if ob.RTO > 0 {
			v.rto[ob.Journey] = ob.RTO
		}
		if !ob.RPOSet {
			continue
		}
		for _, s := range storesOf(sys, ob.Journey) {
			if !(v.rpo[s] <= float64(ob.RPO)) {
				v.rpo[s] = float64(ob.RPO)
			}
		}
	}
	return v
}

// storesOf lists the services with data that journey j needs, directly or through others.
func storesOf(sys *model.System, j int32) (stores []int32) {
	seen, _ := under(sys, j)
	for i, is := range seen {
		if is && keepsHistory(&sys.Services[i]) {
			stores = append(stores, int32(i))
		}
	}
	return stores
}

// under marks the services that journey j needs, directly or through others, and tells whether there is a
// cache or a queue on the way.
func under(sys *model.System, j int32) (seen []bool, bridged bool) {
	seen = make([]bool, len(sys.Services))
	var need func(n *model.Need)
	var depend func(ds []model.Dependency)
	need = func(n *model.Need) {
		for i := range n.Of {
			need(&n.Of[i])
		}
		if len(n.Of) > 0 || n.Ref < 0 || int(n.Ref) >= len(seen) || seen[n.Ref] {
			return
		}
		seen[n.Ref] = true
		depend(sys.Services[n.Ref].Needs)
	}
	depend = func(ds []model.Dependency) {
		for i := range ds {
			need(&ds[i].Need)
			bridged = bridged || ds[i].Cushion != nil
			if ds[i].Else != nil {
				need(ds[i].Else)
			}
		}
	}
	depend(sys.Journeys[j].Needs)
	if own := sys.Journeys[j].Service; own >= 0 {
		need(&model.Need{Ref: own})
	}
	return seen, bridged
}

func bridges(sys *model.System, j int32) bool {
	_, yes := under(sys, j)
	return yes
}

// keepsHistory tells whether a service has data that an RPO is about. Members that each have their own,
// as caches do, have no one history to lose; data of low value may be lost.
func keepsHistory(s *model.Service) bool {
	return s.Store != nil && !s.Store.LowValue && (s.Store.Mode != model.Unreplicated || len(s.Members) == 1)
}

// tally sums the unmerged outages of a journey.
func tally(o *model.Outcome, journey int) (down model.Seconds, n int) {
	for i := range o.Outages {
		if int(o.Outages[i].Journey) == journey {
			down += o.Outages[i].Down(o.Horizon)
			n++
		}
	}
	return down, n
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (v *lens) availability(dst []float64, o *model.Outcome, j int) []float64 {
	down, _ := tally(o, j)
	return append(dst, 1-float64(down/o.Horizon))
}

func (v *lens) availabilityRequests(dst []float64, o *model.Outcome, j int) []float64 {
	if j >= len(o.Unserved) {
		return v.availability(dst, o, j)
	}
	return append(dst, 1-float64(o.Unserved[j]/o.Horizon))
}

func (v *lens) unserved(dst []float64, o *model.Outcome, j int) []float64 {
	if j >= len(o.Unserved) {
		return v.downtime(dst, o, j)
	}
	return append(dst, float64(o.Unserved[j]*(model.Year/o.Horizon)))
}

func (v *lens) cost(dst []float64, o *model.Outcome, _ int) []float64 {
	lost := 0.0
	for i := range o.Outages {
		lost += v.price.Downtime[o.Outages[i].Journey] * float64(o.Outages[i].Down(o.Horizon)/model.Hour)
	}
	return append(dst, v.price.Fixed()+lost*float64(model.Year/o.Horizon))
}

func (v *lens) downtime(dst []float64, o *model.Outcome, j int) []float64 {
	down, _ := tally(o, j)
	return append(dst, float64(down*(model.Year/o.Horizon)))
}

func (v *lens) outages(dst []float64, o *model.Outcome, j int) []float64 {
	_, n := tally(o, j)
	return append(dst, float64(n))
}

func (v *lens) blips(dst []float64, o *model.Outcome, j int) []float64 {
	n := 0
	for i := range o.Outages {
		if a := &o.Outages[i]; int(a.Journey) == j && isBlip(a, v.plan) {
			n++
		}
	}
	return append(dst, float64(n))
}

func (v *lens) incidents(dst []float64, o *model.Outcome, j int) []float64 {
	n := 0
	eachIncident(o, v.plan, j, func(incident) { n++ })
	return append(dst, float64(n))
}

func (v *lens) noIncident(dst []float64, o *model.Outcome, j int) []float64 {
	n := 0
	eachIncident(o, v.plan, j, func(incident) { n++ })
	return append(dst, one(n == 0))
}

func (v *lens) mtbf(dst []float64, o *model.Outcome, j int) []float64 {
	_, n := tally(o, j)
	return append(dst, float64(o.Horizon), float64(n))
}

func (v *lens) mut(dst []float64, o *model.Outcome, j int) []float64 {
	down, n := tally(o, j)
	return append(dst, float64(o.Horizon-down), float64(n))
}

func (v *lens) mdt(dst []float64, o *model.Outcome, j int) []float64 {
	down, n := tally(o, j)
	return append(dst, float64(down), float64(n))
}

func (v *lens) mttr(dst []float64, o *model.Outcome, j int) []float64 {
	down, n := model.Seconds(0), 0
	eachIncident(o, v.plan, j, func(in incident) { down += in.down; n++ })
	return append(dst, float64(down), float64(n))
}

func (v *lens) mttd(dst []float64, o *model.Outcome, j int) []float64 {
	unseen, n := model.Seconds(0), 0
	eachIncident(o, v.plan, j, func(in incident) { unseen += in.unseen; n++ })
	return append(dst, float64(unseen), float64(n))
}

func (v *lens) recovery(dst []float64, o *model.Outcome, j int) []float64 {
	eachIncident(o, v.plan, j, func(in incident) { dst = append(dst, float64(in.recovery()), one(in.open)) })
	return dst
}

// rtoMet leaves out incidents that were still open when following stopped, unless they are over the
// RTO already: how they end is not known.
func (v *lens) rtoMet(dst []float64, o *model.Outcome, j int) []float64 {
	eachIncident(o, v.plan, j, func(in incident) {
		if late := in.recovery() > v.rto[j]; late || !in.open {
			dst = append(dst, one(!late))
		}
	})
	return dst
}

func (v *lens) rtoMetYears(dst []float64, o *model.Outcome, j int) []float64 {
	met := true
	eachIncident(o, v.plan, j, func(in incident) { met = met && in.recovery() <= v.rto[j] })
	return append(dst, one(met))
}

func (v *lens) bridged(dst []float64, o *model.Outcome, j int) []float64 {
	if j >= len(o.Bridged) {
		return dst
	}
	return append(dst, float64(o.Bridged[j]/o.Horizon))
}

func (v *lens) exposure(dst []float64, o *model.Outcome, s int) []float64 {
	if s >= len(o.Exposure) {
		return dst
	}
	return append(dst, float64(o.Exposure[s]/o.Horizon))
}

func (v *lens) failovers(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0
	for i := range o.Failovers {
		if int(o.Failovers[i].Service) == s {
			n++
		}
	}
	return append(dst, float64(n))
}

func eachLoss(o *model.Outcome, service int, f func(*model.Loss)) {
	for i := range o.Losses {
		if int(o.Losses[i].Service) == service {
			f(&o.Losses[i])
		}
	}
}

func lost(l *model.Loss) bool { return l.Total || l.Seconds > 0 || l.Transactions > 0 }

// lostSeconds is +∞ if no copy was left.
func lostSeconds(l *model.Loss) float64 {
	if l.Total {
		return math.Inf(1)
	}
	return float64(l.Seconds)
}

// isCounted tells whether the transactions of a loss are known. Without a write_rate they are not: a loss of
// some seconds, or of everything, is then none of transactions.
func isCounted(l *model.Loss) bool { return l.Transactions > 0 }

// lostTransactions is +∞ if everything was lost, or more and more.
func lostTransactions(l *model.Loss) float64 {
	if l.Total || l.Seconds == model.Never {
		return math.Inf(1)
	}
	return l.Transactions
}

func (v *lens) recoveries(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0
	eachLoss(o, s, func(*model.Loss) { n++ })
	return append(dst, float64(n))
}

func (v *lens) losses(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0.0
	eachLoss(o, s, func(l *model.Loss) { n += one(lost(l)) })
	return append(dst, n)
}

func (v *lens) totalLosses(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0.0
	eachLoss(o, s, func(l *model.Loss) { n += one(l.Total) })
	return append(dst, n)
}

func (v *lens) lossProbability(dst []float64, o *model.Outcome, s int) []float64 {
	eachLoss(o, s, func(l *model.Loss) { dst = append(dst, one(lost(l))) })
	return dst
}

func (v *lens) lossSeconds(dst []float64, o *model.Outcome, s int) []float64 {
	eachLoss(o, s, func(l *model.Loss) {
		if lost(l) {
			dst = append(dst, lostSeconds(l))
		}
	})
	return dst
}

func (v *lens) lossTransactions(dst []float64, o *model.Outcome, s int) []float64 {
	eachLoss(o, s, func(l *model.Loss) {
		if lost(l) && isCounted(l) {
			dst = append(dst, lostTransactions(l))
		}
	})
	return dst
}

func (v *lens) recoveryLoss(dst []float64, o *model.Outcome, s int) []float64 {
	eachLoss(o, s, func(l *model.Loss) { dst = append(dst, lostSeconds(l)) })
	return dst
}

func (v *lens) rpoMet(dst []float64, o *model.Outcome, s int) []float64 {
	eachLoss(o, s, func(l *model.Loss) { dst = append(dst, one(lostSeconds(l) <= v.rpo[s])) })
	return dst
}
