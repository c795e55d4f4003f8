// Command ftsim estimates how available an IT architecture will be, how long it takes to recover and
// what data it loses, by simulating its failures. Run "ftsim --help", or read the README.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// Only loading and reporting allocate; simulating does not. So a small heap costs little time.
	debug.SetGCPercent(20)
	os.Exit(execute(os.Args[1:], newConsole(os.Stdin, os.Stdout, os.Stderr)))
}
