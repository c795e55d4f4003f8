package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
)

// pictureFlags say how the pictures in a results folder are written.
type pictureFlags struct{ art report.Artwork }

var pictureFlagNames = []string{"pictures", "dpi", "size"}

func (f *pictureFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().Var(formsFlag{&f.art.Forms}, "pictures", "forms of the pictures in the folder, such as svg (default png,svg)")
	completeFlag(cmd, "pictures", append(slices.Clone(report.PictureForms), strings.Join(report.PictureForms, ","))...)
	cmd.Flags().Var(dpiFlag{&f.art.DPI}, "dpi", fmt.Sprintf("dots per inch of PNG, %d to %d (default 192)", report.LeastDPI, report.MostDPI))
	cmd.Flags().Var(sizeFlag{&f.art}, "size", "width and height of the pictures, such as 16cmx9cm or 6.3inx3.5in (default 560 × 350 points: 19.8cmx12.3cm)")
}

// check tells what is wrong with the flags together. They say nothing without a folder.
func (f *pictureFlags) check(cmd *cobra.Command, out string) error {
	for _, name := range pictureFlagNames {
		if out == "" && cmd.Flags().Changed(name) {
			return badInput("--%s is about the pictures in a folder; add --out DIR to have them drawn", name)
		}
	}
	if err := f.art.Check(); err != nil {
		return badInput("%v", err)
	}
	return nil
}

// formsFlag is a list of forms of pictures, each once.
type formsFlag struct{ to *[]string }

func (f formsFlag) Type() string { return strings.Join(report.PictureForms, ",") }

func (f formsFlag) String() string {
	if f.to == nil {
		return ""
	}
	return strings.Join(*f.to, ",")
}

func (f formsFlag) Set(text string) error {
	var forms []string
	for form := range strings.SplitSeq(text, ",") {
		form = strings.TrimSpace(form)
		if !slices.Contains(report.PictureForms, form) {
			return errors.New(model.DidYouMean(form, report.PictureForms))
		}
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	*f.to = forms
	return nil
}

// dpiFlag is a whole number of dots per inch.
type dpiFlag struct{ to *int }

func (f dpiFlag) Type() string { return "number" }

func (f dpiFlag) String() string { return countFlag(f).String() }

func (f dpiFlag) Set(text string) error {
	v, err := strconv.Atoi(text)
	if err != nil || v < report.LeastDPI || v > report.MostDPI {
		return fmt.Errorf("it must be a whole number from %d to %d", report.LeastDPI, report.MostDPI)
	}
	*f.to = v
	return nil
}

// sizeFlag is a width and a height, each with its unit.
type sizeFlag struct{ to *report.Artwork }

func (f sizeFlag) Type() string { return "WxH" }

func (f sizeFlag) String() string {
	if f.to == nil || f.to.Width == 0 {
		return ""
	}
	return f.to.Size()
}

func (f sizeFlag) Set(text string) error { return f.to.Resize(text) }
