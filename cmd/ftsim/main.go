// Command ftsim estimates how available an IT architecture will be, how long it takes to recover and
// what data it loses, by simulating its failures. Run "ftsim --help", or read the README.
package main

import "os"

func main() {
	os.Exit(execute(os.Args[1:], newConsole(os.Stdin, os.Stdout, os.Stderr)))
}
