package reality

import "math"

// span is what a documented or measured figure allows the median and the 95th percentile to be, in seconds.
type span struct{ p50Low, p50High, p95Low, p95High float64 }

func both(low, high float64) span { return span{low, high, low, high} }

// about allows a single figure, or one that is given as rough, ten per cent either way.
func about(low, high float64) span { return both(0.9*low, 1.1*high) }

var unbounded = math.Inf(1)

// fact is a row: a system under a fault, and what the world says of it. Kind is a label of the evidence, or
// "derived" if the figure was worked out from documented defaults by hand.
type fact struct {
	file, preset, fault string
	says, kind          string
	span
	outside string // why what is simulated is elsewhere; empty if it is within
}

const (
	minute = 60.0
	hour   = 3600.0
)

var facts = []fact{
	{"patroni", "patroni", "node dies", "mean 29 s, p95 34 s", "derived", span{26.1, 31.9, 30.6, 37.4}, ""},
	{"patroni-polling", "patroni", "node dies, standbys poll", "mean 34 s, p95 41 s", "derived", span{30.6, 37.4, 36.9, 45.1}, ""},
	{"patroni-crash", "patroni", "process crashes for good", "worst case 320 s, then a promotion", "V", both(300, 325), ""},
	{"patroni-isolated", "patroni", "node loses its coordinator", "43 s without a primary, once, at GitLab in 2019", "V", about(43, 43),
		"one event; the lock was given back after 6 s, and why the new leader took 47 s more is not known here"},
	{"pg-auto-failover", "pg-auto-failover", "node dies", "≈ 50–60 s", "derived", about(50, 60), ""},
	{"pacemaker", "pacemaker", "node dies, two nodes", "6.6 s + fencing 5–60 s + start", "derived", both(11.6, 76.6), ""},
	{"pacemaker-three", "pacemaker", "node dies, three nodes", "8 s + fencing 5–60 s + start", "derived", both(13, 78), ""},
	{"keepalived", "keepalived", "node dies", "2.6–3.6 s + up to 1 s for ARP", "derived", both(2.6, 4.6), ""},
	{"haproxy-crash", "haproxy-check", "process crashes", "4–6 s", "derived", both(4, 6), ""},
	{"haproxy", "haproxy-check", "node dies", "6–8 s", "derived", both(6, 8), ""},
	{"redis-sentinel", "redis-sentinel", "node dies", "≈ 31–34 s", "derived", about(31, 34), ""},
	{"redis-sentinel-5s", "redis-sentinel", "node dies, down-after 5 s", "≈ 5 s in a laboratory", "V", about(5, 5),
		"agreement, election, promotion and reconnection are judged at half a second each or more, for which 5 s in all leave hardly any room"},
	{"redis-cluster", "redis-cluster", "node dies", "≈ 17–20 s", "derived", about(17, 20), ""},
	{"mysql-group-replication", "mysql-group-replication", "primary dies", "≈ 10–15 s", "derived", about(10, 15), ""},
	{"orchestrator", "orchestrator", "primary dies", "10–13 s in most cases, at GitHub", "S", span{10, 13, 10, unbounded}, ""},
	{"mongodb", "mongodb", "primary dies", "median at most 12 s", "V", span{0, 12, 0, unbounded}, ""},
	{"kafka", "kafka", "leader of a partition dies", "≈ 7–10 s", "derived", about(7, 10), ""},
	{"kafka-consumer", "kafka-consumer", "consumer dies", "up to 45 s", "derived", both(0, 45), ""},
	{"rabbitmq-crash", "rabbitmq", "process crashes", "seconds", "K", both(0, 10), ""},
	{"rabbitmq", "rabbitmq", "node dies", "45–75 s, then an election of a few s", "derived", both(45, 78), ""},
	{"etcd", "etcd", "leader dies", "1–3 s", "derived", both(1, 3), ""},
	{"consul", "consul", "leader dies", "5–10 s", "derived", both(5, 10), ""},
	{"consul-tuned", "consul", "leader dies, multiplier 1", "1–2 s", "derived", both(1, 2), ""},
	{"zookeeper", "zookeeper", "leader dies", "10 s until noticed, then below 0.2 s", "derived", about(10, 10.2), ""},
	{"zookeeper-session", "zookeeper-session", "client dies, session of 20 s", "its session, chosen from 4–40 s", "derived", both(4, 40), ""},
	{"cassandra", "cassandra", "node dies", "18.4 s", "derived", about(18.4, 18.4), ""},
	{"scylladb", "scylladb", "node dies", "20 s", "derived", about(20, 20), ""},
	{"cockroachdb", "cockroachdb", "leaseholder dies", "3–6 s + election", "derived", both(3, 7), ""},
	{"kubernetes-probe", "kubernetes-probe", "pod hangs", "21–31 s until its endpoint is removed", "derived", both(21, 31), ""},
	{"kubernetes-node", "kubernetes-node", "node dies", "30–45 s until its endpoint is removed", "derived", both(30, 45), ""},
	{"kubernetes-node-newer", "kubernetes-node", "node dies, newer releases", "40–55 s until its endpoint is removed", "derived", both(40, 55), ""},
	{"kubernetes-pod", "kubernetes-pod", "node dies", "330–345 s + start", "derived", both(330, 345+minute), ""},
	{"kubernetes-statefulset", "kubernetes-statefulset", "node dies", "until a human acts", "V", span{10 * minute, unbounded, 10 * minute, unbounded}, ""},
	{"sql-server-ag", "sql-server-ag", "node dies", "20–60 s", "J", both(20, 60), ""},
	{"oracle-fsfo", "oracle-fsfo", "node dies", "30 s + tens of s", "K", both(40, 130), ""},
	{"vmware-ha", "vmware-ha", "host dies", "18 s + minutes for the boot", "V", both(18, 18+5*minute), ""},
	{"rds-multi-az", "rds-multi-az", "instance dies", "60–120 s", "V", both(60, 120), ""},
	{"rds-multi-az-cluster", "rds-multi-az-cluster", "writer dies", "below 35 s", "V", both(0, 35), ""},
	{"aurora", "aurora", "writer dies", "below 60 s, often below 30 s", "V", span{0, 30, 0, 60}, ""},
	{"aurora-without-reader", "aurora-without-reader", "writer dies", "below 10 min", "V", both(0, 10*minute), ""},
	{"route53", "route53", "site dies, TTL 60 s", "≈ 90 s + TTL", "derived", about(150, 150), ""},
	{"route53-fast", "route53", "site dies, fast checks, TTL 60 s", "≈ 30 s + TTL", "derived", about(90, 90), ""},
	{"azure-sql-failover-group", "azure-sql-failover-group", "region dies", "RTO 1 h", "V", both(0, hour),
		"the grace period alone is an hour, and it begins only once the fault is noticed"},
	{"cloud-sql-ha", "cloud-sql-ha", "instance dies", "≈ 60 s + start, minutes", "S", both(60, 5*minute), ""},
	{"ceph", "ceph", "node of an OSD dies", "≈ 20–26 s", "derived", about(20, 26), ""},
	{"hdfs-namenode", "hdfs-namenode", "active NameNode dies", "10–60 s", "J", both(10, 60), ""},
	{"hdfs-datanode", "hdfs-datanode", "DataNode dies", "10.5 min until its blocks are copied", "derived", about(630, 630), ""},
	{"drbd", "drbd", "peer dies", "6–10 s without writes", "derived", both(6, 10), ""},
	{"alb", "alb", "target dies", "35–65 s", "derived", both(35, 65), ""},
	{"gcp", "gcp-health-check", "backend dies", "10–15 s", "derived", both(10, 15), ""},
}

// unchecked are figures that no preset can be held against.
var unchecked = [][2]string{
	{"PostgreSQL alone: manual", "a human decides, as in any `failover: manual`"},
	{"Patroni in Pigsty: profiles around 45 s", "the settings of the profiles are not at hand"},
	{"nginx: one failed request per 10 s and proxy", "single requests are not simulated; the preset takes a server out at once"},
	{"CockroachDB 25.2: below 1 s, partitions below 20 s", "its leases follow the leader of the group, which the preset for 25.1 does not"},
	{"Azure SQL: geo-restore 12 h", "a restore from backups, not a failover"},
	{"An application product: 848 s with MySQL, 382 s with Cassandra", "the application's own start, which is a `warm_up` of its user"},
}
