package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// The types below are flag values whose errors say what to write instead.

// secondsFlag is a duration in the notation of topology files.
type secondsFlag struct{ to *model.Seconds }

func (f secondsFlag) Type() string { return "duration" }

func (f secondsFlag) String() string {
	if f.to == nil || *f.to == 0 {
		return ""
	}
	return f.to.String()
}

func (f secondsFlag) Set(text string) error {
	v, err := model.ParseSeconds(text)
	if err != nil {
		return err
	}
	if v <= 0 || v == model.Never {
		return fmt.Errorf("it must be longer than nothing and shorter than for ever; write for example 1y")
	}
	*f.to = v
	return nil
}

// countFlag is a positive whole number; 20000, 20_000, 20k and 2e4 are one number.
type countFlag struct{ to *int }

func (f countFlag) Type() string { return "number" }

func (f countFlag) String() string {
	if f.to == nil || *f.to == 0 {
		return ""
	}
	return strconv.Itoa(*f.to)
}

// mostRuns keeps the products of numbers of runs within what an int and a float64 count exactly.
const mostRuns = 1_000_000_000

func (f countFlag) Set(text string) error {
	plain := strings.ReplaceAll(text, "_", "")
	if head, found := strings.CutSuffix(plain, "k"); found {
		plain = head + "e3"
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil || v != float64(int64(v)) {
		return fmt.Errorf("cannot read it as a whole number; write for example 20000")
	}
	if v < 1 || v > mostRuns {
		return fmt.Errorf("it must be from 1 to %d", mostRuns)
	}
	*f.to = int(v)
	return nil
}

// rowsFlag is a number like countFlag, or the word all.
type rowsFlag struct{ to *int }

func (f rowsFlag) Type() string { return "number|all" }

func (f rowsFlag) String() string {
	if f.to != nil && *f.to == analysis.AllRows {
		return "all"
	}
	return countFlag(f).String()
}

func (f rowsFlag) Set(text string) error {
	if text == "all" {
		*f.to = analysis.AllRows
		return nil
	}
	if err := (countFlag(f)).Set(text); err != nil {
		return fmt.Errorf("%w, or all", err)
	}
	return nil
}

// seedFlag is a whole number, or the word random.
type seedFlag struct {
	to    *uint64
	drawn *bool
}

func (f seedFlag) Type() string { return "number|random" }

func (f seedFlag) String() string {
	if f.to == nil || *f.to == 0 {
		return ""
	}
	return strconv.FormatUint(*f.to, 10)
}

func (f seedFlag) Set(text string) error {
	if text == "random" {
		var b [8]byte
		rand.Read(b[:])
		*f.to, *f.drawn = binary.LittleEndian.Uint64(b[:])>>32, true // short enough to be typed again
		return nil
	}
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("cannot read it as a seed; write a whole number from 0 on, or random")
	}
	*f.to, *f.drawn = v, false
	return nil
}

// addFormatTo declares the flag for what is printed.
func addFormatTo(cmd *cobra.Command, format *string, names []string) {
	cmd.Flags().Var(wordFlag{format, names}, "format", "what to print on stdout")
	completeFlag(cmd, "format", names...)
}

// wordFlag is one of a few words.
type wordFlag struct {
	to    *string
	words []string
}

func (f wordFlag) Type() string { return strings.Join(f.words, "|") }

func (f wordFlag) String() string {
	if f.to == nil {
		return ""
	}
	return *f.to
}

func (f wordFlag) Set(text string) error {
	for _, w := range f.words {
		if w == text {
			*f.to = w
			return nil
		}
	}
	return fmt.Errorf("%s", model.DidYouMean(text, f.words))
}
