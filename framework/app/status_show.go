package app

import (
	"fmt"
	"math"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

func title(s folders.Status) string {
	if s.Point != "" {
		return fmt.Sprintf("%s (%s)", s.Dir, s.Point)
	}
	return s.Dir
}

func progressText(s folders.Status) string {
	switch {
	case s.Drawn > 0 || s.Steps == 0 && s.Samples > 0:
		return fmt.Sprintf("%d/%d samples", s.Drawn, s.Samples)
	case s.Steps > 0:
		return fmt.Sprintf("%d/%d steps", s.Step, s.Steps)
	}
	return ""
}

func valueText(s folders.Status) string {
	if s.Value == nil {
		return ""
	}
	stderr := math.NaN()
	if s.Stderr != nil {
		stderr = *s.Stderr
	}
	return s.Symbol + " " + stats.PlusMinus(*s.Value, stderr)
}

func gapText(s folders.Status) string {
	if s.Gap == nil {
		return ""
	}
	return fmt.Sprintf("%.1e", *s.Gap)
}

func etaText(s folders.Status) string {
	if s.ETASeconds == nil {
		return ""
	}
	return time.Duration(*s.ETASeconds * float64(time.Second)).Round(time.Second).String()
}

// seenText is how long ago the last sign of life was, in the unit that says it shortly.
func seenText(s folders.Status, now time.Time) string {
	if s.Seen == nil {
		return ""
	}
	age := max(0, now.Sub(*s.Seen))
	switch {
	case age < 2*time.Minute:
		return fmt.Sprintf("%.0f s ago", age.Seconds())
	case age < 2*time.Hour:
		return fmt.Sprintf("%.0f min ago", age.Minutes())
	case age < 48*time.Hour:
		return fmt.Sprintf("%.0f h ago", age.Hours())
	}
	return fmt.Sprintf("%.0f days ago", age.Hours()/24)
}
